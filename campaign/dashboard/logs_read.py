"""How far the logs are read: the time of the data, what is late, what is missing, what was not understood."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce

from campaign.models import AttributedDay, Coverage, LogFile, SourceGap, Stream
from campaign.submissions import clocks
from campaign.submissions.skew import WrongClock
from campaign.submissions.sources import NotUnderstood, Source, late, not_understood

LATE = timedelta(hours=3)
EXAMPLES = 5  # programs shown that have lines nobody understood


@dataclass(frozen=True)
class StreamRead:
    """All sources of one kind; `last_at` is None before its first event."""

    title: str
    last_at: datetime | None
    late: bool


@dataclass(frozen=True)
class LogsRead:
    """`until` is where the slowest stream ends: the time that every number on the page speaks of.

    `silent` are single hosts' programs from which lines should have come; none where a whole stream is late.
    `being_made`: the sample's logs have not come to today yet; nothing of it is late or missing.
    """

    until: datetime | None
    sources: tuple[StreamRead, ...]
    silent: tuple[Source, ...]
    wrong_clocks: tuple[WrongClock, ...]
    gaps: tuple[date, ...]
    files: int
    lines: int
    not_understood: tuple[NotUnderstood, ...]
    days_done: int
    days_waiting: int
    being_made: bool

    @property
    def late(self) -> tuple[StreamRead, ...]:
        return () if self.being_made else tuple(source for source in self.sources if source.late)


def logs_read(*, today: date, now: datetime, quiet_days: int) -> LogsRead:
    """`gaps` are the days of the quiet time before today on which a source is missing: they prove nothing."""
    last = dict(Coverage.objects.values_list("stream").annotate(Max("last_at")).order_by())
    streams = tuple(
        StreamRead(stream.label, last.get(stream), stream in last and now - last[stream] > LATE) for stream in Stream
    )
    being_made = settings.SAMPLE and all(stream.late for stream in streams)
    files = LogFile.objects.aggregate(files=Count("pk"), lines=Coalesce(Sum("lines"), 0))
    waiting = AttributedDay.objects.filter(stale=True).count()
    return LogsRead(
        until=min(last.values()) if len(last) == len(Stream) else None,
        sources=streams,
        silent=() if any(stream.late for stream in streams) else tuple(late(now=now)),
        wrong_clocks=tuple(clocks.wrong(today=today)),
        gaps=() if being_made else uncovered_days(today - timedelta(days=quiet_days), today),
        files=files["files"],
        lines=files["lines"],
        not_understood=tuple(not_understood(at_most=EXAMPLES)),
        days_done=AttributedDay.objects.count() - waiting,
        days_waiting=waiting,
        being_made=being_made,
    )


def uncovered_days(first: date, today: date) -> tuple[date, ...]:
    """Days from `first` up to yesterday that prove nothing; before the very first evidence nothing is missed."""
    covered = defaultdict(set)
    for day, stream in Coverage.objects.filter(day__gte=first, day__lt=today).values_list("day", "stream"):
        covered[day].add(stream)
    if not Coverage.objects.filter(day__lt=first).exists():
        first = min(covered, default=today)
    days = [first + timedelta(days=number) for number in range((today - first).days)]
    missing = set(SourceGap.objects.filter(day__gte=first).values_list("day", flat=True))
    return tuple(day for day in days if len(covered[day]) < len(Stream) or day in missing)
