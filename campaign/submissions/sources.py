"""What the operator is told of the sources: a source is a host and a program of it, as its lines name them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, QuerySet, Sum

from campaign.models import ProgramLines, SourceLines
from campaign.submissions.rhythm import DAYS, ENDED, Gap, Rhythm, added


class State(StrEnum):
    """Whether a source speaks as it usually does."""

    SPEAKS = "speaks"
    LATE = "late"
    ENDED = "ended"  # silent for so long that nobody waits for it
    NOT_READ = "not_read"  # no line of it is of a program that is known here


@dataclass(frozen=True)
class Source:
    """`file` is the log file that last fed it, `missed` how many lines should have come since the last one."""

    host: str
    program: str
    state: State
    file: str
    lines: int
    not_understood: int
    first_at: datetime
    last_at: datetime
    lag: timedelta
    missed: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class NotUnderstood:
    """Lines of one program that nobody understood, with the shape of one of them, or "" where none is kept any more."""

    program: str
    lines: int
    example: str


def sources(*, now: datetime) -> list[Source]:
    """All that was ever read and is kept, by host and program."""
    return _sources(SourceLines.objects.all(), now)


def late(*, now: datetime) -> list[Source]:
    """The sources that are late. Only those that are silent now are looked at: a page asks for this each time."""
    begin, end = now - ENDED, now - timedelta(minutes=settings.LATE_MINUTES)
    newest = SourceLines.objects.values_list("host", "program").annotate(last=Max("last_at")).order_by()
    silent = newest.filter(last__gte=begin, last__lt=end).values_list("host", "program")
    hosts, programs = {host for host, _ in silent}, {program for _, program in silent}
    rows = SourceLines.objects.filter(host__in=hosts, program__in=programs)
    return [source for source in _sources(rows, now) if source.state == State.LATE]


def rhythms(*, now: datetime) -> Iterator[tuple[str, str, State, Rhythm, datetime]]:
    """Host, program, state, rhythm and last line of each source that is read."""
    for (host, program), rows, rhythm in _with_rhythms(SourceLines.objects.all()):
        if sum(row["not_understood"] for row in rows) < sum(row["lines"] for row in rows):
            yield host, program, _state(rhythm, rows[-1]["last_at"], now), rhythm, rows[-1]["last_at"]


def _sources(lines: QuerySet[SourceLines], now: datetime) -> list[Source]:
    return [_source(rows, rhythm, now) for _, rows, rhythm in _with_rhythms(lines)]


def _with_rhythms(lines: QuerySet[SourceLines]) -> Iterator[tuple[tuple[str, str], list[dict], Rhythm]]:
    """Host and program, the rows of each, the newest last, and its rhythm."""
    parts: dict[tuple[str, str], list[dict]] = defaultdict(list)
    columns = ("pk", "host", "program", "lines", "not_understood", "first_at", "last_at", "log_file__name")
    for row in lines.order_by("host", "program", "last_at", "pk").values(*columns):
        parts[row["host"], row["program"]].append(row)
    since = {name: rows[-1]["last_at"] - timedelta(days=DAYS) for name, rows in parts.items()}
    wanted = [row["pk"] for name, rows in parts.items() for row in rows if row["last_at"] >= since[name]]
    hours = dict(SourceLines.objects.filter(pk__in=wanted).values_list("pk", "hours"))
    zone = ZoneInfo(settings.TIME_ZONE)
    for name, rows in parts.items():
        yield (
            name,
            rows,
            Rhythm(added((hours[row["pk"]] for row in rows if row["pk"] in hours), since=since[name]), zone),
        )


def _source(rows: list[dict], rhythm: Rhythm, now: datetime) -> Source:
    newest = rows[-1]
    lines, odd = sum(row["lines"] for row in rows), sum(row["not_understood"] for row in rows)
    last, read = newest["last_at"], odd < lines
    return Source(
        host=newest["host"],
        program=newest["program"],
        state=_state(rhythm, last, now) if read else State.NOT_READ,
        file=newest["log_file__name"],
        lines=lines,
        not_understood=odd,
        first_at=min(row["first_at"] for row in rows),
        last_at=last,
        lag=now - last,
        missed=round(rhythm.expected(last, min(now, last + ENDED))),
        gaps=rhythm.gaps() if read else (),
    )


def _state(rhythm: Rhythm, last: datetime, now: datetime) -> State:
    if now - last > ENDED:
        return State.ENDED
    late = rhythm.late(last, now, after=timedelta(minutes=settings.LATE_MINUTES))
    return State.LATE if late else State.SPEAKS


def not_understood(*, at_most: int | None = None) -> list[NotUnderstood]:
    """By program, the most lines first."""
    found = ProgramLines.objects.filter(not_understood__gt=0).values_list("program")
    found = found.annotate(lines=Sum("not_understood"), example=Max("example")).order_by("-lines", "program")
    return [NotUnderstood(*row) for row in found[:at_most]]
