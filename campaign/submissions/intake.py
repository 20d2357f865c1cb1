"""Log files into daily use: the only writer of what the attribution leaves in the database.

Both verbs are safe to repeat, alone or at the same time as another: a reading that dies leaves
segments that the next one overwrites, and a day's rows are replaced in one transaction.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import F

from campaign.logs.client import program_of
from campaign.logs.events import LOGINS, ProgramCount
from campaign.logs.files import HEAD, Fingerprint, Unreadable
from campaign.logs.files import LogFile as OpenLog
from campaign.logs.own_pattern import own_pattern
from campaign.logs.sources import Source, SourceCount
from campaign.logs.stamps import YearState, micros, moment
from campaign.models import Address, AttributedDay, LogFile, ProgramLines, SourceLines
from campaign.submissions import daily, open_doors, relays
from campaign.submissions.attribution import Rules, connect, days_to_redo
from campaign.submissions.attribution import attribute as attribute_day
from campaign.submissions.reading import FileReport, Place, Reading, read_file
from campaign.submissions.segments import Segments

AHEAD = timedelta(days=1)  # clocks and zones may be off by that much; a later stamp is wrong


@dataclass
class ReadReport:
    """What came of reading some files. `days` are those whose submissions may have changed."""

    files: list[FileReport] = field(default_factory=list)
    days: set[date] = field(default_factory=set)

    @property
    def problems(self) -> list[str]:
        return [problem for report in self.files for problem in report.problems]


def segments() -> Segments:
    """The installation's event files."""
    return Segments(settings.SEGMENTS, ZoneInfo(settings.TIME_ZONE))


def kept_from(now: datetime) -> date:
    """The first day whose events may still be kept."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=settings.RETENTION_DAYS)


def read(
    paths: Iterable[str | Path],
    *,
    now: datetime,
    progress: Callable[[int], None] | None = None,
    year: int | None = None,
) -> ReadReport:
    """Reads what is new in each file into the segments; a folder stands for the files in it.

    What could not be read is in the report. `progress` is called with bytes done.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    reading = Reading(
        zone=zone,
        local_domains=settings.LOCAL_DOMAINS,
        latest=micros(now + AHEAD),
        today=now.astimezone(zone).date(),
        year=year,
        keep_from=kept_from(now),
        own=own_pattern(settings.LOGIN_PATTERN, settings.LOGIN_PATTERN_TAGS),
    )
    report = ReadReport()
    for path in _files(paths):
        try:
            with OpenLog(path) as log:
                done = _read_one(log, reading, now, progress)
        except Unreadable as error:
            done = FileReport(path)
            done.problem(f"{path}: {error}")
        report.files.append(done)
        report.days |= _days_to_redo(done.touched)
    return report


def _files(paths: Iterable[str | Path]) -> Iterable[str]:
    for path in paths:
        if Path(path).is_dir():
            yield from sorted(str(inside) for inside in Path(path).iterdir() if inside.is_file())
        else:
            yield str(path)


def _read_one(log: OpenLog, reading: Reading, now: datetime, progress) -> FileReport:
    if not log.head():
        return read_file(log, reading, segments(), place=Place(), last_line_too=False)
    # Two at once would each take the other's segments for those of a reading that died.
    with segments().turn(log.inode) if log.inode else nullcontext():
        return _read_in_turn(log, reading, now, progress)


def _read_in_turn(log: OpenLog, reading: Reading, now: datetime, progress) -> FileReport:
    known = _known(log)
    if known is None and _is_past_retention(log, reading):
        return _not_read(log, reading)
    if known is None:
        known = LogFile(segment=log.fingerprint().digest[:32])
        if LogFile.objects.filter(segment=known.segment).exists():
            # All of it is what a file that has grown since began with: its segments hold these lines, and more.
            return FileReport(log.path, read_to=len(log.head()), lines=log.head().count(b"\n"))
        segments().forget(known.segment)  # left by a reading that nobody remembers
    elif _read_before(log, known):
        return FileReport(log.path, read_to=known.read_to, lines=known.lines)
    place = _place(known)
    done = read_file(
        log,
        reading,
        segments(),
        place=place,
        last_line_too=False,
        name=known.segment,
        seen=known.lines,
        progress=progress,
    )
    if not done.problems:
        known.state["packed"] = log.size if log.compression else known.state.get("packed")
    begun = known.state.get("begun", reading.today.isoformat())
    known.state["begun"] = min(begun, (log.written_on or reading.today).isoformat())
    _remember(known, done, now)
    return done


