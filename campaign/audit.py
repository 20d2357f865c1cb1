"""Writes the audit: one entry for a change, a look at a customer, or an export.

The doors call it (pages, commands), in the transaction of the change: either both stand or neither.
"""

import getpass
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Cast

from campaign.models import AuditEntry, AuditRemoval, BulkReached

Act = AuditEntry.Act
SAME_LOOK = timedelta(minutes=10)
BATCH = 1000  # rows of a statement
RETENTION = "audit"  # the kind of the entry that a removal of old entries leaves


@dataclass(frozen=True)
class Actor:
    """Who does it, and from where. A command may know no staff member: then its name is the shell's."""

    user_id: int | None
    name: str
    remote: str = ""


def of_command(user: Any = None) -> Actor:
    """`user` is the staff member that the command names, if it names one."""
    if user is not None:
        return Actor(user.pk, user.get_username())
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "?"
    return Actor(None, f"{name} (shell)")


@dataclass(frozen=True)
class Thing:
    """What something was done to."""

    kind: str
    key: str = ""
    what: str = ""
    customer_id: int | None = None


def thing(row: models.Model, *, what: str = "") -> Thing:
    """A row: its model, its key, what it is called, and whose it is where it is a customer's."""
    customer_id = row.pk if row._meta.model_name == "customer" else getattr(row, "customer_id", None)
    return Thing(row._meta.model_name, str(row.pk), what or str(row), customer_id)


def note(
    by: Actor,
    act: Act,
    on: Thing,
    *,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Of `before` and `after` only what differs is kept."""
    entry = _entry(by, act, on, now=now, before=before, after=after, reason=reason)
    entry.save()
    return entry


def note_each(
    by: Actor,
    act: Act,
    on: Thing,
    customer_ids: Iterable[int],
    *,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """The same of each of these customers, beside the one entry of them all."""
    values = {"now": now, "before": before, "after": after}
    entries = (_entry(by, act, replace(on, customer_id=pk), **values) for pk in customer_ids)
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)


def _entry(
    by: Actor,
    act: Act,
    on: Thing,
    *,
    now: datetime,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    reason: str = "",
) -> AuditEntry:
    if before is not None and after is not None:
        before, after = differences(before, after)
    return AuditEntry(
        at=now,
        by_id=by.user_id,
        by_name=by.name[:150],
        remote=by.remote[:43],
        act=act,
        kind=on.kind[:40],
        key=on.key[:80],
        what=on.what[:200],
        customer_id=on.customer_id,
        before=plain(before),
        after=plain(after),
        reason=" ".join(reason.split())[:300],
    )


def seen(by: Actor, on: Thing, *, now: datetime) -> bool:
    """A look at a customer. Looking again within ten minutes is the same look: False."""
    looks = AuditEntry.objects.filter(by=by.user_id, act=Act.SEEN, customer=on.customer_id, at__gt=now - SAME_LOOK)
    if by.user_id is not None and looks.filter(kind=on.kind[:40], key=on.key[:80], remote=by.remote[:43]).exists():
        return False
    note(by, Act.SEEN, on, now=now)
    return True


def values_of(row: models.Model, *fields: str) -> dict[str, object]:
    return {name: getattr(row, name) for name in fields}


def differences(before: dict[str, object], after: dict[str, object]) -> tuple[dict, dict]:
    """What was before and what is after, of those names alone whose value changed."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ({name: each.get(name) for name in changed} for each in (before, after))


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def remove_before(moment: datetime, *, by: Actor, now: datetime) -> int:
    """What is older than the retention goes, and an entry says that it went. Raises ValueError for the future."""
    if moment > now:
        raise ValueError(f"entries before {moment} were to be removed, and it is {now}: wanted a moment that has been")
    with transaction.atomic():
        key = AuditRemoval.objects.create(before=moment)
        old = AuditEntry.objects.filter(at__lt=moment)
        number = old._raw_delete(old.db)
        key.delete()
        _forget_of_whom_nothing_tells(moment)
        note(by, Act.REMOVED, Thing(RETENTION), now=now, after={"before": moment, "entries": number})
    return number


def _forget_of_whom_nothing_tells(moment: datetime) -> None:
    """Of changes of very many made before it: whom they reached, once no entry is left that tells of the change."""
    key = Cast(models.OuterRef("change_id"), models.CharField(max_length=80))
    entries = AuditEntry.objects.filter(kind="bulkchange", customer=None, key=key)
    reached = BulkReached.objects.filter(change__made_at__lt=moment)
    reached.filter(~models.Exists(entries)).delete()
