"""What POP before SMTP leaves open: addresses from which, after a login, anybody may relay."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenDoor(models.Model):
    """Of one day, by its logins; the row is replaced as a whole. An address behind which several log in is shared.

    An address is open from a login until the window after it is over: for all who share it, and not
    only for who logged in. It was used where somebody sent mail the old way from it on that day.
    """

    day = models.DateField(primary_key=True)
    addresses = models.PositiveIntegerField(help_text="that were open at some time")
    minutes = models.PositiveBigIntegerField(help_text="for which they were open, added up")
    used_addresses = models.PositiveIntegerField(help_text="of `addresses`")
    used_minutes = models.PositiveBigIntegerField(help_text="of `minutes`, at used addresses")
    shared_addresses = models.PositiveIntegerField(help_text="of `addresses`")
    shared_minutes = models.PositiveBigIntegerField(help_text="of `minutes`, at shared addresses")
    people_behind = models.PositiveIntegerField(help_text="who logged in at shared addresses, each once")
    most_behind = models.PositiveIntegerField(help_text="people at the address that most of them share")

    class Meta:
        verbose_name = _("day of open addresses")
        verbose_name_plural = _("days of open addresses")
