import random
from datetime import date, timedelta

import pytest
from builders import TODAY, make_customer, noon
from hypothesis import given
from hypothesis import strategies as st

from campaign.models import Contact, Desk
from campaign.plan.capacity import (
    BELIEF,
    HALF_LIFE,
    LAG,
    LEAST,
    MOST,
    WINDOW,
    Day,
    answers,
    by_open_day,
    cap,
    capacities,
    measure,
)

MONDAY = date(2026, 11, 2)


def days(*pairs: tuple[int, int]) -> list[Day]:
    """Open days with notices and contacts."""
    return [Day(MONDAY + timedelta(days=place), *pair) for place, pair in enumerate(pairs)]


def test_the_contacts_of_a_notice_are_shared_out_over_the_days_after_it():
    assert sum(LAG) == pytest.approx(1)
    assert answers([100, 0, 200]) == pytest.approx([35, 30, 85, 72, 38, 24, 16])


def test_before_anything_is_measured_the_assumption_holds():
    found = measure([], assumed=5)
    assert found.per_hundred == 5 and found.at_least < 5 < found.at_most
    assert measure(days(*[(0, 0)] * WINDOW), assumed=5) == found


def test_what_is_measured_moves_the_estimate_away_from_the_assumption():
    found = measure(days(*[(500, 50)] * WINDOW), assumed=5)
    assert found.per_hundred == pytest.approx(10, abs=0.8)
    assert found.contacts == 50 * WINDOW


def test_more_measured_days_make_the_ends_come_closer():
    widths = [
        found.at_most - found.at_least
        for found in (measure(days(*[(500, 25)] * number), assumed=5) for number in (1, 5, WINDOW))
    ]
    assert widths == sorted(widths, reverse=True)


def test_what_is_older_counts_less():
    busy, calm = [(500, 60)] * 10, [(500, 10)] * 10
    rising = measure(days(*calm, *[(0, 0)] * HALF_LIFE, *busy), assumed=5)
    falling = measure(days(*busy, *[(0, 0)] * HALF_LIFE, *calm), assumed=5)
    assert falling.per_hundred < 6 < 8 < rising.per_hundred


def test_a_notice_of_today_counts_only_for_the_contacts_that_were_due_by_now():
    late = measure(days((0, 0), (1000, 18)), assumed=5)
    assert late.notices == 350
    assert late.per_hundred == pytest.approx(100 * (15 + 18) / (BELIEF + 350))


def test_who_calls_late_is_counted_and_who_calls_without_a_notice_is_not():
    quiet = [(0, 0)] * 9
    late = measure(days((500, 20), *quiet[:8], (0, 4)), assumed=5)
    long_after = measure(days((500, 20), *quiet, (0, 4)), assumed=5)
    assert (late.contacts, long_after.contacts) == (24, 20)


def test_contacts_without_any_notice_say_nothing_about_notices():
    assert measure(days((0, 40), (0, 12)), assumed=5).contacts == 0


def test_a_desk_that_records_nothing_leaves_the_assumption_in_force():
    """Otherwise silence would look like notices that bring no calls, and the cap would grow without end."""
    found = measure(days(*[(500, 0)] * WINDOW), assumed=5)
    assert found.per_hundred == 5
    assert len(found.unrecorded) == WINDOW


def test_small_rounds_of_a_desk_that_records_nothing_do_not_make_the_cap_grow_either():
    found = measure(days(*[(40, 0)] * 60), assumed=5)
    assert found.per_hundred == 5 and len(found.unrecorded) == 60


def test_a_single_day_without_records_does_not_count_and_is_named():
    kept = days(*[(500, 25)] * WINDOW)
    gap = [*kept[:10], Day(kept[10].day, 500, 0), *kept[11:]]
    found = measure(gap, assumed=5)
    assert found.unrecorded == (kept[10].day,)
    assert found.per_hundred == pytest.approx(measure(kept, assumed=5).per_hundred, abs=0.1)


