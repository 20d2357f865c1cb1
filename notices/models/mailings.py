"""What is planned: the mailings, and by which rules they come."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Concat, Right
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign


class MailingQuerySet(models.QuerySet):
    def sending(self, *, now: datetime) -> "MailingQuerySet":
        """Whose notices may go out: started, and out of the hold after the start."""
        held = models.Q(hold_until__isnull=False, hold_until__gt=now)
        return self.filter(~held, state=Mailing.State.SENDING)

    def to_try(self) -> "MailingQuerySet":
        """Paused by themselves for the relay's sake: they go on once it takes mail again."""
        return self.filter(state=Mailing.State.PAUSED, pause_cause=Mailing.PauseCause.RELAY)

    def rounds(self) -> "MailingQuerySet":
        """Those that go to many; what one customer asked for is none."""
        return self.filter(only_for=None)

    def asked_for(self) -> "MailingQuerySet":
        """Those for one customer that have not ended, as their index has them."""
        return self.filter(only_for__isnull=False).exclude(state__in=Mailing.ENDED)

    def with_counts(self) -> "MailingQuerySet":
        """Each with the numbers that are kept of it, but for those that its own page alone shows."""
        own = [f"report_counts__{name}" for name in ("languages", "waiting", "causes")]
        return self.select_related("report_counts").defer(*own)


