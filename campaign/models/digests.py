"""The numbers by mail: who wants them each week, and what became of each mail."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.customers import Language


class DigestWish(models.Model):
    """A staff member who wants the numbers each week, at the address of the account; without a row: no mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest_wish")
    language = models.CharField(max_length=2, choices=Language.choices)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("subscription to the weekly mail")
        verbose_name_plural = _("subscriptions to the weekly mail")


class DigestQuerySet(models.QuerySet):
    def claimable(self) -> "DigestQuerySet":
        return self.filter(state=Digest.State.WAITING)


class Digest(models.Model):
    """One week's mail to one person. The row is there, and claimed, before SMTP speaks: nobody gets a week twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("outcome unknown")

    week = models.DateField(_("week"), help_text=_("its Monday"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests", verbose_name=_("recipient")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    address = models.CharField(
        _("mail address"), max_length=254, blank=True, help_text=_("the recipient's own, as it was claimed for")
    )
    message_id = models.CharField(
        _("Message-ID"), max_length=120, unique=True, help_text=_("without the angle brackets")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    reply = models.CharField(_("reply of the relay"), max_length=500, blank=True, help_text=_("the relay's last words"))

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly mail")
        verbose_name_plural = _("weekly mails")
        constraints = [
            models.UniqueConstraint(fields=["week", "recipient"], name="one_digest_per_week_and_recipient"),
        ]

    def claim(self, *, address: str, language: str, now: datetime) -> bool:
        """Conditional: False when another worker has it, or it has ended."""
        values = {"address": address, "language": language, "claimed_at": now, "attempts": models.F("attempts") + 1}
        waiting = Digest.objects.claimable().filter(pk=self.pk)
        claimed = waiting.update(state=self.State.CLAIMED, **values) == 1
        if claimed:
            self.refresh_from_db()
        return claimed

    def settle(self, state: State, reply: str, *, now: datetime) -> bool:
        """Only the claim that was made."""
        ended = None if state == self.State.WAITING else now
        own = Digest.objects.filter(pk=self.pk, claimed_at=self.claimed_at, state=self.State.CLAIMED)
        return own.update(state=state, reply=reply[:500], ended_at=ended) == 1
