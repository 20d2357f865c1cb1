"""Which days prove nothing, because one of several sources is missing: the other server's log is no evidence.

A gap shows only when the source speaks again, a silence only while it lasts, so all days of the last weeks are
looked at anew each time. A source that stays silent was switched off: its silence then is no gap any more.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from campaign.locks import in_turn
from campaign.models import SourceGap
from campaign.submissions.rhythm import DAYS, Rhythm
from campaign.submissions.sources import State, rhythms

Gaps = dict[tuple[date, str, str], int]
ONE_DAY = timedelta(days=1)


def bring_up_to_date(*, now: datetime) -> set[date]:
    """Keep the gaps of all sources as their lines show them now; returns the days on which any came or went."""
    zone = ZoneInfo(settings.TIME_ZONE)
    since = now.astimezone(zone).date() - timedelta(days=min(DAYS, settings.RETENTION_DAYS) - 1)
    found: Gaps = {}
    for host, program, state, rhythm, last in rhythms(now=now):
        silence = [(last, now)] if state == State.LATE else []
        for begin, end in [*((gap.begin, gap.end) for gap in rhythm.gaps()), *silence]:
            for day, missed in missed_by_day(rhythm, begin, end, zone).items():
                if day >= since:
                    key = (day, host, program)
                    found[key] = found.get(key, 0) + missed
    return _replace(found, since)


def missed_by_day(rhythm: Rhythm, begin: datetime, end: datetime, zone: ZoneInfo) -> dict[date, int]:
    """The lines that should have come between two times, by the days of `zone` on which there are any."""
    found = {}
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        midnight, next_midnight = (
            datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + ONE_DAY)
        )
        missed = round(rhythm.expected(max(begin, midnight), min(end, next_midnight)))
        if missed:
            found[day] = missed
        day += ONE_DAY
    return found


def _replace(found: Gaps, since: date) -> set[date]:
    with transaction.atomic():
        in_turn("campaign.gaps")
        before = {(row.day, row.host, row.program): row for row in SourceGap.objects.filter(day__gte=since)}
        gone = [row.pk for key, row in before.items() if key not in found]
        changed = {row.day for key, row in before.items() if key not in found}
        changed |= {day for day, host, program in found if (day, host, program) not in before}
        SourceGap.objects.filter(pk__in=gone).delete()
        SourceGap.objects.bulk_create(
            [SourceGap(day=key[0], host=key[1], program=key[2], missed=missed) for key, missed in found.items()],
            update_conflicts=True,
            unique_fields=["day", "host", "program"],
            update_fields=["missed"],
        )
    return changed
