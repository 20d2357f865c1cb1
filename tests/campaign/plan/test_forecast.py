from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from campaign.plan.forecast import Forecast, NotYet, Point, Round, forecast, passing, with_cap
from campaign.plan.rates import Count, Effect

BEGIN = date(2026, 4, 1)
WEEKDAYS = np.array([1.0, 1.3, 1.2, 1.1, 0.9, 0.3, 0.2])
HORIZONS = (14, 42, 84)
CAMPAIGNS = 24


@dataclass(frozen=True, kw_only=True)
class World:
    """A provider whose people are unlike: each has an own readiness (gamma, mean 1) that rounds wake, too."""

    people: int = 4000
    by_itself: float = 0.003  # the push of a common day
    unlike: float = 1.0
    effect: float = 0.05  # the share of common people that a notice moves
    every: int = 30  # days from one round to the next; 0: there are none
    cap: int = 400  # notices a day
    found_later: int = 600  # people found after the beginning, ever fewer a day
    rough: float = 0.3  # of the pushes, from day to day
    waves: float = 0.0  # of the pushes, a slow wander from week to week
    past: int = 84  # days of history
    known: bool = True  # whether what a notice does was measured


WORLDS = {
    "monthly rounds": World(),
    "no rounds at all": World(every=0, people=2000),
    "a small provider": World(people=250, found_later=30, cap=50),
    "a large one, and a small cap": World(people=20_000, cap=500, found_later=2000),
    "people very unlike": World(unlike=2.5),
    "a rate that wanders": World(waves=0.06),
    "a short history": World(past=35),
    "what a notice does was never measured": World(known=False, past=100),
}


def on(day: int) -> date:
    return BEGIN + timedelta(days=day)


def days_of_round(world: World, begin: int) -> list[int]:
    return [day for day in range(begin, begin + 25) if on(day).weekday() < 5]


def simulate(world: World, seed: int) -> tuple[list[Count], dict[date, int], int]:
    """The counts, the notices by day, and how many notices of a round under way wait at the end of the past."""
    chance = np.random.default_rng(seed)
    length = world.past + max(HORIZONS) + 1
    later = np.sort(chance.exponential(45, world.found_later).astype(int))
    found = np.concatenate([np.zeros(world.people, int), later])
    ready = chance.gamma(1 / world.unlike, world.unlike, len(found))
    news = np.exp(world.rough * chance.standard_normal(length))
    slow = np.exp(np.cumsum(world.waves * chance.standard_normal(length) / sqrt(7)))
    moved = np.full(len(found), length)
    fresh = np.zeros(len(found))
    waiting = np.array([], int)
    sending: set[int] = set()
    counts, written, waits = [], {}, 0
    for day in range(length):
        left = (found <= day) & (moved > day)
        if world.every and day % world.every == 5:
            waiting = chance.permutation(np.flatnonzero(left))
            sending = set(days_of_round(world, day))
        fresh *= np.exp(-1 / 4)
        if day in sending:
            batch, waiting = waiting[: world.cap], waiting[world.cap :]
            batch = batch[left[batch]]
            fresh[batch] = world.effect * (1 - np.exp(-1 / 4))
            written[on(day)] = len(batch)
        if day == world.past:
            waits = int(left[waiting].sum())
        push = world.by_itself * WEEKDAYS[on(day).weekday()] * news[day] * slow[day]
        goes = left & (chance.random(len(found)) < 1 - np.exp(-ready * (push + fresh)))
        moved[goes] = day
        counts.append(Count(on(day), int((left & ~goes).sum()), int((found <= day).sum())))
    return counts, written, waits


def foretold(world: World, seed: int) -> tuple[Forecast, dict[int, int]]:
    """The forecast, and how many were really left, by how many days later."""
    counts, written, waiting = simulate(world, seed)
    now, length = world.past, max(HORIZONS)
    coming = [
        Round(tuple(on(each) for each in days_of_round(world, day)), world.cap)
        for day in range(now + 1, now + length)
        if world.every and day % world.every == 5
    ]
    if waiting:
        begun = max(day for day in range(now + 1) if day % world.every == 5)
        rest = tuple(on(day) for day in days_of_round(world, begun) if day > now)
        coming.insert(0, Round(rest, world.cap, people=waiting))
    effect = Effect(0.8 * world.effect, 0.25 * world.effect) if world.known else None
    past = {day: number for day, number in written.items() if day <= on(now)}
    history = counts[: now + 1]
    found = forecast(history, until=on(now + length), written=past, effect=effect, coming=coming, seed=seed)
    assert isinstance(found, Forecast)
    return found, {days: counts[now + days].left for days in HORIZONS}


