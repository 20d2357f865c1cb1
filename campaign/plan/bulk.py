"""Changes to many customers at once, which can be taken back for a day: exactly what they changed, nothing else.

What somebody has changed again since stays as it is then: that was decided later, and knowing this.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaign.customers import counts
from campaign.models import BulkChange, BulkRow, Campaign, Exemption, Holdout, Tagging, WavePlan
from campaign.plan import exemptions, reached, records
from campaign.plan.campaigns import NotPossible

Kind = BulkChange.Kind
UNDO = timedelta(hours=24)
MOST = 10_000  # customers in one transaction; more are changed in portions (bulk_portions.py)
BEFORE = ("pk", "wave", "wave_pinned")
BATCH = 1000  # rows of a statement, as far as SQLite goes


def apply(
    *,
    campaign_id: int,
    kind: str,
    customer_ids: list[int],
    values: dict[str, object],
    now: datetime,
    today: date,
    user_id: int,
) -> BulkChange:
    """All in one transaction. `values` are wave; or reason and until; or tag. Raises NotPossible."""
    if not 0 < len(customer_ids) <= MOST:
        raise NotPossible(_("Choose from 1 to %(most)s customers.") % {"most": MOST})
    with transaction.atomic():
        kept, rows = DO[Kind(kind)](
            campaign_id=campaign_id, customer_ids=customer_ids, now=now, today=today, user_id=user_id, **values
        )
        made = {"values": kept, "customers": len(rows), "made_at": now, "made_by_id": user_id}
        change = BulkChange.objects.create(campaign_id=campaign_id, kind=kind, **made)
        for row in rows:
            row.change_id = change.pk
        BulkRow.objects.bulk_create(rows, batch_size=BATCH)
    return change


def no_such_wave() -> str:
    return _("There is no such wave.")


def _move(*, campaign_id: int, customer_ids: list[int], wave: int, **_when: object) -> tuple[dict, list[BulkRow]]:
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)  # not beside a lot, or while standings are made
    plan = WavePlan.objects.filter(campaign=campaign_id).first()
    if plan is None or not 1 <= wave <= plan.waves:
        raise NotPossible(fields={"wave": no_such_wave()})
    rows = []
    for some in _batches(customer_ids):
        found = Holdout.objects.filter(campaign=campaign_id, customer__in=some).exclude(wave=wave, wave_pinned=True)
        was = [BulkRow(target=pk, wave=at, wave_pinned=pin) for pk, at, pin in found.values_list(*BEFORE)]
        Holdout.objects.filter(pk__in=[row.target for row in was]).update(wave=wave, wave_pinned=True)
        rows += was
    counts.mark_stale(campaign_id)
    return {"wave": wave}, rows


def _exempt(
    *, campaign_id: int, customer_ids: list[int], reason: str, until: date, today: date, user_id: int, **_when: object
) -> tuple[dict, list[BulkRow]]:
    made = []
    for some in _batches(customer_ids):
        inside = Holdout.objects.filter(campaign=campaign_id, customer__in=some).values_list("customer", flat=True)
        known = {"campaign_id": campaign_id, "customer_ids": list(inside), "today": today, "user_id": user_id}
        made += exemptions.grant(reason=reason, until=until, **known)
    return {"reason": reason, "until": until.isoformat()}, [BulkRow(target=each.pk) for each in made]


def _tag(
    *, customer_ids: list[int], tag: str, now: datetime, user_id: int, **_when: object
) -> tuple[dict, list[BulkRow]]:
    row = records.tag_named(records.tag_name(tag))
    rows = []
    for some in _batches(customer_ids):
        have = set(Tagging.objects.filter(tag=row, customer__in=some).values_list("customer", flat=True))
        new = [Tagging(tag=row, customer_id=pk, at=now, made_by_id=user_id) for pk in some if pk not in have]
        rows += [BulkRow(target=made.pk) for made in Tagging.objects.bulk_create(new)]
    return {"tag": row.name}, rows


def _batches(keys: list[int]) -> list[list[int]]:
    return [keys[at : at + BATCH] for at in range(0, len(keys), BATCH)]


def undoable(change: BulkChange, *, now: datetime) -> bool:
    """For a day after it was made, and once."""
    going_back = change.state == BulkChange.State.UNDOING
    return change.undone_at is None and not going_back and now - UNDO <= change.made_at


def locked(change_id: int) -> BulkChange:
    """For one transaction at a time: before its campaign, and before whatever it changes."""
    rows = BulkChange.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("campaign").get(pk=change_id)


def undo(*, change_id: int, now: datetime, user_id: int) -> int | None:
    """For how many customers it is as before; None when it was undone already, or is too old."""
    with transaction.atomic():
        change = locked(change_id)
        if not undoable(change, now=now):
            return None
        rows = list(BulkRow.objects.filter(change=change))
        batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        restored = sum(put_back(change, some) for some in batches)
        BulkRow.objects.filter(change=change).delete()
        done = {"undone_at": now, "undone_by_id": user_id, "restored": restored}
        BulkChange.objects.filter(pk=change.pk).update(**done)
    return restored


def customers_of(change: BulkChange) -> list[int]:
    """Whom it changed, but for those whom somebody has changed again since: these an undo leaves as they are."""
    rows = BulkRow.objects.filter(change=change).order_by("target").values_list("target", flat=True)
    found = _as_changed(change)
    return [pk for some in _batches(list(rows)) for pk in found.filter(pk__in=some).values_list("customer", flat=True)]


def customers_behind(change: BulkChange, rows: list[BulkRow]) -> list[int]:
    """Of at most a statement's rows, those that are still as the change left them."""
    return list(_as_changed(change).filter(pk__in=[row.target for row in rows]).values_list("customer", flat=True))


