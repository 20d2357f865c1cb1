from datetime import date, timedelta

import pytest
from builders import make_campaign, make_holdout
from desk import make_mailing, make_notice
from django.utils import timezone
from rounds import DAY, at

from campaign import audit
from campaign.models import Desk
from campaign.plan import capacity
from notices import allowance
from notices import course as courses
from notices.course import pace, shared, spread, through
from notices.models import Mailing, SendingDay

pytestmark = pytest.mark.django_db
WEDNESDAY, THURSDAY, FRIDAY, MONDAY = (DAY + timedelta(days=days) for days in (1, 2, 3, 6))


def mailing_with(waiting: int, **given) -> Mailing:
    values = {"state": "sending", "daily_cap": 4, "expires_on": DAY + timedelta(days=20), "started_at": at(8)}
    mailing = make_mailing(given.pop("campaign", None) or make_campaign(), **values | given)
    for _ in range(waiting):
        make_notice(mailing, state="waiting", send_after=at(8))
    return mailing


def course(mailing: Mailing, *, now=None):
    waiting = mailing.notices.filter(state__in=("waiting", "claimed")).count()
    now = now or at(9)
    return courses.course(mailing, waiting=waiting, row=allowance.foresee(timezone.localdate(now)), now=now)


def seats(number: int, *, each: int = 1, day: date = date(2026, 4, 1)) -> None:
    Desk.objects.create(from_day=day, seats=number, contacts_per_seat=each, changed_at=at(8))


def test_notices_are_shared_out_by_the_caps_of_the_days():
    caps = [(DAY, 3), (WEDNESDAY, 0), (THURSDAY, 5), (FRIDAY, 5)]
    assert spread(7, caps) == [(DAY, 3), (WEDNESDAY, 0), (THURSDAY, 4)]
    assert through(spread(7, caps), 7) == THURSDAY
    assert through(spread(99, caps), 99) is None
    assert spread(0, caps) == [] and through([], 0) is None


def test_a_round_goes_on_over_the_weekend_by_its_own_cap():
    found = course(mailing_with(18))
    assert found.through_on == found.earliest == found.latest == MONDAY
    assert [(day.day, day.notices) for day in found.days[:5]] == [
        (DAY, 4),
        (WEDNESDAY, 4),
        (THURSDAY, 4),
        (FRIDAY, 4),
        (MONDAY, 2),
    ]
    assert len(found.days) == 9  # and those on which contacts still come
    assert found.left_over == 0


def test_what_went_out_today_leaves_less_of_today():
    SendingDay.objects.create(day=DAY, taken=3)
    assert course(mailing_with(5)).days[0].notices == 1


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (at(8), 4),
        (at(12), 4),
        (at(16, 59), 4),
        (at(17), 0),
        (at(23), 0),
    ],
)
def test_after_the_hours_nothing_more_goes_out_today(now, first):
    assert course(mailing_with(9), now=now).days[0].notices == first


def test_the_last_minute_of_a_day_takes_no_more_than_the_rate_allows(settings):
    settings.NOTICE_PER_SECOND = 1
    found = course(mailing_with(9, daily_cap=1000), now=at(16, 59) + timedelta(seconds=57))
    assert found.days[0].notices == 3


def test_what_is_being_sent_at_this_moment_goes_out_today():
    """Its places are taken from the day's cap already."""
    mailing = mailing_with(0)
    for _ in range(2):
        make_notice(mailing, state="claimed", send_after=at(8), claimed_at=at(9))
    SendingDay.objects.create(day=DAY, taken=2)
    found = course(mailing)
    assert (found.through_on, found.left_today, found.days[0].notices) == (DAY, 2, 2)
    day = found.days[0]
    assert day.contacts == pytest.approx(2 * capacity.LAG[0] * 5 / 100)  # and nobody calls twice because of one notice
    SendingDay.objects.update(taken=4)
    assert course(mailing).through_on == DAY


def test_what_others_send_at_this_moment_takes_no_room_a_second_time():
    campaign = make_campaign()
    mailing = mailing_with(2, campaign=campaign)
    other = mailing_with(0, campaign=campaign, period="2026-10")
    for _ in range(2):
        make_notice(other, make_holdout(campaign), state="claimed", send_after=at(8), slot_on=DAY, claimed_at=at(9))
    SendingDay.objects.create(day=DAY, taken=2)
    assert course(mailing).through_on == DAY


def test_the_slot_of_the_last_that_can_go_today_is_known():
    mailing = mailing_with(0)
    for minute in (10, 20, 30, 40, 50):
        make_notice(mailing, state="waiting", send_after=at(11, minute))
    assert course(mailing).last_slot_today == at(11, 40)  # the fifth has no room under the day's cap
    assert course(mailing, now=at(17)).last_slot_today is None


def test_notices_whose_time_has_not_come_are_not_expected_earlier():
    mailing = mailing_with(2)
    make_notice(mailing, state="waiting", send_after=at(10, day=THURSDAY))
    found = course(mailing)
    assert found.days[0].notices == 2
    assert found.through_on == THURSDAY


def test_the_hold_takes_time_from_the_first_day(settings):
    settings.NOTICE_PER_SECOND = 1
    begin = at(16, 50)
    mailing = mailing_with(9, daily_cap=1000, hold_until=begin + timedelta(minutes=10))
    assert course(mailing, now=begin).days[0].notices == 0


