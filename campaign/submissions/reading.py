"""Reads one log file into segments, block by block, on as many threads as there are cores."""

import os
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from campaign.logs.dialects import WITHOUT_STAMP, Reader, wanted
from campaign.logs.events import ProgramCount
from campaign.logs.files import Fingerprint, LogFile, Unreadable
from campaign.logs.journal import is_journal, plain
from campaign.logs.own_pattern import OwnPattern
from campaign.logs.sources import Source, SourceCount, add_all
from campaign.logs.stamps import YearState, micros
from campaign.submissions.days import day_of
from campaign.submissions.segments import Segments

SEALED = 4 << 20  # bytes; a last piece shorter than this is read again with what is added to it
PROBLEMS_AT_MOST = 20
PROGRAMS_AT_MOST = 10
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Reading:
    """How lines are to be understood. `latest` is the last moment (microseconds) a line may carry,
    `keep_from` the first day whose events may be kept, `own` the operator's pattern of logins."""

    zone: ZoneInfo
    local_domains: Collection[str]
    latest: int
    today: date
    year: int | None = None
    keep_from: date = date.min
    own: OwnPattern | None = None


@dataclass
class Place:
    """Where the reading of a file stands: all before `offset` is in the segments for good."""

    offset: int = 0
    line: int = 1
    year: YearState | None = None
    programs: dict[str, ProgramCount] = field(default_factory=dict)
    sources: dict[Source, SourceCount] = field(default_factory=dict)


@dataclass
class FileReport:
    """What came of reading one file. `touched` are the streams and days that it has events of."""

    path: str
    fingerprint: Fingerprint | None = None
    place: Place = field(default_factory=Place)
    read_to: int = 0
    lines: int = 0  # of the whole file, as far as it was read
    programs: dict[str, ProgramCount] = field(default_factory=dict)
    sources: dict[Source, SourceCount] = field(default_factory=dict)
    touched: set[tuple[str, date]] = field(default_factory=set)
    first_at: int | None = None
    last_at: int | None = None
    problems: list[str] = field(default_factory=list)
    more_problems: int = 0
    notes: list[str] = field(default_factory=list)
    no_line_of_use: bool = False  # the problems say why

    @property
    def unread(self) -> bool:
        """Whether the file could not even be opened."""
        return self.fingerprint is None and bool(self.problems)

    def problem(self, text: str) -> None:
        if len(self.problems) < PROBLEMS_AT_MOST:
            self.problems.append(text)
        else:
            self.more_problems += 1

    def lines_for_people(self) -> list[str]:
        """Problems, notes, and by program what was not understood, with an example each, where no problem says it."""
        said = [*self.problems, *self.notes]
        if self.more_problems:
            said.append(f"{self.path}: and {self.more_problems} problems more of this kind")
        if not self.no_line_of_use:
            odd = [(name, count) for name, count in sorted(self.programs.items()) if count.not_understood]
            said += [f"{self.path}: {_not_understood(name, count)}" for name, count in odd[:PROGRAMS_AT_MOST]]
            if len(odd) > PROGRAMS_AT_MOST:
                said.append(f"{self.path}: lines of {len(odd) - PROGRAMS_AT_MOST} programs more not understood")
        return said


def _not_understood(name: str, count: ProgramCount) -> str:
    where = f" in line {count.line}" if count.line else ""
    example = f": {count.example!r}" if count.example else ""
    said = f"{count.not_understood} of {count.lines} lines of {name} not understood"
    return f"{said}, the first{where}{example}" if where or example else said


def read_file(
    log: LogFile,
    reading: Reading,
    segments: Segments,
    *,
    place: Place,
    last_line_too: bool,
    name: str = "",
    seen: int = 0,
    progress: Progress | None = None,
) -> FileReport:
    """Reads `log` from `place` to its end; what is wrong with it is in the report, not raised.

    `name` is that of the segments, by default the file's own digest. Of the first `seen` lines an
    earlier reading took the events: only lines behind them touch a day.
    """
    report = FileReport(log.path, place=place)
    try:
        report.fingerprint = log.fingerprint()
        report.read_to, report.lines = place.offset, place.line - 1
        report.programs, report.sources = _copy(place.programs), _copy(place.sources)
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            name = name or report.fingerprint.digest
            _read_blocks(log, reading, segments, report, workers, name, seen, last_line_too, progress)
    except Unreadable as error:
        report.problem(f"{log.path}:{report.lines + 1}: {error}; what came before it was read")
    _judge(report)
    if old := sorted({day for _, day in report.touched if day < reading.keep_from}):
        report.notes.append(f"{log.path}: {len(old)} days before {reading.keep_from} are past the retention, not kept")
        report.touched = {(stream, day) for stream, day in report.touched if day >= reading.keep_from}
    return report


