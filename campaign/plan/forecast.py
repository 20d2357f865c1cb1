"""How many holdouts will be left up to the cut-off, with a band that holds the truth eight times out of ten.

Week by week, so many of those left go by themselves (a rate that wears off), some more because they
were written to, and new ones are found. What is uncertain about each is drawn by chance from what the
history allows, and so is what chance does then: with a fixed seed, so the same history gives the same
answer. docs/forecast.md derives every step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from campaign.plan.rates import FOUND_WEARS_OFF, LAGS, WEEK, Count, Effect, Rates, acting_by_day, drawn, last_weeks

WEEKS_BACK = 26  # of history that are looked at
LEAST_WEEKS = 4  # below, a rate and its change cannot be told apart
DAMPED = 0.94  # a week: a change of the rate does not go on for ever
DRIFT = 0.02  # a week: how far the rate wanders by itself
UNLIKE = 0.2  # by how much one round's effect differs from another's
SEED = 20261
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Round:
    """A round to come or under way: on these days, at most `cap` a day, to `people`; None: to all who are left then."""

    days: tuple[date, ...]
    cap: int
    people: int | None = None


@dataclass(frozen=True)
class Point:
    """The band on the evening of `day`, and its middle."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """From the last counted day (a point without width) to `until`; `by_itself` and `effect` are as estimated."""

    points: tuple[Point, ...]
    by_itself: float  # of a hundred left, how many go in a week from now, nobody written to
    effect: float  # of a hundred written to, how many go because of it

    @property
    def end(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True)
class NotYet:
    """It cannot be told before so many more days are counted."""

    days: int


@dataclass(frozen=True)
class Passing:
    """When so few are left for the first time; None: not within the forecast."""

    first: date | None
    middle: date | None
    last: date | None


def forecast(
    history: Sequence[Count],
    *,
    until: date,
    written: Mapping[date, int] | None = None,
    effect: Effect | None = None,
    coming: Sequence[Round] = (),
    seed: int = SEED,
) -> Forecast | NotYet:
    """`history` has every day, oldest first; `written` how many notices went out on each, `effect` what they do."""
    begun = next((place for place, count in enumerate(history) if count.identified), len(history))
    history = history[begun:]
    weeks = (len(history) - 1) // WEEK
    if weeks < LEAST_WEEKS:
        return NotYet(LEAST_WEEKS * WEEK + 1 - len(history))
    chance = np.random.default_rng(seed)
    found = last_weeks(history, written or {}, min(weeks, WEEKS_BACK))
    going = drawn(found.gone, found.exposed, found.written, effect, chance)
    ones = np.ones(len(found.found))
    coming_in = drawn(found.found, ones, 0 * ones, None, chance, FOUND_WEARS_OFF)
    now = history[-1]
    pushes = _pushes(now, coming, written or {}, until, going, coming_in)
    paths = _simulated(now.left, going, coming_in, pushes, (until - now.day).days, chance)
    points = [Point(now.day, now.left, now.left, now.left)]
    for place, left in enumerate(paths, start=1):
        low, middle, high = np.quantile(left, BAND)
        day = min(now.day + timedelta(days=WEEK * place), until)
        points.append(Point(day, float(low), float(middle), float(high)))
    return Forecast(tuple(points), 100 * float(np.median(going.rate_now)), 100 * float(np.median(going.effect)))


def passing(points: Sequence[Point], below: float) -> Passing:
    """When fewer than `below` are left: the band's lower line gives the first day, its upper one the last.

    Paths hardly ever rise, so the chance to be below on a day is that of having come below by then.
    """
    return Passing(*(_first_below(points, name, below) for name in ("low", "middle", "high")))


def _first_below(points: Sequence[Point], name: str, below: float) -> date | None:
    if points and getattr(points[0], name) < below:
        return points[0].day
    for before, after in pairwise(points):
        start, end = getattr(before, name), getattr(after, name)
        if end < below <= start:
            days = (after.day - before.day).days
            return before.day + timedelta(days=max(1, round(days * (start - below) / (start - end) + 0.5)))
    return None


def with_cap(coming: Sequence[Round], cap: int) -> list[Round]:
    """The same rounds with another daily cap; one that is too long for its days reaches fewer."""
    return [replace(each, cap=cap) for each in coming]


def _pushes(
    now: Count,
    coming: Sequence[Round],
    written: Mapping[date, int],
    until: date,
    going: Rates,
    coming_in: Rates,
) -> list[np.ndarray]:
    """For each round, the last ones and those to come, by week: of those left, the share it acts on.

    How many a round reaches depends on how many are left by then; for that the mean course is enough.
    """
    days = (until - now.day).days
    first = now.day + timedelta(days=1)
    rate, change = float(np.median(going.rate_now)), float(np.median(going.change))
    effect, found = float(np.median(going.effect)), float(np.median(coming_in.rate_now))
    past = {(day - first).days: float(number) for day, number in written.items() if day <= now.day}
    rounds: list[dict[int, float]] = [past] + [{} for _ in coming]
    turns = {}
    for place, each in enumerate(coming, start=1):
        for day in each.days:
            turns.setdefault((day - first).days, []).append(place)
    left, waiting = float(now.left), {}
    course, acting = np.zeros(days), np.zeros(days + len(LAGS))
    acting[:days] += acting_by_day(past, days)
    for day in range(days):
        for place in turns.get(day, ()):
            people = coming[place - 1].people
            waiting.setdefault(place, left if people is None else float(people))
            number = min(waiting[place], coming[place - 1].cap, left)
            waiting[place] -= number
            if number > 0:
                rounds[place][day] = number
                acting[day : day + len(LAGS)] += number * LAGS
        course[day] = max(left, 1.0)
        by_itself = left * rate * np.exp(change * _damped((day + 0.5) / WEEK)) / WEEK
        left = max(0.0, left + found / WEEK - by_itself - effect * acting[day])
    return [_by_week(acting_by_day(each, days) / course) for each in rounds]


def _by_week(values: np.ndarray) -> np.ndarray:
    return np.add.reduceat(values, np.arange(0, len(values), WEEK)) if len(values) else values


def _damped(weeks: float) -> float:
    """So many weeks of change are left of `weeks` to come."""
    return (1 - DAMPED**weeks) / -np.log(DAMPED)


def _simulated(
    left: int,
    going: Rates,
    coming_in: Rates,
    pushes: Sequence[np.ndarray],
    days: int,
    chance: np.random.Generator,
) -> list[np.ndarray]:
    """Who is left after each week to come, the last one maybe short, in each draw."""
    draws = len(going.level)
    there, wandered, wandered_in = np.full(draws, float(left)), np.zeros(draws), np.zeros(draws)
    own = [going.effect * np.exp(UNLIKE * chance.standard_normal(draws) - UNLIKE**2 / 2) for _ in pushes]
    paths = []
    for week in range(-(-days // WEEK)):
        part = min(1.0, days / WEEK - week)
        wandered += DRIFT * chance.standard_normal(draws)
        wandered_in += DRIFT * chance.standard_normal(draws)
        later = _damped(week + part / 2)
        rate = np.exp(np.clip(going.level + going.change * later + wandered, -30, 3)) * part
        pushed = sum(push[week] * effect for push, effect in zip(pushes, own, strict=True))
        share = 1 - np.exp(-rate) * (1 - np.clip(pushed, 0, 0.9))
        rate_in = np.exp(np.clip(coming_in.level + coming_in.change * later + wandered_in, -30, 12)) * part
        new = _counted(rate_in, coming_in.dispersion, chance)
        there = np.maximum(there + new - np.minimum(_counted(there * share, going.dispersion, chance), there), 0)
        paths.append(there)
    return paths


def _counted(mean: np.ndarray, dispersion: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Counts with this mean, whose variance is `dispersion` times as large."""
    excess = np.maximum(dispersion - 1, 1e-6)
    return chance.poisson(chance.gamma(np.maximum(mean, 1e-9) / excess, excess))
