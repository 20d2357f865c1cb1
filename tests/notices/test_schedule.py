from datetime import date, timedelta
from itertools import islice

import pytest

from campaign.plan.calendar import is_working_day
from notices.schedule import Course, Kind, final_days, rounds, wanted

ALL = frozenset(Kind)


def course(**given) -> Course:
    """A campaign from a Wednesday to a Wednesday; it began to write on its first day."""
    values = {"starts_on": date(2026, 4, 1), "cutoff_on": date(2027, 3, 31), "is_open": is_working_day}
    return Course(**values | {"begun_on": date(2026, 4, 1)} | given)


def on(day: date, **given) -> dict[str, str]:
    """What is wanted on a day: kind and period, in order."""
    return {found.kind.value: found.period for found in wanted(course(**given), today=day)}


@pytest.mark.parametrize(
    ("cutoff", "days"),
    [
        (date(2027, 3, 31), ["2027-03-17", "2027-03-26", "2027-03-30"]),  # the third day before is a Sunday
        (date(2027, 3, 25), ["2027-03-11", "2027-03-19", "2027-03-24"]),  # the 22nd is a holiday
        (date(2027, 3, 29), ["2027-03-15", "2027-03-25", "2027-03-26"]),  # a Monday: never two on one day
        (date(2027, 5, 6), ["2027-04-22", "2027-04-28", "2027-04-30"]),  # after Golden Week
        (date(2027, 1, 4), ["2026-12-21", "2026-12-30", "2026-12-31"]),  # after New Year
    ],
)
def test_final_notices_go_out_on_open_days(cutoff, days):
    assert [day.isoformat() for day in final_days(course(cutoff_on=cutoff)).values()] == days


def test_final_days_keep_apart_whatever_the_date():
    for number in range(400):
        cutoff = date(2026, 6, 1) + timedelta(days=number)
        two_weeks, three, last = final_days(course(cutoff_on=cutoff)).values()
        assert two_weeks < three < last < cutoff
        assert (cutoff - two_weeks).days >= 14 and (cutoff - three).days >= 3
        assert all(is_working_day(day) for day in (two_weeks, three, last))


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2027, 3, 15), set()),
        (date(2027, 3, 16), {"two_weeks"}),  # an open day ahead, for somebody to approve it
        (date(2027, 3, 23), {"two_weeks"}),  # it was missed: eight days are left
        (date(2027, 3, 24), set()),  # "two weeks" would not be true
        (date(2027, 3, 25), {"three_days"}),
        (date(2027, 3, 26), {"three_days"}),
        (date(2027, 3, 27), set()),
        (date(2027, 3, 29), {"last_day"}),
        (date(2027, 3, 30), {"last_day"}),
        (date(2027, 3, 31), set()),
    ],
)
def test_a_final_notice_is_planned_only_while_its_text_is_true(day, kinds):
    finals = {Kind.TWO_WEEKS, Kind.THREE_DAYS, Kind.LAST_DAY}
    assert set(on(day, active=frozenset(finals))) == kinds
    for found in wanted(course(active=frozenset(finals)), today=day):
        assert found.period == "2027-03-31"
        assert found.plan_until == found.latest >= found.first_day


def test_a_moved_date_makes_other_final_notices():
    assert on(date(2027, 3, 25), active=frozenset({Kind.THREE_DAYS})) == {"three_days": "2027-03-31"}
    moved = {"cutoff_on": date(2027, 4, 30), "active": frozenset({Kind.THREE_DAYS})}
    assert on(date(2027, 3, 25), **moved) == {}
    assert on(date(2027, 4, 26), **moved) == {"three_days": "2027-04-30"}


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 12, 1), "2026-12"),
        (date(2027, 1, 1), None),  # a holiday, and the days after it
        (date(2027, 1, 3), None),
        (date(2027, 1, 4), "2027-01"),
        (date(2027, 1, 31), "2027-01"),  # it was missed
        (date(2026, 4, 20), None),  # the month of the announcement
        (date(2026, 5, 1), "2026-05"),
        (date(2026, 3, 2), None),
        (date(2027, 3, 1), "2027-03"),
        (date(2027, 3, 10), "2027-03"),
        (date(2027, 3, 11), None),  # within seven days comes the notice of two weeks
        (date(2027, 3, 31), None),
    ],
)
def test_the_reminder_comes_on_the_first_open_day_of_a_month(day, period):
    assert on(day).get("reminder") == period


