"""When a source is silent for longer than it usually is: a function of its lines by the hour.

Nights and weekends are quiet, small servers are quiet most of the time: what counts is how many
lines should have come in the meantime, by what came in the same hours of other days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from campaign.logs.sources import HOUR
from campaign.logs.stamps import EPOCH, moment

DAYS = 35  # of which the usual is told, and in which gaps are looked for
WEEKDAY, WEEKEND = False, True
DAYS_NEEDED = {WEEKDAY: 3, WEEKEND: 2}  # whole ones, to know what is usual
ENOUGH = 50  # lines that should have come: some ten messages; fewer may fail to come by chance
UNKNOWN_RHYTHM = timedelta(days=1)  # the silence that is too long where nothing is known yet
ENDED = timedelta(days=14)  # a source that is silent for longer was switched off
ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Gap:
    """From the beginning of the first hour without lines to the end of the last; `missed` should have come."""

    begin: datetime
    end: datetime
    missed: int

    @property
    def hours(self) -> int:
        return (self.end - self.begin) // ONE_HOUR


class Rhythm:
    """What a source usually writes in each hour, on weekdays and on weekends: on a quarter of the days
    less, on the others more. A day without a line is not usual, unless every second one of its kind is.

    `hours` are its lines by the number of the hour since 1970 (UTC); days are those of `zone`.
    """

    def __init__(self, hours: Mapping[int, int], zone: ZoneInfo) -> None:
        self.hours = hours
        self.zone = zone
        by_day: dict[date, list[int]] = {}
        for hour, lines in hours.items():
            local = moment(hour * HOUR).astimezone(zone)
            by_day.setdefault(local.date(), [0] * 24)[local.hour] += lines
        self._usual = {kind: _usual(by_day, kind) for kind in (WEEKDAY, WEEKEND)}

    def expected(self, begin: datetime, end: datetime) -> float:
        """Lines that should have come between two times; none where nothing is known yet."""
        lines, hour = 0.0, (begin - EPOCH) // ONE_HOUR
        while (start := EPOCH + hour * ONE_HOUR) < end:
            local = start.astimezone(self.zone)
            part = (min(end, start + ONE_HOUR) - max(begin, start)) / ONE_HOUR
            usual = self._usual[_kind(local.date())]
            lines += part * usual[local.hour] if usual else 0
            hour += 1
        return lines

    def gaps(self) -> tuple[Gap, ...]:
        """Between the first and the last line, oldest first."""
        found = []
        for before, behind in pairwise(sorted(self.hours)):
            if behind - before > 1:
                begin, end = EPOCH + (before + 1) * ONE_HOUR, EPOCH + behind * ONE_HOUR
                missed = self.expected(begin, end)
                if missed >= ENOUGH:
                    found.append(Gap(begin, end, round(missed)))
        return tuple(found)

    def late(self, last: datetime, now: datetime, *, after: timedelta) -> bool:
        """Whether the silence since the last line is too long; never before `after`."""
        if now - last <= after:
            return False
        if self._usual[_kind(now.astimezone(self.zone).date())] is None:
            return now - last > UNKNOWN_RHYTHM
        return self.expected(last, min(now, last + ENDED)) >= ENOUGH


def _kind(day: date) -> bool:
    return day.weekday() > 4


def _usual(by_day: Mapping[date, list[int]], kind: bool) -> list[int] | None:
    """Lines in each hour of such a day; None before there were enough of them, the first and the last left out."""
    if not by_day:
        return None
    first, last = min(by_day), max(by_day)
    days = [first + timedelta(days=number) for number in range(1, (last - first).days)]
    days = [day for day in days if _kind(day) is kind]
    spoken = [by_day[day] for day in days if day in by_day]
    if len(spoken) * 2 <= len(days):
        spoken += [[0] * 24] * (len(days) - len(spoken))
    if len(spoken) < DAYS_NEEDED[kind]:
        return None
    return [sorted(day[hour] for day in spoken)[len(spoken) // 4] for hour in range(24)]


def added(parts: Iterable[Mapping[str, int]], *, since: datetime) -> dict[int, int]:
    """Lines by the hour from those of several files; names of hours are text, as JSON has them."""
    first = (since - EPOCH) // ONE_HOUR
    found: dict[int, int] = {}
    for part in parts:
        for name, lines in part.items():
            if (hour := int(name)) >= first:
                found[hour] = found.get(hour, 0) + lines
    return found
