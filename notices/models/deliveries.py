"""What became of notices, and who is not to be written to."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from campaign.models import Holdout
from notices.models.ledger import Notice


class Delivery(models.Model):
    """What the mail system did with an accepted notice, as its log or a message that came back says."""

    class Fate(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        DEFERRED = "deferred", _("deferred")
        BOUNCED = "bounced", _("came back")
        EXPIRED = "expired", _("expired")

    class Source(models.TextChoices):
        LOG = "log", _("the mail server's log")
        RETURNED = "returned", _("a message that came back")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="delivery", verbose_name=_("notice"))
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices)
    at = models.DateTimeField(_("time"))
    status_code = models.CharField(
        _("status code"), max_length=12, blank=True, help_text=_("enhanced status code, RFC 3463")
    )
    text = models.CharField(_("what was said"), max_length=300, blank=True)
    host = models.CharField(_("answering server"), max_length=255, blank=True)
    queue_id = models.CharField(_("queue ID"), max_length=40, blank=True)
    source = models.CharField(
        _("known from"), max_length=8, choices=Source.choices, default=Source.LOG, db_default="log"
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            # A report looks up the fate of every notice of a mailing: here it is without the row.
            models.Index(fields=["notice", "fate"], name="deliveries_by_notice_and_fate"),
            models.Index(
                fields=["notice"], name="deliveries_that_failed", condition=models.Q(fate__in=("bounced", "expired"))
            ),
        ]


class ReturnedMail(models.Model):
    """A message that came to an envelope sender of ours; its digest lets it count only once.

    Of what a person or their machine wrote only the kind is kept; `text` is a server's.
    """

    class Kind(models.TextChoices):
        FAILED = "failed", _("could not be delivered")
        DELAYED = "delayed", _("is delayed")
        DELIVERED = "delivered", _("was delivered or handed on")
        REPLY = "reply", _("automatic reply")
        COMPLAINT = "complaint", _("reported as unwanted mail")
        OTHER = "other", _("not understood")
        FOREIGN = "foreign", _("refused: names no notice of ours")

    digest = models.CharField(_("digest"), max_length=64, unique=True, help_text=_("SHA-256 of address and message"))
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="returned", verbose_name=_("notice"))
    kind = models.CharField(_("kind of return"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("time"), db_index=True, help_text=_("when it was read"))
    status_code = models.CharField(
        _("status code"), max_length=12, blank=True, help_text=_("enhanced status code, RFC 3463")
    )
    text = models.CharField(_("what was said"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("returned mail")
        verbose_name_plural = _("returned mails")


class Mute(models.Model):
    """A holdout wants no more reminders; notices of dates that do not come again still go out."""

    class By(models.TextChoices):
        ONE_CLICK = "one_click", _("by one click in the mail program")  # RFC 8058
        PAGE = "page", _("on the page that the mail links to")
        STAFF = "staff", _("by the help desk")
        COMPLAINT = "complaint", _("reported as unwanted mail by the mail program")  # RFC 5965

    holdout = models.OneToOneField(Holdout, models.CASCADE, related_name="mute", verbose_name=_("holdout"))
    notice = models.ForeignKey(
        Notice, models.SET_NULL, null=True, related_name="+", help_text=_("whose link it was"), verbose_name=_("notice")
    )
    by = models.CharField(_("how it was said"), max_length=10, choices=By.choices)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("customer without reminders")
        verbose_name_plural = _("customers without reminders")


class SuppressionQuerySet(models.QuerySet):
    def open(self) -> "SuppressionQuerySet":
        return self.filter(ended_at=None)

    def in_the_way(self, *, customer: str) -> models.Exists:
        """Whether mail to a customer's present address is suppressed; `customer` names the outer query's path."""
        contact, login = models.OuterRef(f"{customer}__contact_address"), models.OuterRef(f"{customer}__login")
        address = Lower(Coalesce(NullIf(contact, models.Value("")), login))
        return models.Exists(self.open().filter(customer=models.OuterRef(customer), address=address))


class Suppression(models.Model):
    """No mail reaches this address: nothing is sent to it until mail gets through again or staff clear it."""

    class End(models.TextChoices):
        DELIVERED = "delivered", _("mail got through again")
        STAFF = "staff", _("cleared by staff")

    customer = models.ForeignKey(
        "campaign.Customer", models.CASCADE, related_name="suppressions", verbose_name=_("customer")
    )
    address = models.CharField(_("mail address"), max_length=254, help_text=_("lower case, as notices went to it"))
    notice = models.ForeignKey(
        Notice, models.SET_NULL, null=True, related_name="+", help_text=_("that bounced last"), verbose_name=_("notice")
    )
    since = models.DateTimeField(_("since"))
    status_code = models.CharField(
        _("status code"), max_length=12, blank=True, help_text=_("enhanced status code, RFC 3463")
    )
    text = models.CharField(_("what was said"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_why = models.CharField(_("why it ended"), max_length=10, choices=End.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("address that no mail reaches")
        verbose_name_plural = _("addresses that no mail reaches")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "address"],
                condition=models.Q(ended_at=None),
                name="one_open_suppression_per_customer_and_address",
            ),
        ]
        permissions = [
            ("clear_suppression", "Can let mail go to an address again"),
            ("export_unreachable", "Can export the customers whom no mail reaches"),
        ]