def test_a_day_on_which_few_contacts_were_to_be_expected_may_really_have_had_none():
    found = measure(days((20, 0), (20, 0), (20, 0)), assumed=5)
    assert found.unrecorded == () and found.per_hundred < 5


@given(st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 50_000)), max_size=WINDOW), st.integers(1, 100))
def test_no_record_makes_the_estimate_leave_its_bounds(pairs, assumed):
    found = measure(days(*pairs), assumed=assumed)
    assert LEAST <= found.at_least <= found.per_hundred <= found.at_most <= MOST


def test_the_ends_hold_the_truth_nine_times_of_ten():
    """On simulated desks whose rates are drawn as the assumption says, which is what the ends state."""
    chance, held, rounds = random.Random(4), 0, 600
    for _ in range(rounds):
        truth = chance.gammavariate(5 / 100 * BELIEF, 1 / BELIEF)
        due = answers([200] * 8)[:8]
        pairs = [(200, _poisson(truth * notices, chance)) for notices in due]
        found = measure(days(*pairs), assumed=5)
        held += found.at_least <= 100 * truth <= found.at_most
    assert 0.86 <= held / rounds <= 0.94


def _poisson(mean: float, chance: random.Random) -> int:
    found, left = 0, chance.expovariate(1)
    while left < mean:
        found, left = found + 1, left + chance.expovariate(1)
    return found


def test_the_cap_is_what_fills_the_seats():
    assert cap(6.0, [24] * len(LAG)) == 400
    assert cap(6.0, [None] * len(LAG)) is None
    assert cap(6.0, [0] * len(LAG)) == 0


def test_fewer_seats_in_the_next_days_make_the_cap_smaller_today():
    assert cap(5.0, [50, 50, 20, 50, 50]) == 400
    assert cap(5.0, [None, None, 20, 20, 20]) == 400


@given(
    st.lists(st.integers(0, 500), min_size=12, max_size=40),
    st.floats(LEAST, MOST),
)
def test_days_that_keep_their_caps_never_expect_more_than_the_desk_takes(room, per_hundred):
    sent = [cap(per_hundred, room[place : place + len(LAG)]) for place in range(len(room))]
    for expected, capacity in zip(answers(sent), room, strict=False):
        assert expected * per_hundred / 100 <= capacity + 1e-6


def test_seats_hold_from_their_day_on():
    changes = {MONDAY: 40, MONDAY + timedelta(days=2): 10}
    asked = [MONDAY + timedelta(days=number) for number in (-1, 0, 1, 2, 9)]
    assert capacities(changes, asked) == [None, 40, 40, 10, 10]


def test_what_came_in_over_the_weekend_counts_for_monday():
    friday, saturday, sunday, monday = (MONDAY + timedelta(days=number) for number in (4, 5, 6, 7))
    counts = {friday: 3, saturday: 1, sunday: 2, monday: 5}
    assert by_open_day(counts, [friday, monday]) == [3, 8]
    assert by_open_day(counts, []) == []


@pytest.mark.django_db
def test_contacts_are_counted_by_the_providers_days():
    customer = make_customer()
    for at in (noon(TODAY), noon(TODAY) + timedelta(hours=11, minutes=59), noon(TODAY) + timedelta(hours=12)):
        Contact.objects.create(customer=customer, at=at, channel="phone", minutes=4, topic="genuine", outcome="solved")
    assert Contact.objects.by_day(TODAY, TODAY) == {TODAY: 2}
    assert Contact.objects.by_day(TODAY, TODAY + timedelta(days=1)) == {TODAY: 2, TODAY + timedelta(days=1): 1}


@pytest.mark.django_db
def test_the_desk_takes_its_seats_times_what_each_takes():
    Desk.objects.create(from_day=TODAY, seats=3, contacts_per_seat=12, changed_at=noon(TODAY))
    assert Desk.objects.all().capacities() == {TODAY: 36}