def test_the_desk_makes_a_round_longer_and_the_ends_say_how_sure_that_is(settings):
    settings.CONTACTS_PER_HUNDRED = 100
    seats(2)
    found = course(mailing_with(18, daily_cap=9))
    assert found.days[0].notices == 4  # of the believed 50 contacts per hundred
    assert found.through_on == MONDAY
    assert found.earliest <= found.through_on <= found.latest
    assert found.busiest.capacity == 2 and found.busiest.contacts <= 2


def test_no_day_is_expected_to_bring_more_than_the_desk_takes(settings):
    settings.CONTACTS_PER_HUNDRED = 20
    seats(2)
    seats(1, day=THURSDAY)
    found = course(mailing_with(40, daily_cap=20))
    assert [(day.notices, day.capacity) for day in found.days[:3]] == [(5, 2), (5, 2), (5, 1)]
    assert all(day.contacts <= day.capacity + 1e-9 for day in found.days)
    assert all(day.at_least < day.contacts < day.at_most for day in found.days if day.contacts)


def test_contacts_of_earlier_notices_are_still_to_come():
    SendingDay.objects.create(day=date(2026, 11, 30), taken=100)
    found = course(mailing_with(0))
    assert found.through_on is None and found.left_over == 0
    assert found.days[0].contacts == pytest.approx(100 * 0.30 * 5 / 100)


def test_what_does_not_fit_before_the_last_day_stays_behind():
    found = course(mailing_with(18, expires_on=THURSDAY))
    assert found.through_on is None
    assert found.left_over == 6
    assert sum(day.notices for day in found.days) == 12


def test_other_rounds_that_go_on_share_the_day():
    campaign = make_campaign()
    mailing = mailing_with(4, campaign=campaign)
    other = mailing_with(0, campaign=campaign, period="2026-10")
    for _ in range(4):
        make_notice(other, make_holdout(campaign), state="waiting", send_after=at(8))
    found = course(mailing)
    assert (found.others, found.earliest, found.through_on) == (4, DAY, WEDNESDAY)


def test_a_closed_day_is_none_of_the_days():
    found = course(mailing_with(5), now=at(9, day=date(2026, 12, 5)))
    assert found.days[0].day == MONDAY and found.through_on == date(2026, 12, 8)


def test_the_pace_is_that_of_the_last_minutes():
    mailing = mailing_with(0)
    for minute in (30, 56, 57, 58):
        make_notice(mailing, accepted_at=at(9, minute))
    assert pace(mailing, now=at(10)) == pytest.approx(3 / 5)


def test_the_pace_of_a_round_that_has_just_left_its_hold_is_not_thinned_by_it():
    mailing = mailing_with(0, hold_until=at(9, 58))
    for _ in range(4):
        make_notice(mailing, accepted_at=at(9, 59))
    assert pace(mailing, now=at(10)) == 2


@pytest.mark.parametrize("begin", ["started", "resumed", "hours"])
def test_minutes_in_which_nothing_could_go_out_do_not_thin_the_pace(settings, begin):
    now = at(10)
    if begin == "hours":
        settings.NOTICE_FROM_HOUR, now = 9, at(9, 2)
    mailing = mailing_with(0, started_at=now - timedelta(minutes=2 if begin == "started" else 60))
    if begin == "resumed":
        on = audit.thing(mailing)
        audit.note(audit.of_command(), audit.Act.RESUMED, on, now=now - timedelta(minutes=2))
    for _ in range(4):
        make_notice(mailing, accepted_at=now - timedelta(minutes=1))
    assert pace(mailing, now=now) == 2


def test_an_estimate_writes_nothing():
    seats(2)
    course(mailing_with(3))
    assert not SendingDay.objects.exists()


def test_others_that_fall_due_today_do_not_push_out_what_has_room_today():
    campaign = make_campaign()
    mailing = mailing_with(2, campaign=campaign, daily_cap=10)
    other = mailing_with(0, campaign=campaign, period="2026-10", daily_cap=10)
    for _ in range(5):
        make_notice(other, make_holdout(campaign), state="waiting", send_after=at(8), slot_on=DAY)
    found = course(mailing)
    assert (found.through_on, found.latest, found.days[0].notices) == (DAY, DAY, 7)


def test_others_whose_slots_come_later_share_only_their_own_days():
    campaign = make_campaign()
    mailing = mailing_with(4, campaign=campaign)
    other = mailing_with(0, campaign=campaign, period="2026-10")
    for day in (FRIDAY, FRIDAY, MONDAY):
        make_notice(other, make_holdout(campaign), state="waiting", send_after=at(9, day=day), slot_on=day)
    found = course(mailing)
    assert found.through_on == DAY
    sent = {day.day: day.notices for day in found.days if day.notices}
    assert sent == {DAY: 4, FRIDAY: 2, MONDAY: 1}


def test_the_days_are_shared_by_a_rule():
    caps = [(DAY, 3), (WEDNESDAY, 4), (THURSDAY, 5)]
    both, own = shared(5, [(DAY, 1), (THURSDAY, 9)], caps, due_first=1)
    assert both == [(DAY, 2), (WEDNESDAY, 4), (THURSDAY, 5)]
    assert own == [(DAY, 1), (WEDNESDAY, 4)]
    assert shared(0, [], caps, due_first=0) == ([], [])
