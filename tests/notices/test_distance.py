"""Whom the next reminder leaves out because a mailing goes out shortly before it."""

from datetime import date

import pytest
from builders import make_campaign, make_holdout
from desk import make_mailing, make_notice
from rounds import at

from notices import allowance, course, distance
from notices.distance import LeftOut, too_near
from notices.models import Mailing

pytestmark = pytest.mark.django_db
APPROVED_LATE = date(2026, 11, 27)  # a Friday; the reminder of December is on Tuesday
FIRST_OF_DECEMBER, NEAR = date(2026, 12, 1), date(2026, 11, 25)


def planned(notices: int, *, kind: str = "extra", send_after=None, **given) -> Mailing:
    campaign = make_campaign()
    values = {"state": "planned", "expires_on": date(2026, 12, 20), "kind": kind, "daily_cap": 100}
    mailing = make_mailing(campaign, **values | given)
    for _ in range(notices):
        make_notice(mailing, make_holdout(campaign), state="waiting", send_after=send_after or at(9, day=NEAR))
    return mailing


def left_out(mailing: Mailing, today: date) -> LeftOut | None:
    waiting = mailing.notices.filter(state="waiting").count()
    ahead = course.course(mailing, waiting=waiting, row=allowance.foresee(today), now=at(9, day=today))
    return distance.leaves_out(mailing, ahead, waiting=waiting, today=today)


def test_those_that_go_out_within_the_distance_are_counted_by_a_rule():
    going = [(date(2026, 11, 24), 3), (date(2026, 11, 25), 3), (date(2026, 11, 26), 2)]
    assert too_near(going, 10, since=date(2026, 11, 25)) == 7
    assert too_near([], 0, since=date(2026, 11, 25)) == 0


@pytest.mark.parametrize("kind", ["extra", "announcement"])
def test_what_is_approved_late_takes_the_reminder_from_its_customers(kind):
    assert left_out(planned(3, kind=kind), APPROVED_LATE) == LeftOut(FIRST_OF_DECEMBER, 3, NEAR)


def test_what_is_approved_in_time_takes_nothing_from_anybody():
    assert left_out(planned(3, send_after=at(9, day=date(2026, 11, 24))), date(2026, 11, 24)) is None


def test_what_has_no_room_in_time_under_the_cap_of_the_day_is_counted():
    mailing = planned(5, send_after=at(9, day=date(2026, 11, 24)), daily_cap=2)
    assert left_out(mailing, date(2026, 11, 24)) == LeftOut(FIRST_OF_DECEMBER, 3, NEAR)


def test_slots_that_come_later_count_however_much_room_there_is():
    mailing = planned(2, send_after=at(9, day=date(2026, 11, 24)))
    for _ in range(3):
        make_notice(mailing, make_holdout(mailing.campaign), state="waiting", send_after=at(9, day=NEAR))
    assert left_out(mailing, date(2026, 11, 24)) == LeftOut(FIRST_OF_DECEMBER, 3, NEAR)


def test_a_reminder_that_is_planned_already_leaves_nobody_out_any_more():
    mailing = planned(2)
    make_mailing(mailing.campaign, kind="reminder", period="2026-12")
    assert left_out(mailing, APPROVED_LATE) is None  # that of January is far enough


@pytest.mark.parametrize("kind", sorted(distance.NOT_ASKED_OF))
def test_kinds_with_a_distance_of_their_own_are_not_asked(kind):
    assert left_out(planned(2, kind=kind), APPROVED_LATE) is None


def test_what_all_has_gone_out_of_leaves_nobody_out():
    assert left_out(planned(0), APPROVED_LATE) is None
