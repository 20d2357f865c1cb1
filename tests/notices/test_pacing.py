from collections import Counter
from datetime import date
from itertools import islice

import pytest
from rounds import TOKYO, at

from notices.pacing import Hours, slots

OFFICE = Hours(9, 17, TOKYO)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(8, 59), False),
        (at(9), True),
        (at(16, 59), True),
        (at(17), False),
        (at(12, day=date(2026, 12, 5)), False),  # a Saturday
        (at(12, day=date(2026, 12, 6)), False),
        (at(12, day=date(2027, 1, 1)), False),  # New Year
        (at(12, day=date(2026, 9, 22)), False),  # a day between two holidays
    ],
)
def test_notices_go_out_in_office_hours_of_working_days(now, allowed):
    assert OFFICE.allow(now) is allowed
    assert OFFICE.allow(now.astimezone(None)) is allowed


def test_hours_that_are_no_span_are_refused():
    with pytest.raises(ValueError, match="wanted a span"):
        Hours(17, 9, TOKYO)


def test_slots_lie_evenly_over_the_hours_of_a_day():
    assert list(islice(slots(at(8), cap=4, within=OFFICE), 5)) == [
        at(9),
        at(11),
        at(13),
        at(15),
        at(9, day=date(2026, 12, 2)),
    ]


def test_a_day_that_has_begun_gives_only_what_is_left_of_it():
    assert list(islice(slots(at(12), cap=4, within=OFFICE), 3)) == [at(13), at(15), at(9, day=date(2026, 12, 2))]


def test_slots_leave_out_weekends_and_holidays_and_never_exceed_the_cap():
    found = list(islice(slots(at(8, day=date(2026, 12, 25)), cap=7, within=OFFICE), 60))
    assert max(Counter(slot.date() for slot in found).values()) == 7
    assert all(OFFICE.allow(slot) for slot in found)
    assert date(2026, 12, 26) not in {slot.date() for slot in found}
    assert date(2027, 1, 1) not in {slot.date() for slot in found}
    assert found == sorted(found)
