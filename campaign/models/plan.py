"""What people decided: campaigns, cut-off dates, exemptions from them, waves, and what the desk can take."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.submissions import SubmissionClass


class Campaign(models.Model):
    """The retirement of one legacy path by a cut-off date."""

    class Name(models.TextChoices):
        POP_BEFORE_SMTP = "pop_before_smtp", _("POP before SMTP")
        LOCAL_PORT25 = "local_port25", _("Port 25 without password in our own network")

    name = models.CharField(_("old way"), max_length=20, choices=Name.choices, unique=True)
    starts_on = models.DateField(_("first day"))
    cutoff_on = models.DateField(_("cut-off date"), help_text=_("the first day on which the old way no longer works"))
    quiet_days = models.PositiveSmallIntegerField(_("quiet days"), default=30)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return self.get_name_display()

    @property
    def legacy_class(self) -> SubmissionClass:
        return SubmissionClass(self.name)

    def days_left(self, today: date) -> int:
        return (self.cutoff_on - today).days


class CutoffChange(models.Model):
    """The cut-off date is a history: who moved it, when, from where to where, and why."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="cutoff_changes", verbose_name=_("campaign"))
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("changed by"))
    old = models.DateField(_("old date"))
    new = models.DateField(_("new date"))
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("change of the cut-off date")
        verbose_name_plural = _("changes of the cut-off date")


class WavePlan(models.Model):
    """In how many waves, drawn by lot, the first announcement goes out, and when each begins."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="wave_plan", verbose_name=_("campaign"))
    waves = models.PositiveSmallIntegerField(_("number of waves"))
    first_day = models.DateField(_("first day"), help_text=_("on which the first wave begins"))
    days_between = models.PositiveSmallIntegerField(
        _("days between two waves"), help_text=_("from the beginning of one wave to that of the next")
    )
    seed = models.CharField(
        _("seed of the lot"), max_length=32, help_text=_("of the lot: with it the drawing can be repeated")
    )
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    drawn = models.BooleanField(
        _("lots are drawn"), default=False, help_text=_("false: decided anew, and everybody waits for the lot")
    )

    class Meta:
        verbose_name = _("plan of the waves")
        verbose_name_plural = _("plans of the waves")
        permissions = [("decide_waves", "Can decide the waves of the first announcement")]

    def day_of(self, wave: int) -> date:
        """The day before which nobody in the wave is written to."""
        return self.first_day + timedelta(days=(wave - 1) * self.days_between)


class ExemptionQuerySet(models.QuerySet):
    def asked_for(self) -> "ExemptionQuerySet":
        """Delays: those that customers asked for themselves."""
        return self.filter(asked_at__isnull=False)

    def not_over(self, today: date) -> "ExemptionQuerySet":
        """In force, or still to come."""
        return self.filter(until__gte=models.F("from_day")).filter(until__gte=today)


class Exemption(models.Model):
    """A customer left alone for a reason, until a day: as staff decided, or as the customer asked (a delay)."""

    class Why(models.TextChoices):
        """Why a customer asks for a delay."""

        HELP = "help", _("I am waiting for somebody who helps me")
        DEVICE = "device", _("I must get a new device or program first")
        AWAY = "away", _("I am ill or away")
        OTHER = "other", _("Another reason")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="exemptions", verbose_name=_("campaign"))
    customer = models.ForeignKey(
        "campaign.Customer", models.CASCADE, related_name="exemptions", verbose_name=_("customer")
    )
    reason = models.CharField(_("reason"), max_length=300)
    from_day = models.DateField(_("first day"))
    until = models.DateField(_("last day"), help_text=_("the last day of the exemption"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("granted by"))
    asked_at = models.DateTimeField(
        _("asked at"), null=True, help_text=_("when the customer asked for it; empty: staff decided")
    )
    asked_why = models.CharField(
        _("why the customer asked"), max_length=10, choices=Why.choices, blank=True, default="", db_default=""
    )
    ended_at = models.DateTimeField(
        _("ended at"), null=True, help_text=_("when staff ended it early; `until` is then the day before")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        indexes = [
            models.Index(
                fields=["campaign", "-asked_at"],
                name="exemptions_asked_for",
                condition=models.Q(asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.customer.login

    @property
    def why(self) -> str:
        """In words: the customer's, chosen from a list, or those that staff wrote."""
        return str(self.Why(self.asked_why).label) if self.asked_why else self.reason


class DeskQuerySet(models.QuerySet):
    def capacities(self) -> dict[date, int]:
        """Contacts that it takes a day, by the day from which on it is so."""
        return {desk.from_day: desk.capacity for desk in self}


class Desk(models.Model):
    """How many people answer about the campaigns from a day on, and how much each can take."""

    from_day = models.DateField(_("first day"), unique=True)
    seats = models.PositiveSmallIntegerField(_("seats"))
    contacts_per_seat = models.PositiveSmallIntegerField(
        _("contacts a seat takes"), help_text=_("a day, beside everything else")
    )
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("help desk setting")
        verbose_name_plural = _("help desk settings")

    @property
    def capacity(self) -> int:
        return self.seats * self.contacts_per_seat