class Mailing(models.Model):
    """One round of a campaign: who was due on the day it was planned, and how far it got."""

    class Kind(models.TextChoices):
        """In the order in which a holdout meets them."""

        ANNOUNCEMENT = "announcement", _("First announcement")
        FIRST = "first", _("First notice of a new holdout")
        REMINDER = "reminder", _("Monthly reminder")
        TWO_WEEKS = "two_weeks", _("Two weeks before the cut-off")
        THREE_DAYS = "three_days", _("Three days before the cut-off")
        LAST_DAY = "last_day", _("The last day")
        THANKS = "thanks", _("Thanks to those who have moved")
        EXTRA = "extra", _("Extra notice")  # staff choose to whom
        GUIDE = "guide", _("The guide, as asked for")  # to one customer, at once

    class State(models.TextChoices):
        PLANNED = "planned", _("waiting for approval")
        APPROVED = "approved", _("approved, not started")
        SENDING = "sending", _("being sent")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    class PauseCause(models.TextChoices):
        """Who or what paused it; only a pause for the relay's sake ends by itself."""

        PERSON = "person", _("paused by a person")
        RELAY = "relay", _("paused by itself: the relay takes no mail")
        REFUSALS = "refusals", _("paused by itself: too many notices were refused")
        TEXT = "text", _("paused by itself: its text cannot be made")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mailings", verbose_name=_("campaign"))
    kind = models.CharField(_("kind of mailing"), max_length=12, choices=Kind.choices, default=Kind.REMINDER)
    only_for = models.ForeignKey(
        "campaign.Holdout",
        models.CASCADE,
        null=True,
        related_name="+",
        help_text=_("the one who asked for it; empty: a round"),
        verbose_name=_("only for"),
    )
    period = models.CharField(
        _("period"),
        max_length=32,
        help_text=_(
            "what it is the only one of its kind for: a month as 2026-12, a day, or a moment as "
            "2026-12-01-093000-000000"
        ),
    )
    attempt = models.PositiveSmallIntegerField(
        _("planned for the time"),
        default=1,
        db_default=1,
        help_text=_("2 and more: planned again, after all before were cancelled with nothing out"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    planned_at = models.DateTimeField(_("planned at"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("planned by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    started_at = models.DateTimeField(_("started at"), null=True)
    hold_until = models.DateTimeField(
        _("held until"), null=True, help_text=_("nothing goes out before, so that cancelling leaves nothing")
    )
    paused_at = models.DateTimeField(_("paused at"), null=True)
    pause_reason = models.CharField(_("reason of the pause"), max_length=300, blank=True)
    pause_cause = models.CharField(
        _("cause of the pause"), max_length=10, choices=PauseCause.choices, blank=True, default="", db_default=""
    )
    try_again_at = models.DateTimeField(
        _("next try at"), null=True, help_text=_("of a pause for the relay's sake: when to try it next")
    )
    tries = models.PositiveSmallIntegerField(
        _("tries in vain"), default=0, db_default=0, help_text=_("of the relay in this pause, in vain")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, help_text=_("finished or cancelled"))
    expires_on = models.DateField(_("last day to send"), help_text=_("the last day on which its notices may go out"))
    daily_cap = models.PositiveIntegerField(_("daily cap"))
    audience = models.JSONField(
        _("chosen by"), default=dict, blank=True, help_text=_("the rule it was planned by, as in `MailingPlan`")
    )
    text_ja = models.ForeignKey(
        "TextVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("empty: ours"),
        verbose_name=_("Japanese text"),
    )
    text_en = models.ForeignKey(
        "TextVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("empty: ours"),
        verbose_name=_("English text"),
    )
    recent_attempts = models.CharField(
        _("how the last attempts ended"),
        max_length=20,
        blank=True,
        help_text=_("the last ones, newest last, as letters of `Attempt`; empty: all is well"),
    )

    objects = MailingQuerySet.as_manager()

    ENDED = (State.FINISHED, State.CANCELLED)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "period", "attempt"], name="one_mailing_per_period_and_attempt"
            ),
            models.UniqueConstraint(
                fields=["campaign", "kind", "period"],
                condition=~models.Q(state="cancelled"),
                name="one_mailing_per_campaign_and_period",
            ),
            models.UniqueConstraint(
                fields=["only_for"],
                condition=~models.Q(state__in=("finished", "cancelled")),
                name="one_guide_under_way_per_holdout",
            ),
        ]
        # Guides on request become very many; every few seconds somebody asks which mailings ended lately.
        indexes = [
            models.Index(fields=["ended_at"], name="mailings_by_end", condition=models.Q(ended_at__isnull=False)),
        ]
        permissions = [
            ("approve_mailing", "Can approve a mailing"),
            ("run_mailing", "Can plan, start, pause, resume and cancel a mailing"),
            ("send_guide", "Can mail the guide to a customer who asks for it"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.name} {self.kind} {self.period}"

    @property
    def asked_for(self) -> bool:
        """By the one customer to whom it goes."""
        return self.only_for_id is not None

    @property
    def cap(self) -> int | None:
        """Of a day; None where it goes out whatever else does."""
        return None if self.asked_for else self.daily_cap

    def holds(self, now: datetime) -> bool:
        """Whether it was started and nothing may go out yet."""
        return self.hold_until is not None and now < self.hold_until

    def move(self, to: State, *, since: tuple[State, ...], **fields: object) -> bool:
        """Change the state if it still is one of `since`; False when somebody was faster."""
        return Mailing.objects.filter(pk=self.pk, state__in=since).update(state=to, **fields) == 1

    def note(self, attempts: str) -> str:
        """Keep how attempts ended, if anything went wrong lately, and return the recent ones.

        A healthy mailing costs no write: the row is the one that all workers share.
        """
        if not self.recent_attempts and set(attempts) <= {Attempt.SENT.value}:
            return ""
        row = Mailing.objects.filter(pk=self.pk)
        row.update(recent_attempts=Right(Concat("recent_attempts", models.Value(attempts[-20:])), 20))
        self.recent_attempts = row.values_list("recent_attempts", flat=True).get()
        if set(self.recent_attempts) == {Attempt.SENT.value} and len(self.recent_attempts) == 20:
            row.filter(recent_attempts=self.recent_attempts).update(recent_attempts="")  # unless another's came to it
        return self.recent_attempts


class Attempt(models.TextChoices):
    """How one attempt to send ended, as the mailing remembers it."""

    SENT = ".", _("sent")
    DEFERRED = "d", _("deferred by the relay")
    REFUSED = "r", _("refused by the relay")
    BARRED = "b", _("the relay does not take our mail")
    NO_CONNECTION = "c", _("no connection to the relay")
    LOST = "l", _("connection lost while the text went over")


class MailingPlan(models.Model):
    """Whether a campaign has a kind of mailing, to whom it goes, and how long it is good for.

    `audience` narrows those who are due: lists by the keys standings, reasons, programs, waves
    and languages; a key that is not there leaves nobody out.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mailing_plans", verbose_name=_("campaign"))
    kind = models.CharField(_("kind of mailing"), max_length=12, choices=Mailing.Kind.choices)
    active = models.BooleanField(_("active"), default=True)
    audience = models.JSONField(_("chosen by"), default=dict, blank=True)
    good_for_days = models.PositiveSmallIntegerField(_("good for days"), help_text=_("after its last regular slot"))
    changed_at = models.DateTimeField(_("changed at"), null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("plan of a mailing")
        verbose_name_plural = _("plans of mailings")
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="one_plan_per_campaign_and_kind")]
