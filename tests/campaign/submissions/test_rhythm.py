"""Silence is told from quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.submissions.rhythm import Rhythm, added

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = datetime(2026, 5, 4, tzinfo=TOKYO)
BY_DAY, AT_NIGHT = 400, 3  # lines an hour; night is from 1 to 6
AFTER = timedelta(minutes=15)


def number(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def weeks(days: int = 14, *, share: float = 1) -> dict[int, int]:
    """Lines by the hour up to the end of the last day; weekends have a tenth of them."""
    found = {}
    for hour in range(days * 24):
        at = MONDAY + timedelta(hours=hour)
        lines = (AT_NIGHT if 1 <= at.hour < 6 else BY_DAY) * share / (10 if at.weekday() > 4 else 1)
        if int(lines):
            found[number(at)] = int(lines)
    return found


def without(hours: dict[int, int], begin: datetime, end: datetime) -> dict[int, int]:
    return {hour: lines for hour, lines in hours.items() if not number(begin) <= hour < number(end)}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def gaps(hours: dict[int, int]) -> list[tuple[datetime, datetime]]:
    return [(gap.begin, gap.end) for gap in Rhythm(hours, TOKYO).gaps()]


def test_hours_without_lines_in_the_day_are_a_gap():
    assert gaps(weeks()) == []
    assert gaps(without(weeks(), at(8, 10), at(8, 13))) == [(at(8, 10), at(8, 13))]


def test_days_without_lines_are_one_gap_and_do_not_become_what_is_usual():
    assert gaps(without(weeks(), at(3, 0), at(9, 0))) == [(at(3, 0), at(9, 0))]


def test_a_silent_night_of_a_quiet_server_is_no_gap():
    assert gaps(without(weeks(), at(8, 1), at(8, 6))) == []


def test_a_small_servers_gap_is_found_when_enough_is_missing():
    small = weeks(share=0.02)  # eight lines an hour, on weekdays
    assert gaps(without(small, at(8, 10), at(8, 12))) == []
    assert len(gaps(without(small, at(7, 8), at(7, 20)))) == 1


def test_with_two_days_of_lines_nothing_is_called_a_gap():
    assert gaps(without(weeks(days=3), at(1, 10), at(1, 14))) == []


@pytest.mark.parametrize(
    ("day", "last", "now", "late"),
    [
        (14, (12, 0), (12, 14), False),  # before LATE_MINUTES
        (14, (12, 0), (12, 16), True),
        (14, (1, 30), (5, 50), False),  # the night
        (14, (1, 30), (6, 20), True),  # the morning after
        (19, (12, 0), (12, 40), False),  # Saturday: some thirty lines, which may fail to come
        (19, (12, 0), (14, 0), True),
    ],
)
def test_late_is_who_should_have_written_by_now(day, last, now, late):
    assert Rhythm(weeks(), TOKYO).late(at(day, *last), at(day, *now), after=AFTER) is late


def test_a_server_that_rests_on_weekends_is_not_late_then():
    office = Rhythm({hour: lines for hour, lines in weeks().items() if lines >= BY_DAY}, TOKYO)
    assert office.gaps() == ()
    assert not office.late(at(18, 23, 59), at(20, 23), after=AFTER)
    assert office.late(at(18, 23, 59), at(21, 8), after=AFTER)


def test_where_nothing_is_known_yet_a_day_of_silence_is_too_much():
    new = Rhythm({number(at(0, 9)): 500}, TOKYO)
    assert not new.late(at(0, 9, 59), at(1, 9, 0), after=AFTER)
    assert new.late(at(0, 9, 59), at(1, 10, 0), after=AFTER)
    assert not new.late(at(0, 9, 59), at(0, 9, 0), after=AFTER)  # its clock is ahead of ours


def test_a_day_of_25_hours_is_no_trouble():
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 20, tzinfo=berlin)
    hours = {number(begin) + hour: 100 for hour in range(10 * 24)}
    del hours[number(datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1))]
    [gap] = Rhythm(hours, berlin).gaps()
    assert gap.begin == datetime(2026, 10, 25, 1, 0, tzinfo=UTC) and (gap.hours, gap.missed) == (1, 100)


def test_hours_of_several_files_add_up_from_a_day_on():
    since = datetime(1970, 1, 1, 2, tzinfo=UTC)
    assert added([{"1": 5, "2": 6}, {"2": 1, "3": 2}], since=since) == {2: 7, 3: 2}
