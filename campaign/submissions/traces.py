"""What each event file tells of our own notices, taken out once and kept beside the event files.

    SEGMENTS/traces/KEY/day=2026-11-24/NAME-OFFSET.VERSION.new      read, not yet written down
    SEGMENTS/traces/KEY/day=2026-11-24/NAME-OFFSET.VERSION.done     written down
    SEGMENTS/traces/KEY/day=2026-11-24/NAME-OFFSET.VERSION.named    pieces with a Message-ID of ours
    SEGMENTS/traces/KEY/day=2026-11-24/NAME-OFFSET.VERSION.loose    pieces whose Message-ID is in another file

VERSION is the event file's size and time: the last piece of a growing log is another one whenever
lines came. KEY stands for what the taking depends on beside the file. An event file is read when it
has no mark; whoever dies in between leaves it without one, or `new`, and both are taken up again.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from django.conf import settings

from campaign.logs.events import MESSAGES, SCHEMAS
from campaign.logs.stamps import SECOND
from campaign.submissions.attribution import TIMES, connect
from campaign.submissions.intake import segments

COLUMNS = (
    *("host", "mta", "queue_id", "moment", "message_id", "queued", "attempt", "status", "code", "words", "removed"),
    *("started", "line"),
)
SCHEMA = pa.schema([SCHEMAS[MESSAGES].field(name) for name in COLUMNS])
PARTS = {
    "named": "starts_with(message_id, '<notice.') AND ends_with(message_id, $suffix)",
    "loose": "message_id IS NULL AND coalesce(queued, attempt, removed) IS NOT NULL AND $suffix <> ''",
}


@dataclass(frozen=True)
class Trace:
    """The mark of one event file; `fresh` until what it tells is written down."""

    folder: Path
    name: str  # NAME-OFFSET.VERSION
    fresh: bool

    @property
    def day(self) -> date:
        return date.fromisoformat(self.folder.name.removeprefix("day="))

    def files(self, part: str) -> list[str]:
        path = self.folder / f"{self.name}.{part}"
        return [str(path)] if path.exists() else []


def root(domain: str) -> Path:
    """The traces of today's settings: with other ones, all event files are looked at again."""
    told = f"2 {domain} {sorted(settings.CLOCK_OFFSETS.items())}"
    return settings.SEGMENTS / "traces" / sha256(told.encode()).hexdigest()[:16]


def bring_up_to_date(*, domain: str, since: datetime, until: datetime) -> list[Trace]:
    """Read the event files of these days that are new, and return the traces of all of them."""
    days = _days(since, until)
    held = {(trace.folder.name, trace.name) for trace in _marked(domain, days)}
    wanted = {_place(Path(path), root(domain)): Path(path) for path in segments().files(MESSAGES, days)}
    new = {place: path for place, path in wanted.items() if place is not None and _key(place) not in held}
    if new:
        with TemporaryDirectory(prefix="traces-", dir=_scratch()) as scratch, connect(Path(scratch)) as con:
            for place, path in new.items():
                _take_out(con, path, place, suffix=f"@{domain}>")
    current = {_key(place) for place in wanted if place is not None}
    return [trace for trace in _marked(domain, days) if _is_current(trace, current)]


def written_down(traces: Iterable[Trace]) -> None:
    """Another process may have been faster, or may have replaced the trace by that of a longer file."""
    for trace in traces:
        mark = trace.folder / f"{trace.name}.new"
        with suppress(FileNotFoundError):
            mark.rename(mark.with_suffix(".done"))


def drop_before(day: date) -> None:
    for folder in (settings.SEGMENTS / "traces").glob("*/day=*"):
        if date.fromisoformat(folder.name.removeprefix("day=")) < day:
            _empty(folder.iterdir())
            folder.rmdir()


def _days(since: datetime, until: datetime) -> list[date]:
    zone = segments().zone
    slack = timedelta(seconds=max((abs(shift) for shift in settings.CLOCK_OFFSETS.values()), default=0))
    first, last = (since - slack).astimezone(zone).date(), (until + slack).astimezone(zone).date()
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _marked(domain: str, days: Iterable[date]) -> list[Trace]:
    found = {}
    for day in days:
        folder = root(domain) / f"day={day.isoformat()}"
        if folder.is_dir():
            marks = sorted(path.name for path in folder.iterdir() if path.suffix in {".new", ".done"})
            for mark in marks:  # of both, `new` counts: two were at work at once
                name, _, state = mark.rpartition(".")
                found[folder, name] = Trace(folder, name, state == "new")
    return list(found.values())


def _place(path: Path, below: Path) -> Path | None:
    """Where the traces of an event file begin; None when it is gone since a moment."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return below / path.parent.name / f"{path.stem}.{about.st_size}-{about.st_mtime_ns}"


def _key(place: Path) -> tuple[str, str]:
    return place.parent.name, place.name


def _is_current(trace: Trace, current: set[tuple[str, str]]) -> bool:
    """Whether the event file is still this one; what is left of an earlier one is taken away."""
    if (trace.folder.name, trace.name) in current:
        return True
    _empty(trace.folder.glob(f"{trace.name}.*"))
    return False


def _empty(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _scratch() -> Path:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    return settings.DATA


def _take_out(con: duckdb.DuckDBPyConnection, path: Path, place: Path, *, suffix: str) -> None:
    """Both parts first, the mark last: only a file with its mark was read to the end."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        con.read_parquet(str(path), hive_partitioning=False).create_view("piece", replace=True)
        for part, condition in PARTS.items():
            query = f"SELECT {_columns()} FROM piece WHERE {condition} ORDER BY started, line"  # noqa: S608 (our own words)
            rows = con.sql(query, params={"suffix": suffix}).to_arrow_table()
            if rows.num_rows:
                _write(con, rows, place.parent / f"{place.name}.{part}")
    except duckdb.IOException:
        if path.exists():
            raise
        return  # replaced or dropped since a moment: its next version comes another time
    (place.parent / f"{place.name}.new").touch()


def _columns() -> str:
    """The columns by their names, with the times of hosts with wrong clocks set right as in `attribution.view`."""
    if not settings.CLOCK_OFFSETS:
        return ", ".join(COLUMNS)
    cases = " ".join(f"WHEN '{host}' THEN {shift * SECOND}" for host, shift in settings.CLOCK_OFFSETS.items())
    return ", ".join(f"{name} + CASE host {cases} ELSE 0 END AS {name}" if name in TIMES else name for name in COLUMNS)


def _write(con: duckdb.DuckDBPyConnection, rows: pa.Table, path: Path) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    con.from_arrow(rows).write_parquet(str(unfinished))
    unfinished.replace(path)
