from datetime import timedelta
from math import sqrt

import numpy as np
import pytest
from campaigns_by_chance import BEGIN, World, on, simulate, truth, turns

from campaign.plan.lift import FEWEST, Estimate, NotTold, Turn, lift, wilson

CAMPAIGNS = 400
WAVES = (0, 14, 28)
ROUND = (0, 1, 2, 3, 6, 7, 8, 9, 10, 13)  # two weeks, with a weekend and a holiday
SMALL_CAP = tuple(day for day in range(32) if day % 7 < 5)
# World, window, and on which days those were written to who can be measured.
WORLDS = {
    "three waves": (World(people=2400, days=WAVES), 14, (0, 14)),
    "one round over two weeks": (World(people=3000, days=ROUND), 7, (0, 1, 2, 3, 6)),
    "a round that does nothing": (World(people=3000, days=ROUND, effect=0), 7, (0, 1, 2, 3, 6)),
    "waves that do nothing": (World(people=1500, days=WAVES, effect=0), 14, (0, 14)),
    "few people": (World(people=240, days=(0, 7, 14), effect=0.03), 14, (0,)),
    "a small cap": (World(people=600, days=SMALL_CAP), 14, tuple(day for day in SMALL_CAP if day < 17)),
    "people very unlike": (World(people=2400, days=WAVES, unlike=3, effect=0.1), 14, (0, 14)),
    "people all alike": (World(people=2400, days=WAVES, unlike=0, effect=0.1), 14, (0, 14)),
    "logs missing": (World(people=2400, days=WAVES, missing=frozenset({3, 4, 17})), 14, (0, 14)),
    "a large provider": (World(people=100_000, days=WAVES, by_itself=0.003, effect=0.002), 14, (0, 14)),
}
RARE = {
    "rare, and the round does nothing": World(people=150, days=(0, 14), by_itself=0.001, effect=0),
    "rare, and the round does little": World(people=150, days=(0, 14), by_itself=0.001, effect=0.01),
}


def estimate(world: World, seed: int) -> Estimate:
    found = lift(turns(world, simulate(world, seed)), until=on(world.length - 1), covered=world.covered())
    assert isinstance(found, Estimate), found
    return found


def held(world: World, really: float) -> int:
    """In how many of the simulated campaigns the interval holds the truth."""
    found = (estimate(world, seed) for seed in range(CAMPAIGNS))
    return sum(each.low <= really <= each.high for each in found)


def as_often_as_said(number: int, *, of: int) -> bool:
    """Within three standard deviations of the binomial distribution."""
    return abs(number - 0.95 * of) <= 3 * sqrt(of * 0.95 * 0.05)


@pytest.mark.parametrize("name", WORLDS)
def test_the_interval_holds_the_truth_as_often_as_it_says(name):
    world, window, days = WORLDS[name]
    assert estimate(world, 0).window_days == window
    assert as_often_as_said(held(world, truth(world, days, window)), of=CAMPAIGNS)


@pytest.mark.parametrize("name", RARE)
def test_where_hardly_anybody_moves_the_interval_holds_the_truth_at_least_as_often_as_it_says(name):
    world = RARE[name]
    number = held(world, truth(world, (0,), 14))
    assert number > 0.95 * CAMPAIGNS or as_often_as_said(number, of=CAMPAIGNS)


def test_the_estimate_is_right_on_the_average_and_its_interval_no_wider_than_it_must_be():
    world, window, days = WORLDS["three waves"]
    found = [estimate(world, seed) for seed in range(CAMPAIGNS)]
    differences = np.array([each.share - each.by_itself for each in found])
    spread = differences.std()
    assert abs(differences.mean() - truth(world, days, window)) < 4 * spread / sqrt(CAMPAIGNS)
    assert np.mean([each.high - each.low for each in found]) < 1.1 * 2 * 1.96 * spread


def test_before_and_after_would_be_wrong():
    """Why there are waves: before the first notice more moved by themselves than ever after.

    The round does nothing, and `after - before` says that it keeps people from moving.
    """
    world = World(people=3000, days=(14,), effect=0)
    zero = 0
    for seed in range(CAMPAIGNS):
        (_day, moved), *_none = simulate(world, seed)
        before = (moved < 14).sum() / len(moved)
        after = ((moved >= 14) & (moved < 28)).sum() / (moved >= 14).sum()
        half = 1.96 * sqrt(before * (1 - before) / len(moved) + after * (1 - after) / (moved >= 14).sum())
        zero += abs(after - before) <= half
    assert zero < 0.05 * CAMPAIGNS


