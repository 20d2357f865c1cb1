"""Unexplained relays: who sent mail out through the mail server with no login to explain it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q


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

    day = models.DateField()
    address = models.CharField(max_length=43)
    range = models.CharField(max_length=43, help_text="the /24, or the /48 of IPv6, that the address lies in")
    relayed = models.PositiveIntegerField(help_text="submissions with a remote recipient and without a candidate")
    inbound = models.PositiveIntegerField(help_text="submissions of the day from there to local recipients alone")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    hosts = models.JSONField(help_text="the mail servers that relayed")
    without_logins = models.PositiveIntegerField(help_text="of `relayed`: nobody at all logged in within the window")
    nearest_login = models.IntegerField(
        null=True, help_text="seconds from the mail to the nearest login from its address; negative: before the mail"
    )
    family_logs_in = models.BooleanField(help_text="some login of the day came by the same version of IP")

    objects = RelayedDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "address"], name="one_row_per_day_and_relaying_address")]
        indexes = [
            models.Index(fields=["range", "day"], name="relayed_days_by_range"),
            models.Index(fields=["address", "-day"], name="relayed_days_by_address"),
        ]


class RelayAcknowledgement(models.Model):
    """Somebody has looked at an address and found it in order; it is silent until it grows."""

    address = models.CharField(max_length=43, unique=True)
    allowed = models.PositiveIntegerField(help_text="so many relayed on a day sound no alarm")
    note = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    made_on = models.DateField()
    made_at = models.DateTimeField()
