"""Which days count: working days by the calendar of Japan, and those on which the provider is open."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

import jpholiday

SATURDAY = 5


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


def open_days(after: date, is_open_on) -> Iterator[date]:
    """Without end, the open days after a day."""
    while True:
        after += timedelta(days=1)
        if is_open_on(after):
            yield after


def first_working_day(year: int, month: int) -> date:
    day = date(year, month, 1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