def test_a_reminder_that_would_come_into_the_last_weeks_does_not_come():
    near = {"cutoff_on": date(2027, 3, 10)}
    assert "reminder" in on(date(2027, 2, 1), **near)
    assert on(date(2027, 3, 1), **near).get("reminder") is None
    only_the_last = near | {"active": frozenset({Kind.REMINDER, Kind.LAST_DAY})}
    assert on(date(2027, 3, 1), **only_the_last) == {"reminder": "2027-03"}


def test_the_first_reminder_keeps_clear_of_a_late_announcement():
    late = {"starts_on": date(2026, 4, 20), "begun_on": date(2026, 5, 7)}
    assert on(date(2026, 5, 29), **late).get("reminder") is None
    assert on(date(2026, 6, 1), **late)["reminder"] == "2026-06"


def test_without_an_announcement_the_reminder_of_the_first_month_comes():
    assert on(date(2026, 4, 1), active=ALL - {Kind.ANNOUNCEMENT}, begun_on=None)["reminder"] == "2026-04"


@pytest.mark.parametrize(
    ("starts", "day", "begun", "found"),
    [
        (date(2026, 4, 1), date(2026, 3, 31), None, False),
        (date(2026, 4, 1), date(2026, 4, 1), None, True),
        (date(2026, 4, 1), date(2026, 4, 28), None, True),  # it was missed
        (date(2026, 4, 1), date(2026, 4, 29), None, False),
        (date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 1), False),
        (date(2026, 8, 1), date(2026, 8, 2), None, False),  # a Sunday
        (date(2026, 8, 1), date(2026, 8, 3), None, True),
    ],
)
def test_the_announcement_opens_a_campaign_that_has_written_to_nobody(starts, day, begun, found):
    assert ("announcement" in on(day, starts_on=starts, begun_on=begun)) is found


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 11, 22), "2026-11-16"),  # it was missed
        (date(2026, 11, 23), None),  # a Monday, and a holiday
        (date(2026, 11, 24), "2026-11-23"),
        (date(2026, 11, 30), "2026-11-30"),
        (date(2027, 3, 8), "2027-03-08"),
        (date(2027, 3, 11), None),  # the notice of two weeks is the first that they get
        (date(2027, 3, 18), "2027-03-15"),
        (date(2027, 3, 22), None),
    ],
)
def test_new_holdouts_get_their_first_notice_each_week(day, period):
    assert on(day).get("first") == period


def test_first_notices_can_be_daily():
    assert on(date(2026, 11, 25), batch_days=1)["first"] == "2026-11-25"
    assert "first" not in on(date(2026, 11, 23), batch_days=1)  # a holiday


def test_nobody_is_new_before_the_announcement():
    assert "first" not in on(date(2026, 4, 1), begun_on=None)
    assert "first" in on(date(2026, 4, 1), begun_on=None, active=frozenset({Kind.FIRST}))


def test_thanks_come_each_week_until_a_month_after_the_end():
    assert on(date(2026, 11, 24))["thanks"] == "2026-11-23"
    assert on(date(2027, 4, 26)) == {"thanks": "2027-04-26"}
    assert on(date(2027, 4, 30)) == {"thanks": "2027-04-26"}
    assert on(date(2027, 5, 1)) == {}


def test_kinds_that_keep_clear_of_others_are_planned_after_them():
    assert list(on(date(2026, 12, 1))) == ["first", "reminder", "thanks"]
    assert list(on(date(2026, 4, 1), begun_on=None)) == ["announcement", "thanks"]


def test_what_is_switched_off_is_not_wanted():
    assert on(date(2026, 12, 1), active=frozenset()) == {}
    assert on(date(2026, 12, 1), active=ALL - {Kind.REMINDER, Kind.THANKS}) == {"first": "2026-11-30"}


def test_the_rounds_of_a_kind_come_in_their_order():
    months = [found.period for found in rounds("reminder", course(), since=date(2026, 10, 30))]
    assert months == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    weeks = [found.period for found in islice(rounds("first", course(), since=date(2026, 12, 24)), 3)]
    assert weeks == ["2026-12-21", "2026-12-28", "2027-01-04"]


def test_a_campaign_too_short_for_a_final_notice_goes_without_it():
    short = {"starts_on": date(2027, 3, 22), "begun_on": None}
    assert "two_weeks" not in on(date(2027, 3, 23), **short)
    assert "three_days" in on(date(2027, 3, 25), **short)


def test_a_year_without_an_open_day_has_a_schedule_all_the_same():
    closed = course(is_open=lambda day: False)
    two_weeks, three, last = final_days(closed).values()
    assert two_weeks < three < last < closed.cutoff_on
    assert list(rounds("first", closed, since=date(2026, 12, 1))) == []
