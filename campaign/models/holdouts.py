"""A holdout is a customer in a campaign: at least one attributed legacy submission, ever."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.customers import Customer
from campaign.models.plan import Campaign


class Standing(models.TextChoices):
    """How far somebody is; `campaign.customers.status` has the rule."""

    HOLDOUT = "holdout", _("still sends the old way")
    MIXED = "mixed", _("one device is left")
    MOVING = "moving", _("moved, waiting the quiet days out")
    MIGRATED = "migrated", _("moved")
    SILENT = "silent", _("sends no mail any more")
    EXEMPT = "exempt", _("exempt")


LEFT = (Standing.HOLDOUT, Standing.MIXED)  # those who break on the day
MOVED = (Standing.MOVING, Standing.MIGRATED)


class Reason(models.TextChoices):
    """Why somebody is left, in the order in which the first that holds is taken."""

    AUTH_FAILED = "auth_failed", _("tries SMTP-AUTH, fails, and is let through the old way")
    FORWARDER = "forwarder", _("a mail server or forwarder sends for others")
    DEVICE_OR_PRINTER = "device_or_printer", _("a printer, another device or a script sends")
    OLD_HOST_OR_PORT = "old_host_or_port", _("knows SMTP-AUTH, and still uses the old server or port")
    SECOND_DEVICE = "second_device", _("one device moved, another did not")
    OWN_NETWORK_ONLY = "own_network_only", _("sends without a password only from our own network")
    NEVER_TRIED = "never_tried", _("never tried SMTP-AUTH")


class Sign(models.TextChoices):
    """What the last day sent the old way shows; the first that fits, and what the reasons rest on."""

    MACHINE = "machine", _("by headers or times a machine's")
    ONE_PROGRAM = "one_program", _("one program at one address, first with SMTP-AUTH, then without")
    OLD_DOOR = "old_door", _("all by a server or port where nobody uses SMTP-AUTH")
    GONE = "gone", _("there is no such day any more")


class HoldoutQuerySet(models.QuerySet):
    def left(self) -> "HoldoutQuerySet":
        return self.filter(standing__in=LEFT)

    def moved(self) -> "HoldoutQuerySet":
        return self.filter(standing__in=MOVED)


class Holdout(models.Model):
    """Where a customer stands in a campaign; everything but the wave is derived from daily use."""

    # Without indexes of their own, which each change of a holdout would write to: others begin with them.
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="holdouts", db_index=False, verbose_name=_("campaign")
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="holdouts", db_index=False, verbose_name=_("customer")
    )
    identified_on = models.DateField(_("found on"), help_text=_("the day whose evidence made this customer a holdout"))
    first_legacy_on = models.DateField(_("first day of the old way"))
    last_legacy_on = models.DateField(_("last day of the old way"))
    last_legacy_at = models.DateTimeField(_("last mail sent the old way"))
    last_auth_on = models.DateField(_("last day with SMTP-AUTH"), null=True)
    last_auth_at = models.DateTimeField(_("last mail sent with SMTP-AUTH"), null=True)
    standing = models.CharField(_("standing"), max_length=8, choices=Standing.choices)
    standing_since = models.DateField(_("standing since"))
    migrated_on = models.DateField(
        _("counted as moved on"), null=True, help_text=_("the first day on which the standing was migrated")
    )
    relapsed = models.BooleanField(_("fell back"), default=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    client_program = models.CharField(
        _("mail program"), max_length=64, blank=True, default="", help_text=_("the customer's")
    )
    wave = models.PositiveSmallIntegerField(
        _("wave"), null=True, help_text=_("1 is written to first; empty: in no wave yet")
    )
    wave_pinned = models.BooleanField(
        _("wave chosen by hand"),
        default=False,
        db_default=False,
        help_text=_("a person chose the wave, not the lot: left out where waves are compared"),
    )
    last_sign = models.CharField(
        _("what the last day shows"), max_length=12, choices=Sign.choices, blank=True, default="", db_default=""
    )
    last_range = models.CharField(
        _("last address range"),
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text=_("/24 or /48 of the last mail sent the old way"),
    )

    objects = HoldoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("holdout")
        verbose_name_plural = _("holdouts")
        constraints = [
            models.UniqueConstraint(fields=["customer", "campaign"], name="one_holdout_per_campaign_and_customer"),
        ]
        indexes = [
            models.Index(fields=["campaign", "standing", "-last_legacy_at"], name="holdouts_by_standing"),
            models.Index(fields=["campaign", "-last_legacy_at"], name="holdouts_by_last_legacy"),
            # The dashboard counts reasons and programs from this index alone, without the rows.
            models.Index(fields=["campaign", "standing", "reason", "client_program"], name="holdouts_by_reason"),
            models.Index(fields=["campaign", "wave", "standing"], name="holdouts_by_wave"),
            models.Index(fields=["campaign", "last_range", "-last_legacy_at"], name="holdouts_by_range"),
        ]

    def __str__(self) -> str:
        return self.customer.login


class StandingChange(models.Model):
    """History of one holdout: from `day` on it stood so, until its next change.

    The first change is the day of identification. Replaying a day replaces every change from
    that day on, so what is known about the days before never depends on what came later.
    """

    pk = models.CompositePrimaryKey("holdout_id", "day")
    holdout = models.ForeignKey(Holdout, models.CASCADE, related_name="changes", db_index=False)  # the key begins so
    day = models.DateField()
    standing = models.CharField(max_length=8, choices=Standing.choices)
    previous = models.CharField(max_length=8, choices=Standing.choices, blank=True, help_text="empty for the first")

    class Meta:
        verbose_name = _("change of standing")
        verbose_name_plural = _("changes of standing")
        indexes = [models.Index(fields=["day"], name="standing_changes_by_day")]


class StandingCount(models.Model):
    """History for the burn-down: how many holdouts of a campaign stood where on a day."""

    pk = models.CompositePrimaryKey("campaign_id", "day", "standing")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="standing_counts")
    day = models.DateField()
    standing = models.CharField(max_length=8, choices=Standing.choices)
    holdouts = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of a standing")
        verbose_name_plural = _("counts by standing")


class HoldoutCounts(models.Model):
    """How many holdouts of a campaign share standing, reason, program and so on: one row, replaced as a whole.

    `cells` are what `campaign/customers/counts.py` makes; a new `version` tells that they are others.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="holdout_counts")
    counted_at = models.DateTimeField()
    version = models.CharField(max_length=32)
    stale = models.BooleanField(default=False, help_text="something counted has changed since, such as waves")
    cells = models.JSONField()

    class Meta:
        verbose_name = _("counts of the holdouts")
        verbose_name_plural = _("counts of the holdouts by campaign")
