"""Simulated rounds whose truth is known exactly: who moves anyway, who because of a notice, and when.

Everybody has an own readiness (gamma, mean 1, so that means have a closed form). Weekdays, a day
in the news, and a wish to move that wears off, push all alike. A notice pushes from its day on,
most at first. Whoever moves on a day had not before.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from campaign.plan.lift import Turn

BEGIN = date(2026, 9, 1)  # a Tuesday
WEEK = np.array([1.0, 1.3, 1.2, 1.1, 0.9, 0.3, 0.2])
NEWS = 9


@dataclass(frozen=True, kw_only=True)
class World:
    """A round to `people`, in a group of its own for each of `days`, counted from the beginning."""

    people: int
    days: tuple[int, ...]
    by_itself: float = 0.01  # the push of a common day at the beginning
    wears_off: float = 30.0  # days until a third of it is left
    effect: float = 0.05  # the push of the notice's day
    fades: float = 4.0
    unlike: float = 1.0  # variance of the readiness
    length: int = 60
    missing: frozenset[int] = frozenset()  # days without logs

    def pushes(self) -> np.ndarray:
        days = np.arange(self.length)
        found = self.by_itself * np.exp(-days / self.wears_off) * WEEK[days % 7]
        found[NEWS] *= 3
        return found

    def of_notice(self, day: int) -> np.ndarray:
        since = np.arange(self.length) - day
        return np.where(since >= 0, self.effect * np.exp(-np.maximum(since, 0) / self.fades), 0.0)

    def covered(self) -> set[date]:
        return {on(day) for day in range(self.length) if day not in self.missing}


def on(day: int) -> date:
    return BEGIN + timedelta(days=int(day))


def simulate(world: World, seed: int) -> list[tuple[int, np.ndarray]]:
    """For each group its day, and on which day each of its people moved; the length of the world: not in it."""
    chance = np.random.default_rng(seed)
    sizes = np.full(len(world.days), world.people // len(world.days))
    sizes[: world.people % len(world.days)] += 1
    found = []
    for day, size in zip(world.days, sizes, strict=True):
        ready = chance.gamma(1 / world.unlike, world.unlike, size) if world.unlike else np.ones(size)
        pushed = np.cumsum(world.pushes() + world.of_notice(day))
        found.append((day, np.searchsorted(pushed, chance.exponential(size=size) / np.maximum(ready, 1e-12))))
    return found


def turns(world: World, groups: list[tuple[int, np.ndarray]]) -> list[Turn]:
    found = []
    for day, moved in groups:
        days, counts = np.unique(moved[moved < world.length], return_counts=True)
        events = {on(each): int(count) for each, count in zip(days, counts, strict=True)}
        found.append(Turn(on(day), len(moved), events))
    return found


def truth(world: World, days: list[int], window: int) -> float:
    """By how much the share of those moved within the window differs, written to on these days or not."""
    difference, there = 0.0, 0.0
    for day in days:
        alone, written = (_left(world, pushes) for pushes in (world.pushes(), world.pushes() + world.of_notice(day)))
        shown = [each for each in range(day, day + window) if each not in world.missing]
        difference += sum((written[each] - written[each + 1]) - (alone[each] - alone[each + 1]) for each in shown)
        there += alone[day]
    return difference / there


def _left(world: World, pushes: np.ndarray) -> np.ndarray:
    """The share that has not moved before each day."""
    pushed = np.concatenate([[0.0], np.cumsum(pushes)])
    return (1 + world.unlike * pushed) ** (-1 / world.unlike) if world.unlike else np.exp(-pushed)
