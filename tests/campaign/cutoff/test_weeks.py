from datetime import date

import pytest

from campaign.cutoff.weeks import Week, past_weeks


def test_a_week_is_read_as_it_is_written_and_begins_on_monday():
    week = Week.read("2026-W47")
    assert (week.first, week.last, str(week)) == (date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
    assert Week.read(" 2026w47 ") == week
    assert len(week.days) == 7 and week.days[-1] == week.last


def test_the_first_week_of_a_year_may_begin_in_the_old_one():
    assert Week.read("2026-W01").first == date(2025, 12, 29)
    assert str(Week(date(2025, 12, 29))) == "2026-W01"


@pytest.mark.parametrize("text", ["", "47", "2026-47", "2026-W00", "2025-W53", "2026-W99", "２０２６-W47", "0000-W01"])
def test_what_is_no_week_is_refused(text):
    with pytest.raises(ValueError):
        Week.read(text)


def test_past_weeks_are_over_and_kept_whole():
    found = past_weeks(today=date(2026, 11, 23), kept_from=date(2026, 11, 3))
    assert [str(week) for week in found] == ["2026-W47", "2026-W46"]
    assert past_weeks(today=date(2026, 11, 22), kept_from=date(2026, 11, 9)) == [Week.read("2026-W46")]
