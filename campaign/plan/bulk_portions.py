"""Changes to more customers than one transaction takes: in portions, each committed, and taken back the same way.

Whoever is to be changed stands in `BulkChosen` until a portion has reached them. A worker that dies leaves the last
committed portion, and the next one goes on after it; two at once take turns, so nobody is changed twice.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from campaign.models import BulkChange, BulkChosen, BulkRow, Tag, WavePlan
from campaign.plan import bulk, exemptions, reached, records
from campaign.plan.campaigns import NotPossible

Kind, State = BulkChange.Kind, BulkChange.State
PORTION = 1000


def begin(
    *, campaign_id: int, kind: str, values: dict[str, object], query: str, now: datetime, today: date, user_id: int
) -> BulkChange:
    """A worker collects the customers of the list `query`, and changes them. Raises NotPossible at once."""
    kept = check(campaign_id=campaign_id, kind=kind, values=values, today=today)
    if kind == Kind.TAG:
        Tag.objects.get_or_create(name=kept["tag"])
    made = {"values": kept, "customers": 0, "made_at": now, "made_by_id": user_id, "query": query}
    return BulkChange.objects.create(campaign_id=campaign_id, kind=kind, state=State.CHOOSING, **made)


def check(*, campaign_id: int, kind: str, values: dict[str, object], today: date) -> dict[str, object]:
    """What was entered, as it is kept. Raises NotPossible."""
    return CHECKED[Kind(kind)](campaign_id, today, **values)


def _wave(campaign_id: int, _today: date, *, wave: int) -> dict[str, object]:
    plan = WavePlan.objects.filter(campaign=campaign_id).first()
    if plan is None or not 1 <= wave <= plan.waves:
        raise NotPossible(fields={"wave": bulk.no_such_wave()})
    return {"wave": wave}


def _exemption(_campaign_id: int, today: date, *, reason: str, until: date | None) -> dict[str, object]:
    plain = exemptions.check(reason=reason, until=until, today=today)
    return {"reason": plain, "until": until.isoformat()}


def _tag(_campaign_id: int, _today: date, *, tag: str) -> dict[str, object]:
    return {"tag": records.tag_name(tag)}


CHECKED = {Kind.WAVE: _wave, Kind.EXEMPT: _exemption, Kind.TAG: _tag, Kind.NOTICE: lambda *_when: {}}


def collect(*, change_id: int, keys: Iterable[list[int]]) -> bool:
    """Keep who is to be changed, all in one transaction; False where that was done already, or it is being undone."""
    with transaction.atomic():
        change = bulk.locked(change_id)
        if change.state != State.CHOOSING:
            return False
        chosen = 0
        for some in keys:
            BulkChosen.objects.bulk_create(BulkChosen(change=change, customer_id=key) for key in some)
            chosen += len(some)
        BulkChange.objects.filter(pk=change_id).update(chosen=chosen, state=State.RUNNING)
    return True


def work(*, change_id: int, now: datetime, today: date) -> bool:
    """One portion more, committed when this returns; False when nothing is left to do."""
    with transaction.atomic(durable=True):
        change = bulk.locked(change_id)
        if change.state == State.RUNNING:
            return _forth(change, now=now, today=today)
        return _back(change, now=now) if change.state == State.UNDOING else False


def _forth(change: BulkChange, *, now: datetime, today: date) -> bool:
    left = BulkChosen.objects.filter(change=change)
    keys = list(left.order_by("customer_id").values_list("customer_id", flat=True)[:PORTION])
    row = BulkChange.objects.filter(pk=change.pk)
    if not keys:
        row.update(state=State.DONE)
        return False
    try:
        with transaction.atomic():
            rows = _changed(change, keys, now=now, today=today)
    except NotPossible as error:  # such as waves that were decided anew since
        row.update(state=State.STOPPED, trouble=str(error)[:300])
        left.delete()
        return False
    for each in rows:
        each.change_id = change.pk
    BulkRow.objects.bulk_create(rows, batch_size=bulk.BATCH)
    reached.remember(change.pk, bulk.customers_behind(change, rows))
    left.filter(customer_id__lte=keys[-1]).delete()
    row.update(handled=F("handled") + len(keys), customers=F("customers") + len(rows))
    return True


def _changed(change: BulkChange, keys: list[int], *, now: datetime, today: date) -> list[BulkRow]:
    values = dict(change.values)
    if "until" in values:
        values["until"] = date.fromisoformat(values["until"])
    when = {"now": now, "today": today, "user_id": change.made_by_id}
    _kept, rows = bulk.DO[Kind(change.kind)](campaign_id=change.campaign_id, customer_ids=keys, **when, **values)
    return rows


def begin_undo(*, change_id: int, now: datetime, user_id: int) -> bool:
    """Stop it where it is, and take back what it changed, in portions too; False when it is too late for that."""
    with transaction.atomic():
        change = bulk.locked(change_id)
        if not bulk.undoable(change, now=now):
            return False
        values = {"state": State.UNDOING, "undone_by_id": user_id, "restored": 0}
        BulkChange.objects.filter(pk=change_id).update(**values)
    return True


def _back(change: BulkChange, *, now: datetime) -> bool:
    row = BulkChange.objects.filter(pk=change.pk)
    left = BulkChosen.objects.filter(change=change).order_by("customer_id").values_list("customer_id", flat=True)
    if waiting := list(left[:PORTION]):
        BulkChosen.objects.filter(change=change, customer_id__lte=waiting[-1]).delete()
        return True
    rows = list(BulkRow.objects.filter(change=change).order_by("target")[:PORTION])
    if not rows:
        row.update(state=State.DONE, undone_at=now)
        return False
    restored = bulk.put_back(change, rows)
    BulkRow.objects.filter(change=change, target__lte=rows[-1].target).delete()
    row.update(restored=F("restored") + restored)
    return True


def under_way() -> list[int]:
    """The changes that a worker has to go on with, the oldest first."""
    going_on = BulkChange.objects.filter(state__in=(State.CHOOSING, State.RUNNING, State.UNDOING))
    return list(going_on.order_by("pk").values_list("pk", flat=True))
