"""Lines on their way to the standings while they are written: the files that grow are followed."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from campaign.customers import rollup
from campaign.models import LogFile
from campaign.submissions import intake
from campaign.submissions.growing import Growing, rotated_names
from campaign.submissions.intake import ReadReport

PAUSE = timedelta(seconds=2)  # at least, between two attributions; and as long as the last one took
MARGIN = timedelta(hours=1)  # clocks of file servers differ


@dataclass
class Pass:
    """What one look at the files led to."""

    report: ReadReport = field(default_factory=ReadReport)
    days: set[date] = field(default_factory=set)


class Follower:
    """Keeps no state that matters: what was read and what is to be done stands in the database.

    Killed and started again, or beside another that reads the same files, it loses and doubles nothing.
    """

    def __init__(
        self,
        paths: Iterable[str | Path],
        *,
        patterns: Iterable[str] = (),
        now: datetime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        paths = [Path(path).absolute() for path in paths]
        self.growing = Growing(
            paths, patterns=patterns, read_until={str(path): _read_until(path, now) for path in paths}
        )
        self._clock = clock
        self._rested_at = 0.0

    def due(self, *, now: datetime, today: date) -> bool:
        """Whether a pass would find something to do now."""
        return bool(self.growing.changed(now=now)) or (self._rested() and any(_open_days(now, today)))

    def step(self, *, now: datetime, today: date, progress: Callable[[date], None] | None = None) -> Pass:
        """Reads what is new; where the last attribution is long enough ago, all goes on to the standings."""
        changed = self.growing.changed(now=now)
        done = Pass(intake.read(changed, now=now) if changed else ReadReport())
        self.growing.done(changed)
        stale, unsettled = _open_days(now, today) if self._rested() else (set(), set())
        if stale or unsettled:
            begun = self._clock()
            intake.attribute(stale, now=now, progress=progress)
            rollup.bring_up_to_date(days=stale, today=today)
            ended = self._clock()
            self._rested_at = ended + max(PAUSE.total_seconds(), ended - begun)
        done.days = stale
        return done

    def _rested(self) -> bool:
        return self._clock() >= self._rested_at


def _open_days(now: datetime, today: date) -> tuple[set[date], set[date]]:
    """Days with events that are not attributed, and those with submissions that no standing rests on."""
    return intake.stale_days(now=now), rollup.unsettled_days(today=today)


def _read_until(path: Path, now: datetime) -> datetime:
    """What was rotated away before was either read, or never to be read."""
    its_names, name = rotated_names(str(path)), str(path)
    rows = LogFile.objects.filter(name__startswith=str(path.with_suffix(""))).values_list("name", "read_at")
    last = max((at for known, at in rows if known == name or its_names.fullmatch(known)), default=now)
    return last - MARGIN