def test_comparing_by_who_really_got_a_notice_would_be_wrong_and_comparing_by_turn_is_not():
    """Immortal time: whoever moves before the turn is withdrawn, and would count as one who moved unwritten."""
    world = World(people=3000, days=WAVES, effect=0)
    by_receipt = by_turn = 0
    for seed in range(CAMPAIGNS):
        groups = simulate(world, seed)
        got = np.concatenate([moved >= day for day, moved in groups])
        turn = np.concatenate([np.full(len(moved), day) for day, moved in groups])
        moved = np.concatenate([moved for _day, moved in groups])
        since = np.where(got, turn, 0)
        shares = [((moved >= since) & (moved < since + 14))[group].mean() for group in (got, ~got)]
        half = 1.96 * sqrt(sum(p * (1 - p) / n for p, n in zip(shares, (got.sum(), (~got).sum()), strict=True)))
        by_receipt += abs(shares[0] - shares[1]) <= half
        found = lift(turns(world, groups), until=on(world.length - 1), covered=world.covered())
        by_turn += found.low <= 0 <= found.high
    assert by_receipt == 0
    assert as_often_as_said(by_turn, of=CAMPAIGNS)


def days_of(number: int) -> set:
    return {on(day) for day in range(number)}


def test_a_small_example_worked_out_by_hand():
    early = Turn(on(2), 110, {on(1): 10, on(2): 12, on(3): 8, on(4): 9})
    late = Turn(on(5), 220, {on(0): 20, on(2): 10, on(3): 19, on(4): 0})
    found = lift([early, late], until=on(4), covered=days_of(5))
    assert (found.window_days, found.measured, found.written) == (3, 100, 100)
    assert found.share == pytest.approx(0.29)
    assert found.by_itself == pytest.approx(1 - 190 / 200 * 171 / 190)
    assert found.low < found.share - found.by_itself < found.high


def test_a_day_without_logs_counts_on_neither_side_but_whoever_moved_on_it_is_gone():
    early = Turn(on(0), 100, {on(0): 10, on(1): 30, on(2): 6})
    late = Turn(on(3), 100, {on(0): 0, on(1): 20, on(2): 8})
    found = lift([early, late], until=on(2), covered=days_of(3) - {on(1)})
    assert found.days_left_out == 1
    assert found.share == pytest.approx(0.16)
    assert found.by_itself == pytest.approx(0.8 * 0.1)


def test_those_whose_turn_never_came_are_compared_with_until_the_round_ended():
    early = Turn(on(0), 100, {})
    never = Turn(None, 100, {}, until=on(6))
    assert lift([early, never], until=on(30), covered=days_of(31)).window_days == 7
    assert lift([early, Turn(None, 100, {})], until=on(30), covered=days_of(31)).window_days == 14


def test_only_windows_that_are_over_count():
    early, late = Turn(on(0), 100, {}), Turn(on(20), 100, {})
    found = [lift([early, late], until=on(day), covered=days_of(31)) for day in (0, 2, 6, 12, 13)]
    assert [each.window_days for each in found] == [1, 3, 7, 7, 14]


def test_a_longer_window_is_not_bought_with_nearly_all_of_the_people():
    groups = [Turn(on(day), 100, {}) for day in range(15)]
    assert lift(groups, until=on(40), covered=days_of(41)).window_days == 7


def test_all_written_to_is_more_than_all_measured():
    found = lift([Turn(on(0), 300, {}), Turn(on(14), 100, {on(3): 10})], until=on(40), covered=days_of(41))
    assert (found.measured, found.written) == (300, 390)


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ([], NotTold.NOBODY),
        ([Turn(None, 500, {})], NotTold.NOBODY),
        ([Turn(on(50), 500, {}), Turn(None, 500, {})], NotTold.TOO_EARLY),
        ([Turn(on(0), 500, {})], NotTold.NO_CONTROL),
        ([Turn(on(0), 500, {}), Turn(None, 500, {}, until=on(-1))], NotTold.NO_CONTROL),
        ([Turn(on(0), 500, {}), Turn(on(14), FEWEST - 1, {})], NotTold.TOO_FEW),
        ([Turn(on(0), FEWEST - 1, {}), Turn(on(14), 500, {})], NotTold.TOO_FEW),
    ],
)
def test_what_cannot_be_told_is_not_told(groups, why):
    assert lift(groups, until=on(40), covered=days_of(41)) == why


def test_without_any_logs_nothing_is_told():
    groups = [Turn(on(0), 500, {}), Turn(on(14), 500, {})]
    assert lift(groups, until=on(40), covered=set()) == NotTold.NO_LOGS
    assert lift(groups, until=BEGIN - timedelta(days=1), covered=set()) == NotTold.TOO_EARLY


@pytest.mark.parametrize("events", [0, 100])
def test_none_and_all_of_them_have_an_interval_too(events):
    groups = [Turn(on(0), 100, {on(0): events}), Turn(on(14), 100, {on(0): events})]
    found = lift(groups, until=on(40), covered=days_of(41))
    assert found.share == found.by_itself == events / 100
    assert -0.1 < found.low < 0 < found.high < 0.1


def test_wilsons_interval_is_the_one_of_the_books():
    low, high = wilson(0.1, 100)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    low, high = wilson(0, 20)
    assert (low, round(high, 4)) == (0, 0.1611)