def _is_past_retention(log: OpenLog, reading: Reading) -> bool:
    """Whether no line of it can be from a day that is kept. The row of such a file goes with the retention: it would
    be unpacked and read anew each night, for nothing. Zones, and clocks that are ahead, are two days at most."""
    return log.written_on is not None and log.written_on + timedelta(days=2) < reading.keep_from


def _not_read(log: OpenLog, reading: Reading) -> FileReport:
    found = FileReport(log.path, fingerprint=log.fingerprint())
    past = f"last written on {log.written_on}, and days before {reading.keep_from} are past the retention"
    found.notes.append(f"{log.path}: {past}: not read")
    return found


def _read_before(log: OpenLog, known: LogFile) -> bool:
    """Whether all of the file was read, as far as its size tells: a packed one is not unpacked for that."""
    if log.size is None:
        return False
    return log.size <= known.read_to if log.grows else log.size == known.state.get("packed")


def _known(log: OpenLog) -> LogFile | None:
    """The row of this file, by the longest beginning that is known of it."""
    lengths = LogFile.objects.filter(digest_length__lte=len(log.head())).values_list("digest_length", flat=True)
    for length in sorted(set(lengths), reverse=True):
        found = LogFile.objects.filter(digest=log.fingerprint(length).digest, digest_length=length).first()
        if found:
            return found
    return None


def _place(known: LogFile) -> Place:
    state = known.state
    year = YearState(**state["year"]) if state.get("year") else None
    programs = {name: ProgramCount(*counts) for name, counts in state.get("programs", {}).items()}
    return Place(known.offset, state.get("line", 1), year, programs, _sources(state.get("sources", [])))


def _sources(state: list) -> dict[Source, SourceCount]:
    """From `state`, which is JSON: names of hours are text there."""
    return {
        Source(host, program): SourceCount(*counts, {int(hour): lines for hour, lines in hours.items()})
        for host, program, *counts, hours in state
    }


def _remember(known: LogFile, done: FileReport, now: datetime) -> None:
    fingerprint, place = done.fingerprint, done.place
    if fingerprint is None or not done.lines:
        return  # not one whole line yet
    known.digest, known.digest_length = _longest(known, fingerprint)
    known.name, known.read_at = done.path[:1000], now
    begun = date.fromisoformat(known.state["begun"])
    for counts in (done.place.programs, done.programs):
        _forget_old_examples(counts.values(), begun, now)
    known.offset, known.read_to, known.lines = place.offset, done.read_to, done.lines
    known.state = {
        "line": place.line,
        "year": place.year.as_json() if place.year else None,
        "programs": {
            name: [one.lines, one.not_understood, one.example, one.at, one.line] for name, one in place.programs.items()
        },
        "sources": [
            [*source, one.lines, one.not_understood, one.first, one.last, one.hours]
            for source, one in place.sources.items()
        ],
        "begun": known.state["begun"],  # a line that nothing dates may be as old as that
        "packed": known.state.get("packed"),  # size of the compressed file that was read to its end
    }
    if done.first_at is not None and done.last_at is not None:
        first, last = moment(done.first_at), moment(done.last_at)
        known.first_at = min(known.first_at or first, first)
        known.last_at = max(known.last_at or last, last)
    with transaction.atomic():
        known.save()
        known.programs.all().delete()
        ProgramLines.objects.bulk_create(
            ProgramLines(
                log_file=known,
                program=name[:64],
                lines=count.lines,
                not_understood=count.not_understood,
                example=count.example,
                example_day=example_day(count, begun),
            )
            for name, count in done.programs.items()
        )
        _remember_sources(known, done)
        mark_stale(_days_to_redo(done.touched))


def _forget_old_examples(counts: Iterable[ProgramCount], begun: date, now: datetime) -> None:
    for count in counts:
        day = example_day(count, begun)
        if day and day < kept_from(now):
            count.forget_example()


