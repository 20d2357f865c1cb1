"""What is there before any campaign is open: so that a page says what is happening, and not only what is missing."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from campaign.models import AttributedDay, Coverage, Customer, LogFile


@dataclass(frozen=True)
class Beginning:
    """`sample`: nobody has to do anything, the sample makes its campaigns itself. `until`: the last line's time."""

    sample: bool
    customers: int
    lines: int
    until: datetime | None
    days_done: int
    days_waiting: int


def beginning() -> Beginning:
    waiting = AttributedDay.objects.filter(stale=True).count()
    return Beginning(
        sample=settings.SAMPLE,
        customers=Customer.objects.count(),
        lines=LogFile.objects.aggregate(lines=Coalesce(Sum("lines"), 0))["lines"],
        until=Coverage.objects.aggregate(until=Max("last_at"))["until"],
        days_done=AttributedDay.objects.count() - waiting,
        days_waiting=waiting,
    )
