"""Delays: what may be asked for, what becomes of it, and how staff end it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, make_user, noon
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from campaign.models import Exemption
from campaign.plan import extensions
from campaign.plan.extensions import Case, No, NotPossible, offer
from notices import selection
from notices.models import Mailing

CUTOFF = date(2027, 3, 31)
LAST = date(2027, 4, 29)  # thirty days after the last day of the old way
BOUNDS = {"days": 30, "times": 1}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def case(**given) -> Case:
    return Case(**{"today": TODAY, "cutoff_on": CUTOFF, "left": True, "asked": 0} | given)


def test_the_days_begin_with_the_cut_off_and_end_with_the_bound():
    may = offer(case(), **BOUNDS)
    assert (may.first, may.last, may.no) == (CUTOFF, LAST, None)


@pytest.mark.parametrize(
    ("given", "bounds", "no"),
    [
        ({}, {"days": 0, "times": 1}, No.NOT_OFFERED),
        ({}, {"days": 30, "times": 0}, No.NOT_OFFERED),
        ({"today": CUTOFF}, BOUNDS, No.TOO_LATE),
        ({"today": CUTOFF - timedelta(days=1)}, BOUNDS, None),
        ({"left": False}, BOUNDS, No.NOT_LEFT),
        ({"asked": 1}, BOUNDS, No.USED_UP),
        ({"asked": 1}, {"days": 30, "times": 2}, None),
        ({"exempt_until": LAST}, BOUNDS, No.EXEMPT),
        ({"exempt_until": LAST - timedelta(days=1)}, BOUNDS, None),
        ({"exempt_until": CUTOFF - timedelta(days=9)}, BOUNDS, None),
    ],
)
def test_there_is_an_offer_or_a_reason_why_not(given, bounds, no):
    assert offer(case(**given), **bounds).no == no


@given(
    exempt=st.none() | st.dates(TODAY, date(2028, 1, 1)),
    asked=st.integers(0, 9),
    days=st.integers(0, 365),
    times=st.integers(0, 20),
)
def test_no_offer_goes_beyond_the_bounds_or_gives_less_than_there_is(exempt, asked, days, times):
    may = offer(case(exempt_until=exempt, asked=asked), days=days, times=times)
    if may.no is None:
        assert CUTOFF <= may.first <= may.last < CUTOFF + timedelta(days=days)
        assert asked < times and (exempt is None or may.first > exempt)


@pytest.fixture
def holdout(db):
    return make_holdout(make_campaign(cutoff_on=CUTOFF))


def asked(holdout, until: date = LAST, why: str = "help", **given) -> Exemption:
    values = {"holdout_id": holdout.pk, "until": until, "why": why, "now": noon(TODAY), "today": TODAY}
    return extensions.ask(**values | BOUNDS | given)


def test_a_delay_is_an_exemption_that_begins_when_the_last_notices_would_go_out(holdout):
    made = asked(holdout)
    assert (made.campaign, made.customer, made.until) == (holdout.campaign, holdout.customer, LAST)
    assert made.from_day == CUTOFF - timedelta(days=21)
    assert (made.asked_at, made.asked_why, made.made_by) == (noon(TODAY), "help", None)
    assert made.why == "I am waiting for somebody who helps me"


def test_asked_for_late_it_is_in_force_at_once(holdout):
    today = CUTOFF - timedelta(days=3)
    assert asked(holdout, today=today).from_day == today


@pytest.mark.parametrize("until", [CUTOFF - timedelta(days=1), LAST + timedelta(days=1), date.max, date.min])
def test_a_day_that_was_not_offered_is_refused(holdout, until):
    with pytest.raises(NotPossible, match="one of the days that are offered"):
        asked(holdout, until=until)
    assert not Exemption.objects.exists()


def test_a_reason_has_to_be_chosen(holdout):
    with pytest.raises(NotPossible, match="why you need more time"):
        asked(holdout, why="because")


def test_it_is_counted_also_when_staff_have_ended_it(holdout):
    made, user = asked(holdout), make_user("suzuki")
    assert extensions.end(exemption_id=made.pk, user_id=user.pk, now=noon(TODAY), today=TODAY)
    made.refresh_from_db()
    assert (made.until, made.ended_by) == (TODAY - timedelta(days=1), user)
    assert not extensions.end(exemption_id=made.pk, user_id=user.pk, now=noon(TODAY), today=TODAY)
    with pytest.raises(NotPossible, match="call us"):
        asked(holdout)
    assert asked(holdout, times=2).until == LAST


def test_who_has_moved_needs_none(holdout):
    holdout.standing = "migrated"
    holdout.save()
    with pytest.raises(NotPossible):
        asked(holdout)


def test_the_exemption_of_another_campaign_counts_for_nothing(holdout):
    other = make_campaign(name="local_port25", cutoff_on=CUTOFF)
    Exemption.objects.create(
        campaign=other, customer=holdout.customer, reason="a lift", from_day=TODAY, until=LAST, asked_at=noon(TODAY)
    )
    assert asked(holdout).campaign == holdout.campaign


def test_reminders_go_on_until_it_begins_and_the_last_notices_stay_away(holdout):
    asked(holdout)
    found = type(holdout).objects.all()

    def exempt(day: date) -> bool:
        return found.filter(selection.exempt_on(day, campaign="campaign", customer="customer")).exists()

    assert not exempt(TODAY) and not exempt(CUTOFF - timedelta(days=22))
    for kind, days in ((Mailing.Kind.TWO_WEEKS, 14), (Mailing.Kind.THREE_DAYS, 3), (Mailing.Kind.LAST_DAY, 1)):
        assert exempt(CUTOFF - timedelta(days=days)), kind
    assert exempt(LAST) and not exempt(LAST + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_who_presses_twice_at_once_gets_one(holdout):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes one writer after the other")

    def press(_number: int) -> bool:
        try:
            asked(holdout)
        except NotPossible:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(press, range(4))) == 1
    assert Exemption.objects.count() == 1
