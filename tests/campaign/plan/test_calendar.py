from datetime import date
from itertools import islice

import pytest

from campaign.plan.calendar import first_working_day, is_open, is_working_day, open_days

WEEK = frozenset(range(5))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),  # an ordinary Tuesday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 23), False),  # Labour Thanksgiving, a Monday
        (date(2026, 5, 6), False),  # substitute holiday, a Wednesday
        (date(2026, 9, 22), False),  # a Tuesday between two holidays
        (date(2026, 12, 31), True),  # no public holiday, whatever the desk does
    ],
)
def test_working_days_are_those_of_the_japanese_calendar(day, works):
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("year", "month", "first"),
    [
        (2026, 12, date(2026, 12, 1)),
        (2026, 11, date(2026, 11, 2)),  # begins on a Sunday
        (2027, 1, date(2027, 1, 4)),  # New Year's Day, then a week end
        (2026, 8, date(2026, 8, 3)),
    ],
)
def test_the_first_working_day_of_a_month(year, month, first):
    assert first_working_day(year, month) == first


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),  # the provider's new-year closing, of every year,
        (date(2027, 1, 4), False),
        (date(2027, 1, 5), True),
        (date(2027, 12, 30), False),  # also the next one
        (date(2026, 8, 12), True),
        (date(2026, 8, 13), False),  # a closing of one year only
        (date(2027, 8, 13), True),
        (date(2026, 11, 3), False),  # a public holiday, a Tuesday
        (date(2026, 12, 5), False),  # a Saturday
    ],
)
def test_the_providers_own_closed_days_are_beside_holidays_and_weekends(day, opens):
    closed = (("12-29", "01-04"), ("2026-08-13", "2026-08-14"))
    assert is_open(day, weekdays=WEEK, closed=closed) is opens


def test_a_desk_that_works_on_saturdays_is_open_then():
    assert is_open(date(2026, 12, 5), weekdays={5}, closed=())
    assert not is_open(date(2026, 12, 4), weekdays={5}, closed=())


def test_open_days_come_in_order_and_end_where_there_are_none():
    found = open_days(date(2026, 12, 4), is_working_day)
    assert list(islice(found, 3)) == [date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8)]
    assert list(open_days(date(2026, 12, 4), lambda day: False)) == []
