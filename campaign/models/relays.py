"""Unexplained relays: who sent mail out through the mail server with no login to explain it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class RelayedDayQuerySet(models.QuerySet):
    def loud(self, *, at_least: int) -> "RelayedDayQuerySet":
        """Days that sound the alarm: so many relayed from one address, and nobody has said that it is all right.

        An acknowledgement covers the days before it, and later ones up to the number that it allows.
        """
        covered = RelayAcknowledgement.objects.filter(
            Q(made_on__gt=OuterRef("day")) | Q(allowed__gte=OuterRef("relayed")), address=OuterRef("address")
        )
        return self.filter(~Exists(covered), relayed__gte=at_least)

    def since(self, day: date) -> "RelayedDayQuerySet":
        return self.filter(day__gte=day)


class RelayedDay(models.Model):
    """Mail relayed without explanation from one address on one day; the day's rows are replaced as a whole.

    Of IPv6 the address is the /64: a device there takes another address every day.
    """

    day = models.DateField(_("day"))
    address = models.CharField(_("IP address"), max_length=43)
    range = models.CharField(
        _("address range"), max_length=43, help_text=_("the /24, or the /48 of IPv6, that the address lies in")
    )
    relayed = models.PositiveIntegerField(
        _("relayed mails"), help_text=_("submissions with a remote recipient and without a candidate")
    )
    inbound = models.PositiveIntegerField(
        _("mails to own customers"), help_text=_("submissions of the day from there to local recipients alone")
    )
    first_at = models.DateTimeField(_("first mail"))
    last_at = models.DateTimeField(_("last mail"))
    hosts = models.JSONField(_("mail servers"), help_text=_("the mail servers that relayed"))
    without_logins = models.PositiveIntegerField(
        _("without any login"), help_text=_("of `relayed`: nobody at all logged in within the window")
    )
    nearest_login = models.IntegerField(
        _("nearest login"),
        null=True,
        help_text=_("seconds from the mail to the nearest login from its address; negative: before the mail"),
    )
    family_logs_in = models.BooleanField(
        _("logins by this version of IP"), help_text=_("some login of the day came by the same version of IP")
    )

    objects = RelayedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of unexplained relays")
        verbose_name_plural = _("days of unexplained relays")
        constraints = [models.UniqueConstraint(fields=["day", "address"], name="one_row_per_day_and_relaying_address")]
        indexes = [
            models.Index(fields=["range", "day"], name="relayed_days_by_range"),
            models.Index(fields=["address", "-day"], name="relayed_days_by_address"),
        ]


class RelayAcknowledgement(models.Model):
    """Somebody has looked at an address and found it in order; it is silent until it grows."""

    address = models.CharField(_("IP address"), max_length=43, unique=True)
    allowed = models.PositiveIntegerField(_("allowed a day"), help_text=_("so many relayed on a day sound no alarm"))
    note = models.CharField(_("note"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"))
    made_on = models.DateField(_("recorded on"))
    made_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("acknowledged relay")
        verbose_name_plural = _("acknowledged relays")
