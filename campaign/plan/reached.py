"""Whom a change of very many has reached: found by the customer for as long as the audit tells of the change.

The audit has one entry of such a change, not a million. Beside it stands a bit for each customer that was changed, and
one for each for whom that was undone. A stretch of keys is a row: who asks about a customer reads one row a change.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from campaign.models import AuditEntry, BulkReached

STRETCH = 8192  # keys of a row
BATCH = 100  # rows of a statement
ENTRIES = {"kind": "bulkchange", "customer": None}  # of the audit, about such changes


@dataclass(frozen=True)
class Changes:
    """Keys of the changes that reached a customer, and of those of them that were undone for him."""

    made: list[int]
    undone: list[int]


def remember(change_id: int, customer_ids: Iterable[int], *, undone: bool = False) -> None:
    """They were changed, or with `undone` are as before; in the transaction that does it, which locks the change."""
    column = "restored" if undone else "changed"
    new = bits_of(customer_ids)
    kept = BulkReached.objects.filter(change=change_id, stretch__in=new).values_list("stretch", column)
    for stretch, bits in kept:
        new[stretch] = together(new[stretch], bits)
    rows = [BulkReached(change_id=change_id, stretch=stretch, **{column: bits}) for stretch, bits in new.items()]
    keys = {"update_conflicts": True, "unique_fields": ["stretch", "change"]}
    BulkReached.objects.bulk_create(rows, batch_size=BATCH, update_fields=[column], **keys)


def bits_of(keys: Iterable[int]) -> dict[int, bytes]:
    """By stretch, a bit for each key."""
    found: dict[int, bytearray] = defaultdict(lambda: bytearray(STRETCH // 8))
    for key in keys:
        stretch, place = divmod(key, STRETCH)
        found[stretch][place // 8] |= 1 << place % 8
    return {stretch: bytes(bits) for stretch, bits in found.items()}


def together(one: bytes, other: bytes) -> bytes:
    both = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return both.to_bytes(STRETCH // 8, "little")


def has(bits: bytes, place: int) -> bool:
    return bool(bits) and bool(bits[place // 8] >> place % 8 & 1)


def changes_of(customer_ids: Iterable[int]) -> Changes:
    """The changes of very many that changed one of these."""
    found = Changes([], [])
    for key in customer_ids:
        stretch, place = divmod(key, STRETCH)
        rows = BulkReached.objects.filter(stretch=stretch).values_list("change", "changed", "restored")
        for change, changed, restored in rows:
            found.made.extend([change] if has(changed, place) else ())
            found.undone.extend([change] if has(restored, place) else ())
    return found


def entries_of(customer_ids: Iterable[int]) -> list[int]:
    """Keys of the audit's entries of those changes: that they were made, and where it was so for these, undone."""
    changes = changes_of(customer_ids)
    if not changes.made:
        return []
    entries = AuditEntry.objects.filter(**ENTRIES)
    made = entries.filter(key__in=map(str, changes.made)).exclude(act=AuditEntry.Act.REMOVED)
    undone = entries.filter(key__in=map(str, changes.undone), act=AuditEntry.Act.REMOVED)
    return [*made.values_list("pk", flat=True), *undone.values_list("pk", flat=True)]
