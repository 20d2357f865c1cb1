"""Which days count: working days by the calendar of Japan, and those on which the provider is open."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta

import jpholiday

SATURDAY = 5
DAYS_OF_A_YEAR = 366


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday of Japan (substitute holidays included)."""
    return day.weekday() < SATURDAY and not jpholiday.is_holiday(day)


def is_open(day: date, *, weekdays: Collection[int], closed: Collection[tuple[str, str]]) -> bool:
    """Whether notices go out: one of the `weekdays` (Monday is 0), no public holiday, and not `closed`,
    which has spans of days as `env.days` reads them."""
    if day.weekday() not in weekdays or jpholiday.is_holiday(day):
        return False
    return not any(_is_within(day, first, last) for first, last in closed)


def _is_within(day: date, first: str, last: str) -> bool:
    """Days compare as they are written; a span of every year may reach over its end."""
    written = day.isoformat()[-len(first) :]
    return first <= written <= last if first <= last else written >= first or written <= last


def open_days(first: date, is_open_on: Callable[[date], bool]) -> Iterator[date]:
    """The open days from `first` on, in their order; ends only where a whole year has none."""
    day, closed = first, 0
    while closed < DAYS_OF_A_YEAR:
        if is_open_on(day):
            closed = 0
            yield day
        else:
            closed += 1
        day += timedelta(days=1)


def first_working_day(year: int, month: int) -> date:
    day = date(year, month, 1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