def example_day(count: ProgramCount, begun: date) -> date | None:
    """Of the line that the example shows; where nothing tells, the day on which its file was first read or written."""
    if not count.example:
        return None
    return moment(count.at).astimezone(ZoneInfo(settings.TIME_ZONE)).date() if count.at else begun


def mark_stale(days: Iterable[date]) -> None:
    """Events of these days have come. In their order: others who read at this moment wait, but not in a circle."""
    for day in sorted(days):
        AttributedDay.objects.get_or_create(day=day)
        AttributedDay.objects.filter(day=day).update(stale=True, touched=F("touched") + 1)


def _remember_sources(known: LogFile, done: FileReport) -> None:
    known.sources.all().delete()
    SourceLines.objects.bulk_create(
        SourceLines(
            log_file=known,
            host=source.host,
            program=source.program,
            lines=one.lines,
            not_understood=one.not_understood,
            first_at=moment(one.first),
            last_at=moment(one.last),
            hours=one.hours,
        )
        for source, one in done.sources.items()
    )


def _days_to_redo(touched: Iterable[tuple[str, date]]) -> set[date]:
    """With the day after late logins, if it was made already: what they opened lasts beyond midnight."""
    logged_in = {day + timedelta(days=1) for stream, day in touched if stream == LOGINS}
    known = AttributedDay.objects.filter(day__in=logged_in).values_list("day", flat=True)
    return days_to_redo((day for _, day in touched), settings.CLOCK_OFFSETS) | set(known)


def _longest(known: LogFile, fingerprint: Fingerprint) -> tuple[str, int]:
    """A file first seen short is known better when it has grown."""
    if known.digest_length and known.digest_length >= min(fingerprint.length, HEAD):
        return known.digest, known.digest_length
    return fingerprint.digest, fingerprint.length


def stale_days(*, now: datetime) -> set[date]:
    """Days with events that are not attributed yet, whoever read them and died before that."""
    return set(AttributedDay.objects.filter(stale=True, day__gte=kept_from(now)).values_list("day", flat=True))


def attribute(days: Iterable[date], *, now: datetime, progress: Callable[[date], None] | None = None) -> None:
    """Replaces what the database has of each day by what its events say.

    Days past the retention are left as they are: their events are gone, their counts stay.
    """
    wanted = sorted(day for day in set(days) if day >= kept_from(now))
    if not wanted:
        return
    known, store = rules(), segments()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="attribution-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        for day in wanted:
            _attribute_one(con, store, day, known, now)
            if progress:
                progress(day)


def _attribute_one(con: duckdb.DuckDBPyConnection, store: Segments, day: date, known: Rules, now: datetime) -> None:
    AttributedDay.objects.get_or_create(day=day)
    touched = AttributedDay.objects.get(day=day).touched
    attribute_day(con, store, day, known)
    with transaction.atomic():
        known_now = AttributedDay.objects.select_for_update(no_key=True).get(day=day).touched  # one at a time
        daily.replace(con, day)
        relays.replace(con, day)
        open_doors.replace(con, day, default_domain=known.default_domain)
        # Events that came in the meantime leave it stale, or make it so again where another has attributed them by now.
        AttributedDay.objects.filter(day=day).update(attributed_at=now, stale=known_now != touched)


def rules() -> Rules:
    """What the installation's settings and its list of customers say."""
    return Rules(
        local_domains=settings.LOCAL_DOMAINS,
        own_networks=settings.OWN_NETWORKS,
        filter_addresses=settings.FILTER_ADDRESSES,
        window=timedelta(minutes=settings.WINDOW_MINUTES),
        skew=timedelta(seconds=settings.SKEW_SECONDS),
        crowd=settings.CROWD_LOGINS,
        default_domain=settings.DEFAULT_DOMAIN,
        clock_offsets=settings.CLOCK_OFFSETS,
        directory=_directory(),
        program_of=program_of,
    )


def _directory() -> pa.Table | None:
    """Addresses and the logins they belong to; None where no list of customers was imported."""
    rows = list(Address.objects.values_list("address", "customer__login"))
    if not rows:
        return None
    addresses, logins = zip(*rows, strict=True)
    return pa.table({"address": pa.array(addresses, pa.string()), "login": pa.array(logins, pa.string())})
