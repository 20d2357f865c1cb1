"""How many lines each source wrote, hour by hour: a source is a host and a program of it.

mx1  postfix      of lines tagged postfix/smtpd, postfix/submission/smtpd, postfix/qmgr
pop1 dovecot
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from campaign.logs.redaction import name_of_program, readable
from campaign.logs.scan import njit

HOUR = 3_600_000_000  # microseconds
LONGEST_NAME = 64
AT_MOST = 200  # sources told apart in one file; syslog of strangers may name any number
OTHERS = "(others)"
DENSE = 1 << 20  # cells of a table of sources and hours; stamps all over the years take the slow way


class Source(NamedTuple):
    host: str
    program: str


@dataclass
class SourceCount:
    """Lines of one source; `hours` by the number of the hour since 1970 (UTC), `first` and `last` in microseconds."""

    lines: int = 0
    not_understood: int = 0
    first: int | None = None
    last: int | None = None
    hours: dict[int, int] = field(default_factory=dict)

    def add(self, other: "SourceCount") -> None:
        self.lines += other.lines
        self.not_understood += other.not_understood
        self.first = min((at for at in (self.first, other.first) if at is not None), default=None)
        self.last = max((at for at in (self.last, other.last) if at is not None), default=None)
        for hour, lines in other.hours.items():
            self.hours[hour] = self.hours.get(hour, 0) + lines

    def copy(self) -> "SourceCount":
        return SourceCount(self.lines, self.not_understood, self.first, self.last, dict(self.hours))


def program_of_tag(tag: str) -> str:
    """Postfix tags its lines `INSTANCE/daemon`; everybody else by the program's name alone."""
    return name_of_program(tag.partition("/")[0])[:LONGEST_NAME]


def add_all(into: dict[Source, SourceCount], found: dict[Source, SourceCount]) -> None:
    for source, count in found.items():
        known = source in into or len(into) < AT_MOST
        into.setdefault(source if known else Source(OTHERS, OTHERS), SourceCount()).add(count)


def count_sources(
    hosts: Sequence[str],
    tags: Sequence[str],
    host: np.ndarray,
    tag: np.ndarray,
    times: np.ndarray,
    counted: np.ndarray,
    not_understood: np.ndarray,
) -> dict[Source, SourceCount]:
    """Of the lines `counted` (a line an entry; `host` and `tag` are places in the names beside)."""
    if not counted.any():
        return {}
    programs = {name: place for place, name in enumerate(dict.fromkeys(map(program_of_tag, tags)))}
    program = np.array([programs[program_of_tag(name)] for name in tags], np.int32)
    size = len(hosts) * len(programs)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    odd, source = np.zeros(size, np.int64), np.empty(times.size, np.int64)
    _measure(host, program, len(programs), tag, times, counted, not_understood, source, first, last, odd)
    names, found = list(programs), {}
    for place, by_hour in _by_hour(source, times, counted, size, int(first.min()), int(last.max())):
        name = Source(readable(hosts[place // len(names)])[:LONGEST_NAME], names[place % len(names)])
        one = SourceCount(sum(by_hour.values()), int(odd[place]), int(first[place]), int(last[place]), by_hour)
        add_all(found, {name: one})
    return found


def _by_hour(source, times, counted, size: int, first: int, last: int) -> Iterator[tuple[int, dict[int, int]]]:
    """Lines by hour, for each source that has any."""
    base = first // HOUR
    span = last // HOUR - base + 1
    if size * span <= DENSE:
        table = np.zeros(size * span, np.int64)
        _tally(source, times, counted, base * HOUR, span, table)
        cells = np.flatnonzero(table)
        lines = table[cells]
    else:
        cells, lines = np.unique(source[counted] * span + times[counted] // HOUR - base, return_counts=True)
    places, hours = cells // span, (cells % span + base).tolist()
    bounds = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), places.size]
    for begin, end in pairwise(bounds):
        yield int(places[begin]), dict(zip(hours[begin:end], lines[begin:end].tolist(), strict=True))


@njit(cache=True, nogil=True)
def _measure(host, program, programs, tag, times, counted, not_understood, source, first, last, odd):
    for line in range(times.size):
        place = host[line] * programs + program[tag[line]]
        source[line] = place
        if counted[line]:
            first[place] = min(first[place], times[line])
            last[place] = max(last[place], times[line])
            odd[place] += not_understood[line]


@njit(cache=True, nogil=True)
def _tally(source, times, counted, base, span, table):
    hour, begin = 0, base  # most lines are of the hour of the line before
    for line in range(times.size):
        if counted[line]:
            if not begin <= times[line] < begin + HOUR:
                hour = (times[line] - base) // HOUR
                begin = base + hour * HOUR
            table[source[line] * span + hour] += 1
