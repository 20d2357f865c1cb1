"""From a block of whole lines to events: the heads first, then each program's dialect."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from campaign.logs import (
    courier,
    cucipop,
    cyrus,
    dovecot,
    dovecot_rare,
    exim,
    gnu_pop3d,
    nginx,
    perdition,
    popa3d,
    postfix,
    qmail,
    qmail_popup,
    qpopper,
    sendmail,
    solid_pop3d,
    syslogd,
    teapop,
    uw,
    vpopmail,
)
from campaign.logs.events import Events, ProgramCount, Rows
from campaign.logs.examples import Examples
from campaign.logs.lines import Heads, heads
from campaign.logs.own_pattern import OwnPattern
from campaign.logs.redaction import name_of_program
from campaign.logs.sources import count_sources
from campaign.logs.stamp_forms import LOCAL, NO_STAMP, WITHOUT_YEAR
from campaign.logs.stamps import DAY, NEVER, SECOND, YearState, first_year, local_days, to_utc

LONGEST = 65_536  # bytes of a line; syslog cuts far below that
WITHOUT_STAMP = "(no time stamp)"
OTHERS_AFTER = 100  # different programs counted by name in one block


class Dialect(Protocol):
    """One program's way of writing: a module of this room. `WANTED`, where it has one, shows its lines to people."""

    def claims(self, tag: str) -> bool:
        """Whether lines under this tag may be the program's; several may claim one tag."""

    def parse(self, rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
        """Adds what the lines say to `events`; returns which of them begin as they should and go on
        as they should not. Lines of no interest, or of another program with that tag, are neither."""


DIALECTS: tuple[Dialect, ...] = (
    postfix, dovecot, courier, syslogd, sendmail, exim, qmail, dovecot_rare, cyrus, uw, popa3d, solid_pop3d, qpopper,
    vpopmail, teapop, perdition, nginx, gnu_pop3d, cucipop, qmail_popup,
)  # fmt: skip


class Reader:
    """Turns one file, block by block and in order, into events.

    `local_domains` are lower case; recipients elsewhere are remote. `latest` (microseconds) is
    the last moment that a line may carry. `year` fixes the year of the first stamp that has
    none; without it the year follows from `written_on`, the day the file was last written. `own` is
    the operator's pattern of logins. `examples_from` is the first moment whose lines may be examples.
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
        own: OwnPattern | None = None,
        examples_from: int = 0,
    ) -> None:
        self.zone = zone
        self.local_domains = frozenset(local_domains)
        self.latest = latest
        self.written_on = written_on
        self.year = year
        self.state = state
        self.own = own
        self.examples_from = examples_from

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
            stamp = np.datetime64(int(times[line]) // SECOND, "s")  # of the head only that: it may be no head at all
            wrong.append(f"{first_line + line}: time stamp in the future ({stamp}Z); line left out")
        stamped = times[found.stamp != NO_STAMP]
        started = int(stamped[0]) if stamped.size else 0
        rows = Rows(
            block, times, np.arange(first_line, first_line + times.size), found.host, found.hosts, found.tag,
            found.tags, found.pid, found.text, found.end, started,
        )  # fmt: skip
        claims = _claims(tuple(found.tags))
        not_understood = ~usable | ~claims.any(axis=0)[found.tag] if found.tags else np.ones(times.size, bool)
        for dialect, claimed in zip(DIALECTS, claims, strict=True):
            chosen = np.flatnonzero(usable & claimed[found.tag]) if claimed.any() else ()
            if len(chosen):
                mine = rows if len(chosen) == times.size else rows[chosen]
                not_understood[chosen] |= dialect.parse(mine, events, local_domains=self.local_domains)
        if self.own:
            known = zip(found.tags, claims.any(axis=0), strict=True)
            wanted = np.array([self.own.claims(tag, known=by_dialect) for tag, by_dialect in known], bool)
            chosen = np.flatnonzero(usable & wanted[found.tag]) if wanted.any() else ()
            if len(chosen):
                not_understood[chosen] &= ~self.own.understood(rows[chosen], events)
        self._count(block, found, times, usable, not_understood, first_line, events)
        events.sources = count_sources(found.hosts, found.tags, found.host, found.tag, times, usable, not_understood)
        return events, wrong

    def _count(
        self,
        block: np.ndarray,
        found: Heads,
        times: np.ndarray,
        usable: np.ndarray,
        odd: np.ndarray,
        first_line: int,
        events: Events,
    ) -> None:
        """By program; those that are not `usable` are told one by one, but for those without a stamp."""
        examples = Examples(block, found, times, self.zone, self.examples_from, self.latest)
        lines = np.bincount(found.tag[usable], minlength=len(found.tags))
        odd_lines = np.bincount(found.tag[usable & odd], minlength=len(found.tags))
        for place, name in enumerate(found.tags):
            count = ProgramCount(int(lines[place]), int(odd_lines[place]))
            if count.not_understood:
                these = np.flatnonzero(usable & odd & (found.tag == place))
                count.example, count.at = examples.first(these)
                count.line = first_line + int(these[0])
            if count.lines:
                label = name_of_program(name)[:64] if place < OTHERS_AFTER else "(others)"
                events.programs.setdefault(label, ProgramCount()).add(count)
        bare = np.flatnonzero((found.stamp == NO_STAMP) & (found.end > found.start))
        if bare.size:
            line = first_line + int(bare[0])
            events.programs[WITHOUT_STAMP] = ProgramCount(bare.size, bare.size, *examples.first(bare), line)


def wanted(tag: str) -> str | None:
    """What the lines of a program that is known here look like; None for the others."""
    found = [dialect for dialect in DIALECTS if dialect.claims(tag)]
    if not found:
        return None
    return next((dialect.WANTED for dialect in found if hasattr(dialect, "WANTED")), "its lines in docs/formats.md")


@lru_cache(maxsize=64)
def _claims(tags: tuple[str, ...]) -> np.ndarray:
    """For each dialect and each tag, whether the one claims the other."""
    return np.array([[dialect.claims(tag) for tag in tags] for dialect in DIALECTS], bool).reshape(len(DIALECTS), -1)
