"""The mailings and their ledger: one row per mailing and holdout, and what became of it."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Holdout, Language


class Mailing(models.Model):
    """One round of a campaign: who was due on the day it was planned, and how far it got."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("Monthly reminder")

    class State(models.TextChoices):
        PLANNED = "planned", _("waiting for approval")
        APPROVED = "approved", _("approved, not started")
        SENDING = "sending", _("being sent")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="mailings")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REMINDER)
    period = models.CharField(max_length=7, help_text="the month as 2026-12")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="finished or cancelled")
    expires_on = models.DateField(help_text="the last day on which its notices may go out")
    daily_cap = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "period"], name="one_mailing_per_campaign_and_period"),
        ]
        permissions = [
            ("approve_mailing", "Can approve a mailing"),
            ("run_mailing", "Can plan, start, pause, resume and cancel a mailing"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.name} {self.kind} {self.period}"


class NoticeQuerySet(models.QuerySet):
    def for_mailing(self, mailing: Mailing) -> "NoticeQuerySet":
        return self.filter(mailing=mailing)

    def claimable(self, *, now: datetime) -> "NoticeQuerySet":
        return self.filter(state=Notice.State.WAITING, send_after__lte=now)

    def accepted_on(self, day: date) -> "NoticeQuerySet":
        return self.filter(accepted_at__date=day)


class Notice(models.Model):
    """The send ledger. One fixed Message-ID for ever; its token is derived, only the hash is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused by the relay")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNKNOWN = "unknown", _("outcome unknown")

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="notices")
    holdout = models.ForeignKey(Holdout, models.CASCADE, related_name="notices")
    number = models.CharField(max_length=9, unique=True, help_text="announcement number, nine digits")
    message_id = models.CharField(max_length=120, unique=True, help_text="without the angle brackets")
    token_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the personal link's token")
    language = models.CharField(max_length=2, choices=Language.choices)
    client_program = models.CharField(max_length=64, blank=True, help_text="whose steps the mail shows")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it left waiting and claimed for good")
    reply = models.CharField(max_length=500, blank=True, help_text="the relay's last words, or why it was withdrawn")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "holdout"], name="one_notice_per_mailing_and_holdout"),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "send_after", "id"],
                name="waiting_notices",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["claimed_at"], name="claimed_notices", condition=models.Q(state="claimed")),
            models.Index(fields=["accepted_at"], name="notices_by_acceptance"),
        ]


class Delivery(models.Model):
    """What the mail system did with an accepted notice, as its log says."""

    class Fate(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        DEFERRED = "deferred", _("deferred")
        BOUNCED = "bounced", _("bounced")
        EXPIRED = "expired", _("expired")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="delivery")
    fate = models.CharField(max_length=10, choices=Fate.choices)
    at = models.DateTimeField()
    status_code = models.CharField(max_length=12, blank=True, help_text="enhanced status code, RFC 3463")
    text = models.CharField(max_length=300, blank=True)
    host = models.CharField(max_length=255, blank=True)
    queue_id = models.CharField(max_length=40, blank=True)


class Visit(models.Model):
    """A person acted on a notice's page: opening a link alone counts for nothing, robots do that."""

    class Act(models.TextChoices):
        GUIDE = "guide", _("opened the guide from the personal page")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="visits")
    act = models.CharField(max_length=10, choices=Act.choices)
    client_program = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
