"""From a block of whole lines to events: the heads first, then each program's dialect."""

from collections.abc import Callable, Collection
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from campaign.logs import dovecot, postfix
from campaign.logs.events import Events, ProgramCount, Rows
from campaign.logs.lines import LOCAL, NO_STAMP, WITHOUT_YEAR, Heads, heads
from campaign.logs.redaction import without_addresses
from campaign.logs.stamps import DAY, NEVER, YearState, first_year, local_days, to_utc

LONGEST = 65_536  # bytes of a line; syslog cuts far below that
WITHOUT_STAMP = "(no time stamp)"
OTHERS_AFTER = 100  # different programs counted by name in one block
UNKNOWN = -1  # the place of a program that no dialect knows
Parser = Callable[[Rows, Events], np.ndarray]


class Reader:
    """Turns one file, block by block and in order, into events.

    `local_domains` are lower case; recipients elsewhere are remote. `latest` (microseconds) is
    the last moment that a line may carry. `year` fixes the year of the first stamp that has
    none; without it the year follows from `written_on`, the day the file was last written.
    """

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        local_domains: Collection[str],
        latest: int,
        written_on: date,
        year: int | None = None,
        state: YearState | None = None,
    ) -> None:
        self.zone = zone
        self.local_domains = frozenset(local_domains)
        self.latest = latest
        self.written_on = written_on
        self.year = year
        self.state = state

    def heads(self, block: np.ndarray) -> tuple[Heads, np.ndarray]:
        """Heads and times of all lines; must be called in the order of the file, for the years."""
        found = heads(block)
        return found, self._times(found)

    def _times(self, found: Heads) -> np.ndarray:
        local = found.value.copy()
        bare = found.stamp == WITHOUT_YEAR
        if bare.any():
            if self.state is None:
                month, day = divmod(int(found.day[bare][0]), 32)
                self.state = YearState(self.year or first_year(month, day, self.written_on))
            days, self.state = local_days(found.day[bare], self.state)
            local[bare] += np.where(days == NEVER, 0, days * DAY)
            found.stamp[np.flatnonzero(bare)[days == NEVER]] = NO_STAMP
        in_zone = bare | (found.stamp == LOCAL)
        if in_zone.any():
            local[in_zone] = to_utc(local[in_zone], self.zone)
        return local

    def events(self, block: np.ndarray, found: Heads, times: np.ndarray, first_line: int) -> tuple[Events, list[str]]:
        """The events of one block, and what was wrong with it as `LINE: what`. Any order, any thread."""
        events, wrong = Events(), []
        size = found.end - found.start
        usable = (found.stamp != NO_STAMP) & (size <= LONGEST) & (times <= self.latest)
        for line in np.flatnonzero(size > LONGEST):
            wrong.append(f"{first_line + line}: line of {size[line]} bytes left out; wanted at most {LONGEST}")
        for line in np.flatnonzero((found.stamp != NO_STAMP) & (times > self.latest)):
            stamp = bytes(block[found.start[line] : found.text[line]])[:40].decode("utf-8", "replace")
            wrong.append(f"{first_line + line}: time stamp in the future ({stamp!r}); line left out")
        stamped = times[found.stamp != NO_STAMP]
        started = int(stamped[0]) if stamped.size else 0
        rows = Rows(
            block, times, np.arange(first_line, first_line + times.size), found.host, found.hosts, found.tag,
            found.tags, found.pid, found.text, found.end, started,
        )  # fmt: skip
        parsers, dialect = self._dialects(found.tags)
        of_line = np.where(usable, dialect[found.tag], UNKNOWN) if found.tags else np.full(times.size, UNKNOWN)
        not_understood = of_line == UNKNOWN
        for place, parser in enumerate(parsers):
            chosen = np.flatnonzero(of_line == place)
            if chosen.size:
                not_understood[chosen] = parser(rows if chosen.size == times.size else rows[chosen], events)
        self._count(block, found, not_understood, events)
        return events, wrong

    def _dialects(self, tags: list[str]) -> tuple[tuple[Parser, ...], np.ndarray]:
        """The parsers, and for each tag the place of its own among them."""

        def of_postfix(rows: Rows, events: Events) -> np.ndarray:
            return postfix.parse(rows, events, local_domains=self.local_domains)

        places = [0 if postfix.daemon(tag) is not None else 1 if tag in dovecot.TAGS else UNKNOWN for tag in tags]
        return (of_postfix, dovecot.parse), np.array(places, np.int8)

    def _count(self, block: np.ndarray, found: Heads, not_understood: np.ndarray, events: Events) -> None:
        stamped = found.stamp != NO_STAMP
        lines = np.bincount(found.tag[stamped], minlength=len(found.tags))
        odd = np.bincount(found.tag[stamped & not_understood], minlength=len(found.tags))
        for place, name in enumerate(found.tags):
            count = ProgramCount(int(lines[place]), int(odd[place]))
            if count.not_understood:
                first = np.flatnonzero(stamped & not_understood & (found.tag == place))[0]
                count.example = _example(block, found, first)
            label = name[:64] if place < OTHERS_AFTER else "(others)"
            events.programs.setdefault(label, ProgramCount()).add(count)
        bare = np.flatnonzero(~stamped & (found.end > found.start))
        if bare.size:
            events.programs[WITHOUT_STAMP] = ProgramCount(bare.size, bare.size, _example(block, found, bare[0]))


def _example(block: np.ndarray, found: Heads, line: int) -> str:
    start, end = found.start[line], found.end[line]
    return without_addresses(bytes(block[start : min(end, start + 200)]).decode("utf-8", "replace"))