def _read_blocks(log, reading, segments, report, workers, name, seen, last_line_too, progress) -> None:
    start = report.place
    reader = Reader(
        zone=reading.zone,
        local_domains=reading.local_domains,
        latest=reading.latest,
        written_on=log.written_on or reading.today,
        year=reading.year,
        state=start.year,
        own=reading.own,
        examples_from=max(0, micros(datetime.combine(reading.keep_from, time.min, reading.zone))),
    )
    journal = is_journal(log.head())
    waiting: deque[tuple[Place, Place, Future]] = deque()
    line = start.line
    try:
        for block in log.blocks(offset=start.offset, last_line_too=last_line_too or not log.grows):
            before, size = Place(block.offset, line, reader.state), block.data.size
            if journal:
                block = block._replace(data=plain(block.data))
            heads, times = reader.heads(block.data)  # here, in order: years turn from line to line
            given = block.data, before, heads, times, name, seen, reading.keep_from
            future = workers.submit(_read_block, reader, segments, *given)
            line += heads.start.size
            waiting.append((before, Place(block.offset + size, line, reader.state), future))
            if len(waiting) > (os.cpu_count() or 1):
                _finish(*waiting.popleft(), report)
            if progress:
                progress(size)
    finally:
        while waiting:
            _finish(*waiting.popleft(), report)


def _read_block(
    reader: Reader,
    segments: Segments,
    data: np.ndarray,
    place: Place,
    heads,
    times: np.ndarray,
    name: str,
    seen: int,
    keep_from: date,
):
    events, wrong = reader.events(data, heads, times, place.line)
    found = segments.write(events, name=name, offset=place.offset, keep_from=keep_from)
    stamped = heads.stamp > 0
    # The last piece of a growing file is read anew each time: its old lines change no day again.
    fresh = times[stamped & (np.arange(times.size) >= seen + 1 - place.line)]
    touched = set()
    if fresh.size:
        first, last = (day_of(int(at), segments.zone) for at in (fresh.min(), fresh.max()))
        touched = {(stream, day) for stream, day in found if first <= day <= last}
    span = (int(times[stamped].min()), int(times[stamped].max())) if stamped.any() else None
    return events.programs, events.sources, wrong, touched, span


def _finish(before: Place, behind: Place, future: Future, report: FileReport) -> None:
    programs, sources, wrong, touched, span = future.result()
    before.programs, before.sources = _copy(report.programs), _copy(report.sources)
    for name, count in programs.items():
        report.programs.setdefault(name, ProgramCount()).add(count)
    add_all(report.sources, sources)
    report.lines = behind.line - 1
    report.read_to = behind.offset
    report.touched |= touched
    if span:
        report.first_at = min(report.first_at or span[0], span[0])
        report.last_at = max(report.last_at or span[1], span[1])
    for text in wrong:
        report.problem(f"{report.path}:{text}")
    report.place = before
    if behind.offset - before.offset >= SEALED:
        behind.programs, behind.sources = _copy(report.programs), _copy(report.sources)
        report.place = behind


def _copy(counts: dict) -> dict:
    return {name: count.copy() for name, count in counts.items()}


def _judge(report: FileReport) -> None:
    """A file without one usable line is no mail log, and silence about that would look like success."""
    known = {name: count for name, count in report.programs.items() if count.lines > count.not_understood}
    if report.lines == 0 and report.read_to == 0 and not report.problems:
        report.notes.append(f"{report.path}: empty, nothing to read yet")
    elif report.lines and not known and (report.programs or not report.problems):
        report.no_line_of_use = True
        name, count = max(report.programs.items(), key=lambda item: item[1].lines, default=("", ProgramCount()))
        if name in (WITHOUT_STAMP, ""):
            form = "wanted a mail log: a time stamp, a host and a program on every line"
            report.problem(f"{report.path}:1: is not a mail log ({count.example[:80]!r}); {form}")
        else:
            _only_of(report)


def _only_of(report: FileReport) -> None:
    """Of programs that are known, what is wrong with their lines counts; the others only where there are none."""
    found = [(name, count, wanted(name)) for name, count in sorted(report.programs.items())]
    ours = [(name, count, form) for name, count, form in found if form]
    for name, count, form in ours[:PROGRAMS_AT_MOST]:
        report.problem(f"{report.path}: {_not_understood(name, count)}; wanted {form}")
    if not ours:
        seen = ", ".join(name for name, _, _ in found[:8])
        lines = "wanted lines of one in docs/formats.md"
        report.problem(f"{report.path}: no line of a program that is known here, only of {seen}; {lines}")
