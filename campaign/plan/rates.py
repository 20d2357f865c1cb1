"""At which rates people go, are found and follow a notice: what the history of a campaign allows.

docs/forecast.md derives every step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

WEEK = 7
HALF_LIFE = 16.0  # weeks after which a week counts half
LAGS = np.exp(-np.arange(21) / 4.0) / np.exp(-np.arange(21) / 4.0).sum()  # of a notice's effect, by days since it
GUESSED, GUESS_SPREAD = 0.03, 0.03  # what a notice does, before it was measured: of a hundred written to, three
WEARS_OFF = (-0.02, 0.04)  # change of the rate in a week, before there is history: mean and standard deviation
FOUND_WEARS_OFF = (-0.06, 0.1)  # of the rate at which new ones are found: who writes seldom is found late
CHAINS, STEPS, BURN, EVERY = 64, 300, 180, 5  # 1,536 draws


@dataclass(frozen=True)
class Count:
    """The evening of a day: holdouts left, and all that were ever identified."""

    day: date
    left: int
    identified: int


@dataclass(frozen=True)
class Effect:
    """The share moved by a notice beyond what happens by itself, as measured: mean and standard deviation."""

    share: float
    spread: float


@dataclass(frozen=True)
class Weeks:
    """By week, oldest first: who went (net of who came back), who was found, who could have gone, notices at work."""

    gone: np.ndarray
    found: np.ndarray
    exposed: np.ndarray
    written: np.ndarray


def last_weeks(history: Sequence[Count], written: Mapping[date, int], weeks: int) -> Weeks:
    """So many, up to the last day of `history`; `written` are the notices of each day."""
    ends = history[-1 - weeks * WEEK :: WEEK]
    left = np.array([count.left for count in ends], float)
    identified = np.array([count.identified for count in ends], float)
    found = np.diff(identified)
    gone = left[:-1] + found - left[1:]
    first = ends[0].day + timedelta(days=1)
    days = weeks * WEEK
    acting = acting_by_day({(day - first).days: number for day, number in written.items()}, days)
    exposed = np.maximum(left[:-1] + (found - gone) / 2, 0.5)
    return Weeks(gone, np.maximum(found, 0), exposed, acting.reshape(weeks, WEEK).sum(axis=1))


def acting_by_day(written: Mapping[int, float], days: int) -> np.ndarray:
    """By day, of how many notices the whole effect falls on it; written by day, counted from the first."""
    acting = np.zeros(days)
    for day, number in written.items():
        for lag, share in enumerate(LAGS):
            if 0 <= day + lag < days:
                acting[day + lag] += number * share
    return acting


@dataclass(frozen=True)
class Rates:
    """What the history allows, by draw: log rate now, its change in a week, a notice's effect, overdispersion."""

    level: np.ndarray
    change: np.ndarray
    effect: np.ndarray
    dispersion: np.ndarray

    @property
    def rate_now(self) -> np.ndarray:
        return np.exp(self.level)


def drawn(
    events: np.ndarray,
    exposed: np.ndarray,
    written: np.ndarray,
    effect: Effect | None,
    chance: np.random.Generator,
    wears_off: tuple[float, float] = WEARS_OFF,
) -> Rates:
    """Draws from the posterior of `events ~ exposed * exp(level + change * week) + effect * written`.

    By differential evolution (ter Braak 2006): the chains learn from each other how far to step.
    """
    ago = np.arange(1 - len(events), 1) - 0.5
    weight = 0.5 ** (-ago / HALF_LIFE)
    middle, spread = (effect.share, max(effect.spread, 0.002)) if effect else (GUESSED, GUESS_SPREAD)
    start = np.log(max(events.sum(), 0.5) / exposed.sum())

    def likely(at: np.ndarray) -> np.ndarray:
        level, change, push, rough = at.T
        mean = exposed * np.exp(np.clip(level[:, None] + change[:, None] * ago, -30, 15)) + push[:, None] * written
        variance = np.maximum(mean, 0.5) * (1 + np.exp(rough))[:, None]
        data = -0.5 * (weight * (np.log(variance) + (events - mean) ** 2 / variance)).sum(axis=1)
        prior = ((level - start) / 2) ** 2 + ((change - wears_off[0]) / wears_off[1]) ** 2
        prior += ((push - middle) / spread) ** 2 + ((rough + 1.2) / 1.2) ** 2
        return np.where(push < 0, -np.inf, data - prior / 2)

    at = np.column_stack(
        [
            start + 0.3 * chance.standard_normal(CHAINS),
            wears_off[0] + wears_off[1] * chance.standard_normal(CHAINS),
            np.abs(middle + spread * chance.standard_normal(CHAINS)),
            -1.2 + 1.2 * chance.standard_normal(CHAINS),
        ]
    )
    now, kept = likely(at), []
    for step in range(STEPS):
        one, other = (chance.permutation(CHAINS) for _ in range(2))
        far = 1.0 if step % 10 == 0 else 2.38 / np.sqrt(2 * at.shape[1])
        tried = at + far * (at[one] - at[other]) + 1e-4 * chance.standard_normal(at.shape)
        then = likely(tried)
        better = np.log(chance.random(CHAINS)) < then - now
        at, now = np.where(better[:, None], tried, at), np.where(better, then, now)
        if step >= BURN and step % EVERY == 0:
            kept.append(at)
    level, change, push, rough = np.concatenate(kept).T
    return Rates(level, change, push, 1 + np.exp(np.clip(rough, -20, 6)))
