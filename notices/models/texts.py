"""What staff write, and the copies that go to colleagues."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Language
from notices.models.mailings import Mailing


class TextVersion(models.Model):
    """What staff wrote for a kind of mailing in one language. Never changed: an edit is the next version."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within campaign, kind and language")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    remark = models.CharField(max_length=200, blank=True, help_text="what was changed, for colleagues")
    restored_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True, help_text="when somebody asked for its approval")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "language", "number"], name="versions_in_a_row"),
        ]
        permissions = [
            ("write_text", "Can write the texts of mailings"),
            ("approve_text", "Can approve texts"),
            ("preview_mail", "Can see the mail to any customer before it goes out"),
        ]


class StaffCopy(models.Model):
    """A text that went to a colleague's own address for a look: no notice, and in no customer's ledger."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted by the relay")
        REFUSED = "refused", _("refused")
        NOT_SENT = "not_sent", _("the relay could not be reached")
        UNKNOWN = "unknown", _("outcome unknown")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Mailing.Kind.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    version = models.ForeignKey(TextVersion, models.PROTECT, null=True, related_name="+", help_text="null: ours")
    sent_at = models.DateTimeField(db_index=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    address = models.CharField(max_length=254, help_text="the recipient's own, as it was then")
    message_id = models.CharField(max_length=120, unique=True, help_text="without the angle brackets")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reply = models.CharField(max_length=500, blank=True, help_text="the relay's last words")
