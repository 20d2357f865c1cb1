"""What the pages of a round show of its notices, where these are so many that counting takes longer than a page may.

How many are in which state is counted when somebody looks, and is as the ledger stands: by an index alone, and
of the state that has most only what is missing to the sum, which never changes. The rest (fates, languages, what went
wrong) is counted by the job that writes the fates, after it has, and kept. Of a round that has ended, and in which
nothing is open, all is kept, and counted again only when another fate becomes known.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict, astuple, replace
from datetime import date, datetime, timedelta

from django.db import DatabaseError
from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from notices import causes, mailings
from notices.causes import Cause, Kind
from notices.mailings import Report
from notices.models import Mailing, Notice, ReportCounts

log = logging.getLogger(__name__)
LARGE = 1_000  # notices: of fewer all is counted when somebody looks
TOO_OLD = timedelta(minutes=10)  # then no job is at work, and what is so is counted instead
HIGHEST = 2**63 - 1
State = Notice.State
STATES = {
    "accepted": (State.ACCEPTED,),
    "refused": (State.REFUSED,),
    "withdrawn": (State.WITHDRAWN,),
    "unknown": (State.UNKNOWN,),
    "waiting": (State.WAITING, State.CLAIMED),
}


def of(mailing: Mailing, *, now: datetime) -> Report:
    """As the ledger stands, with the fates that the job has written down."""
    kept = good(mailing, now=now)
    if kept is None:
        return mailings.report(mailing_id=mailing.pk)
    report = Report(**kept.counts)
    return report if _stays(mailing, kept) else replace(report, **_states(mailing, report))


def shown(mailing: Mailing, *, now: datetime) -> Report:
    """For the first page: as the job last counted; no query where the mailing came with its `report_counts`."""
    kept = good(mailing, now=now)
    return Report(**kept.counts) if kept else mailings.report(mailing_id=mailing.pk)


def good(mailing: Mailing, *, now: datetime) -> ReportCounts | None:
    """What is kept of a large one, where it is good to show."""
    kept = getattr(mailing, "report_counts", None)
    if kept is None or kept.counts.get("planned", 0) <= LARGE or kept.last_notice is None:
        return None
    return kept if kept.counted_at > now - TOO_OLD or _stays(mailing, kept) else None


def causes_of(mailing: Mailing, *, now: datetime) -> list[Cause]:
    """Those of the ledger as it stands, those of the fates as the job last counted."""
    kept = good(mailing, now=now)
    if kept is None:
        return causes.causes(mailing)
    found = [Cause(Kind(kind), *values) for kind, *values in kept.causes]
    if _stays(mailing, kept):
        return found
    of_fates = [cause for cause in found if cause.kind in causes.KIND_OF_FATE.values()]
    return causes.in_order([*causes.of_notices(mailing), *of_fates])


def by_language(mailing: Mailing, *, now: datetime) -> list[tuple[str, int]]:
    """How many of its notices are in each."""
    kept = good(mailing, now=now)
    if kept:
        return sorted(kept.languages.items())
    notices = Notice.objects.for_mailing(mailing).order_by("language")
    return list(notices.values_list("language").annotate(number=Count("*")))


def ends(mailing: Mailing) -> tuple[int, int]:
    """The lowest and the highest key that its notices can have, for what goes through the ledger in the keys' order.

    They are planned at once, and lie side by side, but for a few of others. As good as none before a job has looked.
    """
    kept = getattr(mailing, "report_counts", None)
    return (kept.first_notice, kept.last_notice) if kept and kept.last_notice is not None else (0, HIGHEST)


def waiting_by_day(of_these: Iterable[Mailing], *, now: datetime) -> list[tuple[date | None, int]]:
    """How many wait in all of them, by the day that they were planned for; a day may come more than once."""
    found, few = [], []
    for mailing in of_these:
        kept = good(mailing, now=now)
        if kept:
            found += [(date.fromisoformat(day) if day else None, number) for day, number in kept.waiting]
        else:
            few.append(mailing)
    return [*found, *_waiting(Notice.objects.filter(mailing__in=few))] if few else found


def newest(campaign_mailings: list[Mailing]) -> Mailing | None:
    """The one whose report the first page shows, of those in the order of their planning."""
    return next((each for each in reversed(campaign_mailings) if each.state != Mailing.State.CANCELLED), None)


def fates_changed(mailing_ids: Iterable[int]) -> None:
    """For who writes fates, in the same transaction and at its end: of several mailings in their order."""
    kept = ReportCounts.objects.filter(mailing__in=set(mailing_ids)).order_by("pk").select_for_update(no_key=True)
    ReportCounts.objects.filter(pk__in=kept.values("pk")).update(changes=F("changes") + 1)


def count_due(*, now: datetime) -> int:
    """Count the rounds of which something has changed; how many."""
    counted = 0
    for mailing in Mailing.objects.rounds().with_counts().order_by("pk"):
        try:
            if _is_due(mailing, now=now):
                count(mailing, now=now)
                counted += 1
        except DatabaseError:  # such as a statement that takes longer than is allowed: the others need not wait for it
            log.exception("the notices of mailing %s cannot be counted", mailing.pk)
    return counted


def _is_due(mailing: Mailing, *, now: datetime) -> bool:
    kept = getattr(mailing, "report_counts", None)
    if kept is None or kept.changed or kept.last_notice is None:  # the last: kept before the pages needed it
        return True
    if _stays(mailing, kept):
        return False
    report = Report(**kept.counts)
    if report != replace(report, **_states(mailing, report)):
        return True
    ReportCounts.objects.filter(pk=kept.pk).update(counted_at=now)
    return False


def count(mailing: Mailing, *, now: datetime) -> None:
    """Replace what is kept, without holding up who writes fates meanwhile: theirs are counted the next time.

    A count that dies leaves all as it was, and of two at once the one that began later stands.
    """
    row, made = ReportCounts.objects.get_or_create(mailing=mailing, defaults={"counted_at": now, "counts": {}})
    counted = 0 if made else row.changes  # whoever wrote before there was a row could not say so: count it once more
    notices = Notice.objects.for_mailing(mailing)
    report = mailings.report(mailing_id=mailing.pk)  # first: what it has at its end, the others have too
    languages = list(
        notices.order_by().values_list("language").annotate(number=Count("*"), first=Min("pk"), last=Max("pk"))
    )
    ReportCounts.objects.filter(pk=row.pk, counted_changes__lte=counted).update(
        counted_at=now,
        counted_changes=counted,
        counts=asdict(report),
        languages={language: number for language, number, *_ends in languages},
        waiting=[(day.isoformat() if day else None, number) for day, number in _waiting(notices)],
        causes=[astuple(cause) for cause in causes.causes(mailing)],
        first_notice=min((first for *_others, first, _last in languages), default=0),
        last_notice=max((last for *_others, last in languages), default=0),
    )


def _stays(mailing: Mailing, kept: ReportCounts) -> bool:
    """Whether nothing of it can change but by a fate: it had ended when it was counted, and nothing was open."""
    ended = mailing.ended_at is not None and mailing.ended_at < kept.counted_at
    return ended and not kept.changed and not kept.counts["waiting"] and not kept.counts["unknown"]


def _states(mailing: Mailing, report: Report) -> dict[str, int]:
    """From one statement, so that they are of one moment; `report` has all, and which of them are most."""
    most = max(STATES, key=lambda name: getattr(report, name))
    others = {name: sum(map(_number, states)) for name, states in STATES.items() if name != most}
    found = Mailing.objects.filter(pk=mailing.pk).values(**others).get()
    return found | {most: report.planned - sum(found.values())}


def _number(state: State) -> Coalesce:
    """Of the outer mailing's notices; each state by itself, which is one stretch of the index."""
    notices = Notice.objects.filter(mailing=OuterRef("pk"), state=state).order_by().values("mailing")
    return Coalesce(Subquery(notices.annotate(number=Count("*")).values("number")), 0)


def _waiting(notices: QuerySet[Notice]) -> QuerySet:
    return notices.filter(state=State.WAITING).order_by("slot_on").values_list("slot_on").annotate(number=Count("*"))
