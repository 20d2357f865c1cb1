"""What staff write, and the copies that go to colleagues."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Language
from notices.models.mailings import Mailing


class TextVersion(models.Model):
    """What staff wrote for a kind of mailing in one language. Never changed: an edit is the next version."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts", verbose_name=_("campaign"))
    kind = models.CharField(_("kind of mailing"), max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    number = models.PositiveIntegerField(
        _("number of the version"), help_text=_("1, 2, 3 ... within campaign, kind and language")
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("body"))
    remark = models.CharField(_("remark"), max_length=200, blank=True, help_text=_("what was changed, for colleagues"))
    restored_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("restored from")
    )
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    asked_at = models.DateTimeField(_("asked at"), null=True, help_text=_("when somebody asked for its approval"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )

    class Meta:
        verbose_name = _("version of a text")
        verbose_name_plural = _("versions of texts")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "language", "number"], name="versions_in_a_row"),
        ]
        permissions = [
            ("write_text", "Can write the texts of mailings"),
            ("approve_text", "Can approve texts"),
            ("preview_mail", "Can see the mail to any customer before it goes out"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign.name} {self.kind} {self.language} {self.number}"


class StaffCopy(models.Model):
    """A text that went to a colleague's own address for a look: no notice, and in no customer's ledger."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        NOT_SENT = "not_sent", _("the relay could not be reached")
        UNKNOWN = "unknown", _("outcome unknown")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", verbose_name=_("campaign"))
    kind = models.CharField(_("kind of mailing"), max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    version = models.ForeignKey(
        TextVersion,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("empty: ours"),
        verbose_name=_("version of the text"),
    )
    sent_at = models.DateTimeField(_("sent at"), db_index=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recipient")
    )
    address = models.CharField(_("mail address"), max_length=254, help_text=_("the recipient's own, as it was then"))
    message_id = models.CharField(
        _("Message-ID"), max_length=120, unique=True, help_text=_("without the angle brackets")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reply = models.CharField(_("reply of the relay"), max_length=500, blank=True, help_text=_("the relay's last words"))

    class Meta:
        verbose_name = _("copy to a colleague")
        verbose_name_plural = _("copies to colleagues")
