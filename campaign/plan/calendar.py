"""Which days count: working days by the calendar of Japan."""

from datetime import date, timedelta

import jpholiday

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday of Japan (substitute holidays included)."""
    return day.weekday() < SATURDAY and not jpholiday.is_holiday(day)


def first_working_day(year: int, month: int) -> date:
    day = date(year, month, 1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
