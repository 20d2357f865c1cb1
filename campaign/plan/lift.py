"""What a round did beyond what happens by itself, from the lot that gave out the order of its notices.

Those whose turn has come are held against those whose turn has not, over the same days. Only the
planned turn counts, never whether a notice really went out: whoever moved before the turn had no
notice for just that reason. docs/lift.md derives every step.
"""

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate
from math import sqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

WINDOWS = (14, 7, 3, 1)  # days of each customer that are looked at, from the notice's day on; the longest that can be
ENOUGH = 0.25  # of those written to must have somebody to compare with, or a shorter window is taken
FEWEST = 30  # customers on either side, on every day; below, chance alone would speak
Z = 1.959964  # 95 %


class NotTold(models.TextChoices):
    """Why a lift cannot be told; the first that holds is the one that counts."""

    NOBODY = "nobody", _("nobody has been written to yet")
    TOO_EARLY = "too_early", _("it is too early, the day of the first notices has to be over")
    NO_CONTROL = "no_control", _("everybody was written to on the same day, so nobody is left to compare with")
    TOO_FEW = "too_few", _("too few customers to tell anything from")
    NO_LOGS = "no_logs", _("the logs of all these days are missing")


@dataclass(frozen=True)
class Turn:
    """Customers whose notices were planned for one day, and so are alike but for that day.

    `people` is how many had not the outcome when the round was planned, `events` how many had it
    on each day since. `written_on`: when their turn really came; None: it has not, and they
    are compared with up to `until` (None: without end).
    """

    written_on: date | None
    people: int
    events: Mapping[date, int]
    until: date | None = None

    @cached_property
    def _days(self) -> list[date]:
        return sorted(self.events)

    @cached_property
    def _sums(self) -> list[int]:
        return list(accumulate((self.events[day] for day in self._days), initial=0))

    def left_on(self, day: date) -> int:
        """Without the outcome on the evening before."""
        return self.people - self._sums[bisect_left(self._days, day)]

    def waits_on(self, day: date) -> bool:
        if self.written_on is not None:
            return day < self.written_on
        return self.until is None or day <= self.until


@dataclass(frozen=True)
class Estimate:
    """Shares from 0 to 1 of those measured; the interval is that of `share - by_itself`."""

    window_days: int
    days_left_out: int
    written: int  # whose turn came and whose window is over
    measured: int  # of these, with others to compare with on all days of the window
    share: float
    by_itself: float
    low: float
    high: float


@dataclass(frozen=True)
class Waiting:
    """Those whose turn has not come on a day, and how many of them had the outcome on it."""

    people: int
    events: int


def lift(turns: Sequence[Turn], *, until: date, covered: Container[date]) -> Estimate | NotTold:
    """`until` is the last day whose logs are read; days that are not `covered` count on neither side."""
    begun = [turn for turn in turns if turn.written_on is not None]
    if not begun:
        return NotTold.NOBODY
    first = min(turn.written_on for turn in begun)
    if first > until:
        return NotTold.TOO_EARLY
    waiting = {day: _waiting(turns, day) for day in _days(first, (until - first).days + 1)}
    choice = _choose(begun, waiting, until=until)
    if isinstance(choice, NotTold):
        return choice
    window, over, measured = choice
    if not any(day in covered for turn in measured for day in _days(turn.written_on, window)):
        return NotTold.NO_LOGS
    return _estimate(window, over, measured, waiting, covered)


def _days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=later) for later in range(number)]


def _waiting(turns: Sequence[Turn], day: date) -> Waiting:
    those = [turn for turn in turns if turn.waits_on(day)]
    return Waiting(sum(turn.left_on(day) for turn in those), sum(turn.events.get(day, 0) for turn in those))


def _choose(
    begun: Sequence[Turn], waiting: Mapping[date, Waiting], *, until: date
) -> tuple[int, list[Turn], list[Turn]] | NotTold:
    """The window, whose windows are over, and of these who can be measured. What came of it has no say."""
    fallback, why = None, NotTold.NO_CONTROL
    enough, anybody = (_last_day(waiting, at_least=number) for number in (FEWEST, 1))
    for window in WINDOWS:
        last = {turn.written_on: turn.written_on + timedelta(days=window - 1) for turn in begun}
        over = [turn for turn in begun if last[turn.written_on] <= until]
        measured = [turn for turn in over if last[turn.written_on] <= enough]
        number = _number(measured)
        if number >= FEWEST:
            if number >= ENOUGH * _number(begun):
                return window, over, measured
            fallback = fallback or (window, over, measured)
        elif any(last[turn.written_on] <= anybody for turn in over):
            why = NotTold.TOO_FEW
    return fallback or why