@pytest.fixture(scope="module")
def held() -> dict[str, dict[int, list[bool]]]:
    """By world and days to come, in which of the campaigns the band held the truth."""
    found: dict[str, dict[int, list[bool]]] = {name: {days: [] for days in HORIZONS} for name in WORLDS}
    for name, world in WORLDS.items():
        for seed in range(CAMPAIGNS):
            told, truth = foretold(world, seed)
            for days, left in truth.items():
                point = told.points[days // 7]
                found[name][days].append(point.low <= left <= point.high)
    return found


def test_the_band_holds_the_truth_eight_times_of_ten(held):
    """Over all worlds, by how far ahead: within three standard deviations, four on the safe side."""
    number = CAMPAIGNS * len(WORLDS)
    spread = sqrt(0.8 * 0.2 / number)
    for days in HORIZONS:
        share = sum(sum(found[days]) for found in held.values()) / number
        assert 0.8 - 3 * spread <= share <= 0.8 + 4 * spread, (days, share)


@pytest.mark.parametrize("days", HORIZONS)
@pytest.mark.parametrize("name", WORLDS)
def test_in_no_world_it_holds_the_truth_less_often_than_chance_allows(held, name, days):
    assert sum(held[name][days]) >= CAMPAIGNS * 0.8 - 3 * sqrt(CAMPAIGNS * 0.8 * 0.2)


def steady(days: int = 85, left: int = 4000, a_week: float = 70.0) -> list[Count]:
    return [Count(on(day), round(left - a_week * day / 7), left) for day in range(days)]


def told(history: list[Count], *, days: int = 42, **given) -> Forecast:
    found = forecast(history, until=history[-1].day + timedelta(days=days), **given)
    assert isinstance(found, Forecast)
    return found


def test_the_band_is_not_bought_with_its_width():
    found = told(steady())
    assert found.end.high - found.end.low < 0.06 * found.end.middle
    assert found.end.low < 4000 - 70 * 18 < found.end.high


def test_the_same_history_gives_the_same_answer():
    assert told(steady()) == told(steady())


def test_it_begins_without_width_at_what_is_left_and_grows_wider():
    points = told(steady()).points
    assert points[0].low == points[0].middle == points[0].high == steady()[-1].left
    widths = [point.high - point.low for point in points]
    assert all(before < after for before, after in pairwise(widths))
    assert [point.day for point in points[:2]] == [on(84), on(91)]


def test_a_last_week_that_is_short_ends_on_the_day():
    assert told(steady(), days=17).end.day == on(84 + 17)


def test_before_there_are_four_weeks_it_says_for_how_long_it_cannot_tell():
    assert forecast(steady(10), until=on(60)) == NotYet(19)
    assert forecast([], until=on(60)) == NotYet(29)
    assert isinstance(forecast(steady(29), until=on(60)), Forecast)
    empty = [Count(on(day), 0, 0) for day in range(-40, 0)]
    assert forecast([*empty, *steady(10)], until=on(60)) == NotYet(19)


def test_where_nobody_is_left_and_nobody_moves_nothing_breaks():
    gone = [Count(on(day), 0, 100) for day in range(60)]
    assert told(gone).end.middle == 0
    still = [Count(on(day), 100, 100) for day in range(60)]
    assert 90 < told(still).end.low <= told(still).end.high <= 102


def round_from(day: int, cap: int = 500) -> Round:
    return Round(tuple(on(each) for each in range(day, day + 14)), cap)


def test_a_round_to_come_and_a_larger_cap_leave_fewer():
    effect = Effect(0.05, 0.01)
    none = told(steady(), effect=effect).end.middle
    small = told(steady(), effect=effect, coming=[round_from(90, cap=50)]).end.middle
    large = told(steady(), effect=effect, coming=[round_from(90)]).end.middle
    assert none - small == pytest.approx(50 * 14 * 0.05, rel=0.5)
    assert none - large == pytest.approx(2900 * 0.05, rel=0.4)
    assert with_cap([round_from(90)], 50) == [round_from(90, cap=50)]


def test_what_rounds_did_is_not_taken_for_what_happens_by_itself():
    """Where all who went had been written to, nobody is foretold to go once nobody is."""
    written = {on(day): 200 for day in range(60, 80)}
    left, history = 4000.0, []
    for day in range(85):
        left -= sum(
            number * 0.06 * 0.25 * 0.78 ** (on(day) - at).days for at, number in written.items() if at <= on(day)
        )
        history.append(Count(on(day), round(left), 4000))
    with_rounds = told(history, written=written, effect=Effect(0.06, 0.01))
    without = told(history)
    assert history[-1].left - with_rounds.end.middle < 0.5 * (history[-1].left - without.end.middle)
    assert with_rounds.effect == pytest.approx(6, abs=1.5)


def test_when_few_enough_are_left_is_read_off_the_band():
    points = [Point(on(0), 100, 100, 100), Point(on(7), 70, 80, 90), Point(on(14), 30, 50, 85)]
    found = passing(points, 75)
    assert (found.first, found.middle, found.last) == (on(6), on(9), None)
    assert passing(points, 101).first == passing(points, 101).last == on(0)
    assert passing(points, 10).first is None
    assert passing([], 10).first is None
