from datetime import date, timedelta

import pytest

from campaign.plan.calendar import is_working_day
from campaign.plan.last_days import Span
from notices.coming import Coming, Known, Step, Waiting, coming
from notices.schedule import Course, Kind
from notices.selection import WhyNot

TODAY = date(2026, 11, 24)  # a Tuesday
COURSE = Course(
    starts_on=date(2026, 4, 1), cutoff_on=date(2027, 3, 31), is_open=is_working_day, begun_on=date(2026, 4, 1)
)
OLD = frozenset({WhyNot.WRITTEN, WhyNot.KNOWN_BEFORE})
PLANNED = {("reminder", "2026-11")}


def known(**given) -> Known:
    return Known(**{"standing": "holdout", "standing_since": date(2026, 5, 1), "facts": OLD} | given)


def told(known: Known, *, today: date = TODAY, course: Course = COURSE, planned=PLANNED) -> Coming:
    return coming(known, course, today=today, planned=planned)


def test_who_is_left_gets_the_next_reminder():
    assert told(known()) == Coming(kind=Kind.REMINDER, first=date(2026, 12, 1))
    assert told(known(), planned=()) == Coming(kind=Kind.REMINDER, first=TODAY)  # November's was missed


def test_a_new_holdout_gets_the_first_notice_and_a_month_later_the_reminder():
    assert told(known(facts=frozenset())) == Coming(kind=Kind.FIRST, first=TODAY)
    week_done = PLANNED | {("first", "2026-11-23")}
    assert told(known(facts=frozenset()), planned=week_done).first == date(2026, 11, 30)
    got_it = known(facts=OLD - {WhyNot.KNOWN_BEFORE}, first_notice_on=date(2026, 11, 18), last_notice_on=TODAY)
    assert told(got_it) == Coming(kind=Kind.REMINDER, first=date(2027, 1, 4))


def test_before_the_campaign_the_announcement_comes():
    course = Course(starts_on=date(2026, 12, 1), cutoff_on=date(2027, 3, 31), is_open=is_working_day)
    fresh = known(facts=frozenset({WhyNot.NOT_WRITTEN}))
    assert told(fresh, course=course) == Coming(kind=Kind.ANNOUNCEMENT, first=date(2026, 12, 1))


@pytest.mark.parametrize(
    ("day", "kind", "first", "last"),
    [
        (date(2027, 3, 10), Kind.TWO_WEEKS, date(2027, 3, 17), date(2027, 3, 23)),
        (date(2027, 3, 19), Kind.TWO_WEEKS, date(2027, 3, 19), date(2027, 3, 23)),
        (date(2027, 3, 24), Kind.THREE_DAYS, date(2027, 3, 26), None),
        (date(2027, 3, 28), Kind.LAST_DAY, date(2027, 3, 30), None),
    ],
)
def test_in_the_end_the_final_notices_come(day, kind, first, last):
    assert told(known(), today=day, planned={("reminder", "2027-03")}) == Coming(kind=kind, first=first, last=last)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("planned", Step.TO_BE_APPROVED),
        ("approved", Step.ON_ITS_WAY),
        ("sending", Step.ON_ITS_WAY),
        ("paused", Step.PAUSED),
    ],
)
def test_a_notice_that_waits_is_the_next(state, step):
    waiting = Waiting(Kind.REMINDER, TODAY + timedelta(days=2), state)
    assert told(known(waiting=waiting)) == Coming(kind=Kind.REMINDER, first=TODAY + timedelta(days=2), step=step)
    late = Waiting(Kind.REMINDER, TODAY - timedelta(days=2), state)
    assert told(known(waiting=late)).first == TODAY


def test_after_an_exemption_the_next_round_comes():
    exempt = known(standing="exempt", exempt=(Span(TODAY, date(2026, 12, 20)),))
    assert told(exempt) == Coming(kind=Kind.REMINDER, first=date(2027, 1, 4))  # December's is over by then
    for_good = known(standing="exempt", exempt=(Span(TODAY, date(2030, 1, 1)),))
    assert told(for_good) == Coming(why_not=WhyNot.EXEMPT)


def test_an_exemption_that_is_still_to_come_leaves_out_the_final_notices():
    delay = {"exempt": (Span(date(2027, 3, 10), date(2027, 4, 14)),)}
    assert told(known(**delay)) == Coming(kind=Kind.REMINDER, first=date(2026, 12, 1))
    march_done = {("reminder", "2027-03")}
    assert told(known(**delay), today=date(2027, 3, 8), planned=march_done) == Coming(why_not=WhyNot.EXEMPT)
    assert told(known(**delay, facts=OLD | {WhyNot.MUTED})) == Coming(why_not=WhyNot.EXEMPT)


def test_who_wants_no_more_reminders_gets_the_final_notices():
    muted = known(facts=OLD | {WhyNot.MUTED})
    assert told(muted) == Coming(kind=Kind.TWO_WEEKS, first=date(2027, 3, 17), last=date(2027, 3, 23))


def test_nothing_comes_to_an_address_that_no_mail_reaches():
    assert told(known(facts=OLD | {WhyNot.UNREACHABLE})) == Coming(why_not=WhyNot.UNREACHABLE)


def test_who_was_written_to_lately_waits_for_a_later_round():
    yesterday = known(last_notice_on=date(2026, 11, 26))
    found = told(yesterday, today=date(2026, 11, 27))
    assert (found.first, found.passed) == (date(2027, 1, 4), date(2026, 12, 1))


def test_who_has_moved_is_thanked_and_then_left_alone():
    moved = known(standing="migrated", standing_since=TODAY)
    assert told(moved) == Coming(kind=Kind.THANKS, first=TODAY)
    thanked = known(standing="migrated", standing_since=TODAY, facts=OLD | {WhyNot.THANKED})
    assert told(thanked) == Coming(why_not=WhyNot.MIGRATED)
    never_written_to = known(standing="migrated", standing_since=TODAY, facts=frozenset({WhyNot.NOT_WRITTEN}))
    assert told(never_written_to) == Coming(why_not=WhyNot.MIGRATED)


def test_who_is_moving_is_thanked_when_the_quiet_days_are_over():
    moving = known(standing="moving", standing_since=TODAY, moves_on=date(2026, 12, 20))
    assert told(moving) == Coming(kind=Kind.THANKS, first=date(2026, 12, 21), if_moved=True)


def test_who_is_silent_gets_nothing():
    assert told(known(standing="silent")) == Coming(why_not=WhyNot.SILENT)


def test_a_plan_for_others_leaves_out():
    every = frozenset(Kind)
    assert told(known(left_out_of=every)) == Coming(why_not=WhyNot.OTHERS)
    assert told(known(left_out_of=frozenset({Kind.REMINDER}))).kind == Kind.TWO_WEEKS


def test_after_the_cut_off_nothing_comes_any_more():
    assert told(known(), today=date(2027, 3, 31)) == Coming()


def test_the_address_is_the_reason_before_a_narrowed_audience():
    every = frozenset(Kind)
    unreachable = known(facts=OLD | {WhyNot.UNREACHABLE}, left_out_of=every)
    assert told(unreachable) == Coming(why_not=WhyNot.UNREACHABLE)
