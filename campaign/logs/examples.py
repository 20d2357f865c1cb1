"""An example of the lines that were not understood: where to look in the log, and the line's shape."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from campaign.logs.lines import Heads
from campaign.logs.redaction import name_of_program
from campaign.logs.shape import READ, shape
from campaign.logs.stamp_forms import NO_STAMP
from campaign.logs.stamps import moment

LONGEST = 300
LONGEST_NAME = 40  # of a host or a program within an example
NO_GOOD = re.compile(  # what begins a line and is nearly a time stamp: people must see what is wrong with it
    r"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)(?= )"
)


@dataclass(frozen=True)
class Examples:
    """Of one block. `earliest` and `latest` (microseconds) are the moments between which a line's time is believed."""

    block: np.ndarray
    found: Heads
    times: np.ndarray
    zone: ZoneInfo
    earliest: int
    latest: int

    def first(self, lines: np.ndarray) -> tuple[str, int]:
        """The first of `lines` that is not too old to be kept, and its time, 0 where nothing tells; or ("", 0)."""
        at = self._when(lines)
        kept = np.flatnonzero((at == 0) | (at >= self.earliest))
        if not kept.size:
            return "", 0
        line, when = int(lines[kept[0]]), int(at[kept[0]])
        return self._told(line, when), when

    def _when(self, lines: np.ndarray) -> np.ndarray:
        """Their times; of lines without stamp that of the one before with a stamp, or of the first one."""
        stamped = np.flatnonzero(self.found.stamp != NO_STAMP)
        if not stamped.size:
            return np.zeros(lines.size, np.int64)
        at = self.times[stamped[np.maximum(np.searchsorted(stamped, lines, side="right") - 1, 0)]]
        return np.where(at <= self.latest, at, 0)

    def _told(self, line: int, at: int) -> str:
        """`2026-11-24 09:00:00 mx1 amavis: (#-#) Passed CLEAN, …`; where no program is named, all of it is shape."""
        stamped = self.found.stamp[line] != NO_STAMP
        head = [f"{moment(at).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"] if stamped and at else []
        start = self.found.start[line]
        if stamped and (tag := self.found.tags[self.found.tag[line]]):
            names = (self.found.hosts[self.found.host[line]], tag)
            head += [name_of_program(name)[:LONGEST_NAME] for name in names if name]
            head[-1] += ":"
            start = self.found.text[line]
        text = _text(self.block, start, self.found.end[line])
        if nearly := None if head else NO_GOOD.match(text):
            head, text = [nearly.group()], text[nearly.end() :]
        return " ".join((*head, shape(text)))[:LONGEST]


def _text(block: np.ndarray, start: int, end: int) -> str:
    return bytes(block[start : min(end, start + READ)]).decode("utf-8", "replace")
