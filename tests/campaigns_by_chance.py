"""Simulated rounds whose truth is known: who would have moved anyway, who moved because of a notice, and when.

Everybody has an own readiness; weekdays, a news day and a hazard that wears off move all alike. A
notice sets an own clock: what it does is strongest on its first days. The truth is counted on the
very same people twice, written to and not: a share of those measured, without any estimating.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from campaign.plan.lift import Turn

BEGIN = date(2026, 9, 1)
WEEK = np.array([1.0, 1.3, 1.2, 1.1, 0.9, 0.3, 0.2])  # Tuesday is the first day
NEVER = 10_000


@dataclass(frozen=True)
class World:
    """A round to `people`, of whom each day in `days` brings one group its turn."""

    people: int
    days: tuple[int, ...]  # from the beginning; of each group as it is planned
    by_itself: float = 0.01  # a day, on the first days
    wears_off: float = 30.0  # days until it is a third of that
    effect: float = 0.05  # a day more, on the notice's day
    fades: float = 4.0  # days until it is a third of that
    unlike: float = 1.0  # how differently ready people are: 0 is all alike
    length: int = 60
    missing: tuple[int, ...] = field(default=())  # days without logs

    def hazards(self) -> np.ndarray:
        """Of one who is as ready as the average, by day, without a notice."""
        days = np.arange(self.length)
        hazard = self.by_itself * np.exp(-days / self.wears_off) * WEEK[days % 7]
        hazard[min(9, self.length - 1)] *= 3  # it was in the news
        return hazard


def first_day(hazard: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Of each row the first day on which it happens, NEVER if on none."""
    happens = chance.random(hazard.shape) < hazard
    return np.where(happens.any(axis=1), happens.argmax(axis=1), NEVER)


def simulate(world: World, seed: int) -> list[Turn]:
    chance = np.random.default_rng(seed)
    group = chance.permutation(np.arange(world.people) % len(world.days))
    turn = np.array(world.days)[group]
    readiness = _readiness(world, world.people, chance)
    moved = first_day(np.clip(readiness[:, None] * (world.hazards() + _added(world, turn)), 0, 1), chance)
    return turns_of(world, group, moved)


def turns_of(world: World, group: np.ndarray, moved: np.ndarray) -> list[Turn]:
    found = []
    for number, day in enumerate(world.days):
        days, counts = np.unique(moved[(group == number) & (moved < world.length)], return_counts=True)
        events = {on(day): int(count) for day, count in zip(days, counts, strict=True)}
        found.append(Turn(on(day), int((group == number).sum()), events))
    return found


def _readiness(world: World, people: int, chance: np.random.Generator) -> np.ndarray:
    return chance.gamma(1 / world.unlike, world.unlike, people) if world.unlike else np.ones(people)


def _added(world: World, turn: np.ndarray) -> np.ndarray:
    since = np.arange(world.length)[None, :] - turn[:, None]
    return np.where(since >= 0, world.effect * np.exp(-np.maximum(since, 0) / world.fades), 0.0)


def truth(world: World, days: tuple[int, ...], window: int, *, people: int = 200_000) -> float:
    """The difference that the round makes in the window, exactly but for the readiness that is drawn."""
    readiness = np.sort(_readiness(world, people, np.random.default_rng(1))).reshape(-1, 100).mean(axis=1)
    counted = np.array([day not in world.missing for day in range(world.length)])
    found, weight = 0.0, 0.0
    for day in days:
        natural = np.clip(readiness[:, None] * world.hazards(), 0, 1)
        written = np.clip(readiness[:, None] * (world.hazards() + _added(world, np.array([day]))), 0, 1)
        there = np.prod(1 - natural[:, :day], axis=1)  # has not moved before the turn
        shares = [(there[:, None] * _happens(hazard[:, day : day + window])) for hazard in (written, natural)]
        shown = counted[day : day + window]
        found += shares[0][:, shown].sum() - shares[1][:, shown].sum()
        weight += there.sum()
    return found / weight


def _happens(hazard: np.ndarray) -> np.ndarray:
    left = np.cumprod(np.hstack([np.ones((len(hazard), 1)), 1 - hazard[:, :-1]]), axis=1)
    return left * hazard


def on(day: int) -> date:
    return BEGIN + timedelta(days=int(day))


def covered(world: World) -> set[date]:
    return {on(day) for day in range(world.length) if day not in world.missing}
