from datetime import date

import pytest

from campaign.plan.calendar import first_working_day, is_working_day


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
