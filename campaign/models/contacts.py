"""Contacts of customers at the help desk, and the calls that they wait for."""

from collections import Counter
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContactQuerySet(models.QuerySet):
    def by_day(self, first: date, last: date) -> Counter[date]:
        """How many came on each of the provider's days; both ends count."""
        begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
        day = TruncDate("at", tzinfo=timezone.get_default_timezone())
        rows = self.filter(at__gte=begin, at__lt=end).values_list(day).annotate(number=models.Count("*"))
        return Counter(dict(rows.order_by()))


class Contact(models.Model):
    """A call, mail or chat of a customer about the campaign."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("phone")
        MAIL = "mail", _("mail")
        CHAT = "chat", _("chat")
        LETTER = "letter", _("letter")
        IN_PERSON = "in_person", _("in person")

    class Topic(models.TextChoices):
        GENUINE = "genuine", _("is the mail genuine")
        HOW_TO = "how_to", _("how to change the settings")
        PASSWORD = "password", _("password unknown or wrong")
        ERROR = "error", _("error message")
        DEVICE = "device", _("printer or other device")
        DELAY = "delay", _("wants more time")
        COMPLAINT = "complaint", _("complaint")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("solved")
        WILL_TRY = "will_try", _("will try it alone")
        CALL_BACK = "call_back", _("we call back")
        HANDED_ON = "handed_on", _("handed on")
        NOT_SOLVED = "not_solved", _("not solved")

    customer = models.ForeignKey(
        "campaign.Customer", models.CASCADE, related_name="contacts", verbose_name=_("customer")
    )
    at = models.DateTimeField(_("time"), db_index=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")


class CallBack(models.Model):
    """A customer waits for a call. The number is for this call alone: the row goes with it, or after thirty days."""

    class Part(models.TextChoices):
        """Of the day, as far as the phone is answered then."""

        MORNING = "morning", _("in the morning")
        AFTERNOON = "afternoon", _("in the afternoon")
        ANY = "any", _("at any time of the day")

    customer = models.OneToOneField("campaign.Customer", models.CASCADE, related_name="call_back")
    phone = models.CharField(max_length=11, help_text="digits, as dialled within the country")
    day = models.DateField(help_text="on which to call")
    part = models.CharField(max_length=10, choices=Part.choices)
    asked_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("call back")
        verbose_name_plural = _("calls to return")
        indexes = [models.Index(fields=["day", "part"], name="call_backs_by_day")]
        permissions = [("answer_callback", "Can see whom to call back, and tell how it went")]