def _last_day(waiting: Mapping[date, Waiting], *, at_least: int) -> date:
    """Up to which day so many wait: they become fewer from day to day."""
    return max((day for day, those in waiting.items() if those.people >= at_least), default=date.min)


def _number(written: Sequence[Turn]) -> int:
    """Of people who had not the outcome when their turn came."""
    return sum(turn.left_on(turn.written_on) for turn in written)


def _estimate(
    window: int,
    over: Sequence[Turn],
    measured: Sequence[Turn],
    waiting: Mapping[date, Waiting],
    covered: Container[date],
) -> Estimate:
    people = {turn.written_on: 0 for turn in measured}
    for turn in measured:
        people[turn.written_on] += turn.left_on(turn.written_on)
    number = sum(people.values())
    had = sum(turn.events.get(day, 0) for turn in measured for day in _days(turn.written_on, window) if day in covered)
    days = sorted({day for begin in people for day in _days(begin, window)})
    weights = {begin: size / number for begin, size in people.items()}
    by_itself, low, high = _by_itself(weights, window, {day: waiting[day] for day in days}, covered)
    share = had / number
    share_low, share_high = wilson(share, number)
    return Estimate(
        window_days=window,
        days_left_out=sum(day not in covered for day in days),
        written=_number(over),
        measured=number,
        share=share,
        by_itself=by_itself,
        # Newcombe's interval for the difference of two shares, from the interval of each.
        low=share - by_itself - sqrt((share - share_low) ** 2 + (high - by_itself) ** 2),
        high=share - by_itself + sqrt((share_high - share) ** 2 + (by_itself - low) ** 2),
    )


def _by_itself(
    weights: Mapping[date, float], window: int, waiting: Mapping[date, Waiting], covered: Container[date]
) -> tuple[float, float, float]:
    """The share that would have had the outcome without a notice, and its interval.

    Day by day from those who wait, as in a life table; where a window begins and how much it
    weighs is that of the customers written to.
    """
    raw = {day: those.events / those.people for day, those in waiting.items()}
    share = sum(weight * _ever(raw, _days(begin, window), covered) for begin, weight in weights.items())
    # For the uncertainty a day without events is no proof that there are none: each day leans on all.
    common = max(0.5, sum(those.events for those in waiting.values()))
    common /= 1 + sum(those.people for those in waiting.values())
    rates = {day: (those.events + 1) / (those.people + 1 / common) for day, those in waiting.items()}
    smooth = sum(weight * _ever(rates, _days(begin, window), covered) for begin, weight in weights.items())
    slopes = dict.fromkeys(waiting, 0.0)
    for begin, weight in weights.items():
        for day, slope in _slopes(rates, _days(begin, window), covered).items():
            slopes[day] += weight * slope
    variance = sum(slopes[day] ** 2 * rates[day] * (1 - rates[day]) / those.people for day, those in waiting.items())
    return share, *wilson(share, smooth * (1 - smooth) / variance)


def _ever(rates: Mapping[date, float], days: Sequence[date], covered: Container[date]) -> float:
    """The share that has the outcome on a covered day, when each day so many of those left have it."""
    left, ever = 1.0, 0.0
    for day in days:
        ever += left * rates[day] if day in covered else 0.0
        left *= 1 - rates[day]
    return ever


def _slopes(rates: Mapping[date, float], days: Sequence[date], covered: Container[date]) -> dict[date, float]:
    """By how much `_ever` grows with each day's rate."""
    left, before = 1.0, {}
    for day in days:
        before[day] = left
        left *= 1 - rates[day]
    later, found = 0.0, {}
    for day in reversed(days):
        own = before[day] if day in covered else 0.0
        found[day] = own - later / (1 - rates[day])
        later += own * rates[day]
    return found


def wilson(share: float, number: float) -> tuple[float, float]:
    """The 95 % interval of a share of `number` people by Wilson's score; holds for none and all of them, too."""
    middle = (share + Z * Z / (2 * number)) / (1 + Z * Z / number)
    half = Z / (1 + Z * Z / number) * sqrt(share * (1 - share) / number + Z * Z / (4 * number * number))
    return max(0.0, middle - half), min(1.0, middle + half)
