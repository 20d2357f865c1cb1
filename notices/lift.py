"""What each round did beyond what happens by itself: counted in the database, estimated by campaign/plan/lift.py.

Counted in the background and kept, for a million notices take seconds; the pages read what is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from campaign.customers import rollup
from campaign.plan import lift
from campaign.plan.lift import NotTold, Turn
from notices.models import Lift, Mailing, Notice, WaveNotices

State = Notice.State
AGAIN_AFTER = timedelta(hours=1)
FINAL_AFTER = timedelta(days=30)  # from the end of a mailing on; by then the last windows and late logs are over
ALL = ""
NOT_BY_TURN = ("the mailing was cancelled", "the mailing had expired")  # withdrawn at once, whosever turn it was


def count_due(*, now: datetime) -> int:
    """Count anew the mailings whose numbers may have changed, at most once an hour each; how many."""
    counted = Q(lifts__counted_at__gt=now - AGAIN_AFTER) | Q(
        lifts__isnull=False, ended_at__isnull=False, ended_at__lt=now - FINAL_AFTER
    )
    begun = Mailing.objects.rounds().filter(started_at__isnull=False).exclude(kind=Mailing.Kind.THANKS)
    fresh = begun.filter(counted).values("pk")
    due = list(begun.exclude(pk__in=fresh).order_by("pk").values_list("pk", flat=True))
    for mailing_id in due:
        count(mailing_id=mailing_id, now=now)
    return len(due)


def count(*, mailing_id: int, now: datetime) -> None:
    """Replace what is kept of one mailing; again does no harm."""
    mailing = Mailing.objects.get(pk=mailing_id)
    today = timezone.localdate(now)
    covered = [day for day in rollup.covered_days(until=today - timedelta(days=1))]
    until = covered[-1] if covered else date.min
    turns = _turns(mailing)
    found = [
        _kept(mailing, *key, lift.lift(those, until=until, covered=set(covered)), now=now)
        for key, those in sorted(turns.items())
    ]
    with transaction.atomic():
        Mailing.objects.select_for_update(no_key=True).get(pk=mailing_id)  # one at a time
        mailing.lifts.all().delete()
        Lift.objects.bulk_create(found)
        mailing.waves.all().delete()
        if mailing.kind == Mailing.Kind.ANNOUNCEMENT:
            WaveNotices.objects.bulk_create(_waves(mailing))


def _kept(mailing: Mailing, outcome: str, language: str, found: lift.Estimate | NotTold, *, now: datetime) -> Lift:
    values = {"not_told": found} if isinstance(found, NotTold) else vars(found)
    return Lift(mailing=mailing, outcome=outcome, language=language, counted_at=now, **values)


def _turns(mailing: Mailing) -> dict[tuple[str, str], list[Turn]]:
    """By outcome and language, and for all languages together, one turn for each day notices were planned for."""
    people: Counter[tuple[str, str, date]] = Counter()
    events: dict[tuple[str, str, date], Counter[date]] = defaultdict(Counter)
    for outcome, slot_on, language, day, number in _rows(mailing):
        for group in ((outcome, ALL, slot_on), (outcome, language, slot_on)):
            people[group] += number
            if day is not None:
                events[group][day] += number
    came = turn_days(_handled(mailing), {slot_on for _outcome, _language, slot_on in people})
    until = timezone.localdate(mailing.ended_at) if mailing.ended_at else None
    found: dict[tuple[str, str], list[Turn]] = defaultdict(list)
    for (outcome, language, slot_on), number in people.items():
        group = events[outcome, language, slot_on]
        found[outcome, language].append(Turn(came[slot_on], number, group, until=until))
    return found


def turn_days(handled: Mapping[date, Mapping[date, int]], slots: Iterable[date]) -> dict[date, date | None]:
    """On which day the turn of each slot really came; None: not yet.

    By `handled`, which is by slot and day how many were sent, refused, or withdrawn when they
    were to be sent: the day on which half of them were. Where there is none, the turn came with
    the next slot's, for notices go out in the order of their slots.
    """
    found, following = {}, None
    for slot_on in sorted(slots, reverse=True):
        days = handled.get(slot_on, {})
        following = _middle(days) if days else following
        found[slot_on] = following
    return found


def _middle(days: Mapping[date, int]) -> date:
    half, before = sum(days.values()) / 2, 0
    for day in sorted(days):
        before += days[day]
        if before >= half:
            return day
    raise ValueError("no days")


def _rows(mailing: Mailing) -> list[tuple[str, date, str, date | None, int]]:
    values = {
        "mailing": mailing.pk,
        "planned_on": timezone.localdate(mailing.planned_at),
        "by_waves": mailing.kind == Mailing.Kind.ANNOUNCEMENT,
    }
    with connection.cursor() as cursor:
        cursor.execute(Path(__file__).with_suffix(".sql").read_text(), values)
        return [
            (outcome, _day(slot_on), language, _day(day), number)
            for outcome, slot_on, language, day, number in cursor.fetchall()
        ]


def _day(stored: date | str | None) -> date | None:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored  # SQLite has no dates


def _handled(mailing: Mailing) -> dict[date, dict[date, int]]:
    ended = Notice.objects.for_mailing(mailing).filter(slot_on__isnull=False, ended_at__isnull=False)
    at_its_turn = ended.exclude(state=State.WITHDRAWN, reply__in=NOT_BY_TURN)
    day = TruncDate("ended_at", tzinfo=timezone.get_default_timezone())
    found: dict[date, dict[date, int]] = defaultdict(dict)
    for slot_on, ended_on, number in at_its_turn.values_list("slot_on", day).annotate(Count("pk")).order_by():
        found[slot_on][ended_on] = number
    return found


def _waves(mailing: Mailing) -> list[WaveNotices]:
    planned = Notice.objects.for_mailing(mailing).filter(slot_on__isnull=False).values("holdout__wave").order_by()
    counts = planned.annotate(
        first_on=Min("slot_on"),
        last_on=Max("slot_on"),
        planned=Count("pk"),
        accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
    )
    return [WaveNotices(mailing=mailing, wave=found.pop("holdout__wave"), **found) for found in counts]
