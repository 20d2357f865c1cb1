"""When notices may go out: hours, working days, and the slots of a day. How fast: `pace.py`."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.conf import settings
from django.utils import timezone

from campaign.plan import calendar


@dataclass(frozen=True)
class Hours:
    """When notices may go out: on working days, from the first hour on, before the second one."""

    first: int
    end: int
    zone: tzinfo
    is_working_day: Callable[[date], bool] = calendar.is_working_day

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.end <= 24:
            raise ValueError(f"from {self.first} to {self.end} o'clock: wanted a span within one day")

    def allow(self, now: datetime) -> bool:
        here = now.astimezone(self.zone)
        return self.first <= here.hour < self.end and self.is_working_day(here.date())

    def of(self, day: date) -> tuple[datetime, datetime]:
        begin = datetime.combine(day, time(self.first), tzinfo=self.zone)
        return begin, begin + timedelta(hours=self.end - self.first)


def hours() -> Hours:
    return Hours(settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR, timezone.get_default_timezone(), is_open)


def may_go(now: datetime, *, asked_for: bool) -> bool:
    """Within the hours; what a customer has asked for goes at any time."""
    return asked_for or hours().allow(now)


def is_open(day: date) -> bool:
    """Whether notices go out on this day, by the settings."""
    return calendar.is_open(day, weekdays=settings.NOTICE_WEEKDAYS, closed=settings.NOTICE_HOLIDAYS)


def slots(after: datetime, *, cap: int, within: Hours) -> Iterator[datetime]:
    """The times at which notices become due, without end: evenly over the hours of working days,
    at most `cap` on one day, none before `after`; of a day that has begun only what is left."""
    step = timedelta(hours=within.end - within.first) / cap
    for day in calendar.open_days(after.astimezone(within.zone).date(), within.is_working_day):
        begin, _ = within.of(day)
        passed = max(0, math.ceil((after - begin) / step))
        for place in range(passed, cap):
            yield begin + place * step
