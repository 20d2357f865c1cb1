"""What a round did beyond what happens by itself, as last counted; a page reads it here and counts nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Language
from campaign.plan.lift import NotTold
from notices.models.mailings import Mailing


class Outcome(models.TextChoices):
    """What a customer does that a round is for."""

    MOVED = "moved", _("left the old way, and has not gone back")
    STARTED = "started", _("sent with SMTP-AUTH for the first time")


class Lift(models.Model):
    """Of one mailing and outcome, for all or for those of one language, and so of one text.

    Counted by `notices/lift.py`; the method stands in docs/lift.md. Shares are from 0 to 1.
    """

    mailing = models.ForeignKey("notices.Mailing", models.CASCADE, related_name="lifts")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    language = models.CharField(max_length=2, choices=Language.choices, blank=True, help_text="empty: all")
    counted_at = models.DateTimeField()
    not_told = models.CharField(max_length=10, choices=NotTold.choices, blank=True, help_text="empty: it is told")
    window_days = models.PositiveSmallIntegerField(default=0, help_text="of each customer, from the notice's day on")
    days_left_out = models.PositiveSmallIntegerField(default=0, help_text="of those looked at: a log was missing")
    written = models.PositiveIntegerField(default=0, help_text="whose turn came, and whose days are over")
    measured = models.PositiveIntegerField(default=0, help_text="of these, with others to compare with all the days")
    share = models.FloatField(default=0, help_text="of those measured, with the outcome")
    by_itself = models.FloatField(default=0, help_text="the share it would have been without the round")
    low = models.FloatField(default=0, help_text="of the difference: the lower end of its 95 % interval")
    high = models.FloatField(default=0, help_text="the upper end")

    class Meta:
        verbose_name = _("effect of a mailing")
        verbose_name_plural = _("effects of mailings")
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "outcome", "language"], name="one_lift_per_mailing_outcome_and_language"
            ),
        ]

    @property
    def difference(self) -> float:
        return self.share - self.by_itself

    def people(self, share: float) -> int:
        """A share as a number of those written to."""
        return round(share * self.written)


class WaveNotices(models.Model):
    """The notices of one wave in the first announcement."""

    mailing = models.ForeignKey("notices.Mailing", models.CASCADE, related_name="waves")
    wave = models.PositiveSmallIntegerField(null=True, help_text="null: in no wave")
    first_on = models.DateField(help_text="the day of the first slot")
    last_on = models.DateField()
    planned = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("notices of a wave")
        verbose_name_plural = _("notices by wave")
        constraints = [models.UniqueConstraint(fields=["mailing", "wave"], name="one_row_per_mailing_and_wave")]


class Forecast(models.Model):
    """What was foretold of a campaign from the counts up to `day`; made by `notices/forecast.py`, and kept.

    So a page has it at once, and the one of a week ago stands beside it. `answer` is what that module describes.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="forecasts", db_index=False)  # one begins so
    day = models.DateField()
    made_at = models.DateTimeField()
    cutoff_on = models.DateField(help_text="as it was then")
    answer = models.JSONField()

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [models.UniqueConstraint(fields=["campaign", "day"], name="one_forecast_per_campaign_and_day")]


class FunnelCounts(models.Model):
    """How far those got who were written to, as last counted: in one round, or in any of a campaign.

    `cells` are what `notices/funnel.py` makes; a new `version` tells that they are others.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="funnels", db_index=False)  # one begins so
    mailing = models.OneToOneField("notices.Mailing", models.CASCADE, null=True, related_name="funnel")
    counted_at = models.DateTimeField()
    version = models.CharField(max_length=32)
    cells = models.JSONField()

    class Meta:
        verbose_name = _("counts of how far notices get people")
        verbose_name_plural = _("counts of how far notices get people by mailing")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], name="one_funnel_of_all_rounds", condition=models.Q(mailing=None)
            ),
            models.UniqueConstraint(fields=["campaign", "mailing"], name="one_funnel_per_campaign_and_mailing"),
        ]


class ReportCounts(models.Model):
    """What the pages of a round show of its notices, as last counted by `notices/reports.py`.

    `counts` are the fields of the report, empty before the first time; the others are null until then.
    """

    mailing = models.OneToOneField("notices.Mailing", models.CASCADE, primary_key=True, related_name="report_counts")
    counted_at = models.DateTimeField(help_text="or looked at, and found unchanged")
    counts = models.JSONField()
    changes = models.PositiveBigIntegerField(default=1, db_default=1, help_text="how often fates were written")
    counted_changes = models.PositiveBigIntegerField(default=0, db_default=0, help_text="those that are surely counted")
    languages = models.JSONField(null=True, help_text="notices by language")
    waiting = models.JSONField(null=True, help_text="pairs: a day they were planned for, and how many wait")
    causes = models.JSONField(null=True, help_text="what went wrong: the values of each `Cause`")
    first_notice = models.BigIntegerField(null=True, help_text="the lowest of their keys")
    last_notice = models.BigIntegerField(null=True, help_text="the highest of their keys")

    class Meta:
        verbose_name = _("counts of a report")
        verbose_name_plural = _("counts of reports")

    @property
    def changed(self) -> bool:
        """Whether a fate was written that may not be counted."""
        return self.changes != self.counted_changes


class DueCounts(models.Model):
    """Who would be due for a kind of mailing, as last counted by `notices/due.py`; asked for where `waiting`."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="due_counts", db_index=False)  # one begins so
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    audience = models.JSONField(help_text="as in `MailingPlan`, of those that are counted")
    waiting = models.BooleanField()
    asked_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    numbers = models.JSONField(help_text="by the reason why not; who is due under an empty one")

    class Meta:
        verbose_name = _("count of who would be written to")
        verbose_name_plural = _("counts of who would be written to")
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="one_due_count_per_campaign_and_kind")]


class Unreached(models.Model):
    """A holdout whom no mail reaches, as last looked up: kept where they are many, for the lists of them."""

    holdout = models.OneToOneField("campaign.Holdout", models.CASCADE, primary_key=True, related_name="unreached_kept")
    reason = models.CharField(max_length=10, db_default="", help_text="as in `notices/deliveries/unreachable.py`")

    class Meta:
        verbose_name = _("customer whom no mail reaches")
        verbose_name_plural = _("customers whom no mail reaches")


class UnreachedCount(models.Model):
    """When those of a campaign were last looked up; no row where they are few, and looked up when somebody asks."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="unreached_count")
    counted_at = models.DateTimeField()
    left = models.JSONField(null=True, help_text="by reason, how many of them still send the old way")

    class Meta:
        verbose_name = _("count of whom no mail reaches")
        verbose_name_plural = _("counts of whom no mail reaches")
