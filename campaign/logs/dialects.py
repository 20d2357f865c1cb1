"""From a block of whole lines to events: the heads first, then each program's dialect."""

from collections.abc import Collection
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
        not_understood = ~usable
        for parser, tags in self._dialects(found.tags):
            chosen = np.flatnonzero(usable & np.isin(found.tag, tags))
            not_understood[chosen] = parser(rows[chosen], events)
        known = np.concatenate([tags for _, tags in self._dialects(found.tags)])
        not_understood |= ~np.isin(found.tag, known)
        self._count(block, found, not_understood, events)
        return events, wrong

    def _dialects(self, tags: list[str]):
        """Each dialect's parser and the places of its programs in the list of tags."""

        def postfix_rows(rows: Rows, events: Events) -> np.ndarray:
            return postfix.parse(rows, events, local_domains=self.local_domains)

        places = np.arange(len(tags))
        yield postfix_rows, places[[postfix.daemon(tag) is not None for tag in tags]]
        yield dovecot.parse, places[[tag in dovecot.TAGS for tag in tags]]

    def _count(self, block: np.ndarray, found: Heads, not_understood: np.ndarray, events: Events) -> None:
        filled = found.end > found.start
        groups = [(WITHOUT_STAMP, filled & (found.stamp == NO_STAMP))]
        stamped = filled & (found.stamp != NO_STAMP)
        for place, name in enumerate(found.tags):
            label = name[:64] if place < OTHERS_AFTER else "(others)"
            groups.append((label, stamped & (found.tag == place)))
        for name, lines in groups:
            odd = np.flatnonzero(lines & not_understood)
            count = ProgramCount(int(lines.sum()), odd.size)
            if odd.size:
                start, end = found.start[odd[0]], found.end[odd[0]]
                text = bytes(block[start : min(end, start + 200)]).decode("utf-8", "replace")
                count.example = without_addresses(text)
            if count.lines:
                events.programs.setdefault(name, ProgramCount()).add(count)