def put_back(change: BulkChange, rows: list[BulkRow]) -> int:
    """For how many of these it is as before."""
    if change.query:  # a worker's, of which the audit has no entry for each customer
        reached.remember(change.pk, customers_behind(change, rows), undone=True)
    return UNDONE[Kind(change.kind)](change, rows)


def _as_changed(change: BulkChange) -> QuerySet:
    """All of the kind that is as the change left what it changed; of an extra notice, nothing is kept here."""
    return {
        Kind.WAVE: lambda: Holdout.objects.filter(wave=change.values["wave"], wave_pinned=True),
        Kind.EXEMPT: lambda: Exemption.objects.filter(until=change.values["until"], ended_at=None),
        Kind.TAG: Tagging.objects.all,
        Kind.NOTICE: Holdout.objects.none,
    }[Kind(change.kind)]()


def _move_back(change: BulkChange, rows: list[BulkRow]) -> int:
    """Where the waves were decided anew since, an old number says nothing: these wait for the lot."""
    Campaign.objects.select_for_update(no_key=True).get(pk=change.campaign_id)
    anew = WavePlan.objects.filter(campaign=change.campaign_id, decided_at__gt=change.made_at).exists()
    before: dict[tuple[int | None, bool], list[int]] = {}
    for row in rows:
        wave = None if anew and not row.wave_pinned else row.wave
        before.setdefault((wave, row.wave_pinned), []).append(row.target)
    counts.mark_stale(change.campaign_id)
    moved = _as_changed(change)
    return sum(
        moved.filter(pk__in=targets).update(wave=wave, wave_pinned=pin) for (wave, pin), targets in before.items()
    )


def _exempt_no_more(change: BulkChange, rows: list[BulkRow]) -> int:
    return _as_changed(change).filter(pk__in=[row.target for row in rows]).delete()[0]


def _untag(change: BulkChange, rows: list[BulkRow]) -> int:
    return _as_changed(change).filter(pk__in=[row.target for row in rows]).delete()[0]


def forget_rows(*, now: datetime) -> int:
    """What can no longer be undone needs no row for each customer."""
    old = BulkChange.objects.filter(made_at__lt=now - UNDO, state__in=BulkChange.ENDED).values("pk")
    return BulkRow.objects.filter(change__in=old).delete()[0]


DO: dict[Kind, Callable] = {
    Kind.WAVE: _move,
    Kind.EXEMPT: _exempt,
    Kind.TAG: _tag,
}
UNDONE: dict[Kind, Callable[[BulkChange, list[BulkRow]], int]] = {
    Kind.WAVE: _move_back,
    Kind.EXEMPT: _exempt_no_more,
    Kind.TAG: _untag,
}
