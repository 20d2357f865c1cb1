"""Holdouts -> how many have what in common, kept: every filter of the first page is answered from these cells.

Counting a million holdouts takes a second or two, so it is done where they change, not where
somebody looks. The cells are few: most combinations of standing, reason, program and wave do not exist.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from campaign.customers.chosen import Cell, Chosen, Shared, wanted_cells, with_common
from campaign.models import Campaign, Contact, Holdout, HoldoutCounts

TOP_RANGES = 10  # of addresses, those with most customers left: for these alone there are cells
CONTACT_DAYS = 28
WEEK = 7
REMEMBERED = 64  # results that are kept beside the cells they were made of

NOT_MADE = object()

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Kept:
    """`by_range` has all ranges together under ""."""

    counted_at: datetime
    by_range: dict[str, list[Cell]]
    _made: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def remembered(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` makes of these cells; made again only after many others."""
        found = self._made.get(key, NOT_MADE)
        if found is NOT_MADE:
            if len(self._made) >= REMEMBERED:
                self._made.clear()  # at any moment another thread's, too
            found = self._made[key] = make()
        return found

    def wanted(self, chosen: Chosen) -> list[Cell]:
        return wanted_cells(chosen, self.by_range.get(chosen.range, ()))

    def of_ranges(self, chosen: Chosen) -> list[Cell]:
        """The chosen of each single range that is counted, whichever range is chosen."""
        return [cell for place in self.ranges for cell in wanted_cells(chosen, self.by_range[place])]

    @property
    def ranges(self) -> list[str]:
        return [place for place in self.by_range if place]


def kept(campaign: Campaign) -> Kept | None:
    """As last counted; None before that. Cells are read again only where they are others."""
    version = HoldoutCounts.objects.filter(campaign=campaign).values_list("version", flat=True).first()
    return _kept(campaign.pk, version) if version else None


def kept_unchanged(campaign: Campaign) -> Kept | None:
    """The same, but None where a person has changed something since, such as waves: then it is to be counted."""
    return kept(campaign) if HoldoutCounts.objects.filter(campaign=campaign, stale=False).exists() else None


def with_range(found: Kept, campaign: Campaign, place: str, *, today: date) -> Kept:
    """A range without cells is one with few customers: it is counted now."""
    if place in found.by_range:
        return found
    few = _cells(Holdout.objects.filter(campaign=campaign, last_range=place), today=today)
    return Kept(found.counted_at, {**found.by_range, **by_range(Cell(*cell) for cell in few)})


@lru_cache(maxsize=4)
def _kept(campaign_id: int, _version: str) -> Kept | None:
    row = HoldoutCounts.objects.filter(campaign=campaign_id).first()
    return Kept(row.counted_at, by_range(Cell(*cell) for cell in row.cells)) if row else None


def by_range(cells: Iterable[Shared]) -> dict[str, list[Shared]]:
    """The cells of all ranges together are under ""."""
    found: dict[str, list[Shared]] = {}
    for cell in cells:
        found.setdefault(cell.range, []).append(cell)
    return found


def sums(cells: Iterable[Cell], key: Callable[[Cell], Hashable]) -> Counter:
    """Holdouts by what `key` says of their cell."""
    found: Counter = Counter()
    for cell in cells:
        found[key(cell)] += cell.holdouts
    return found


def count_due(*, today: date) -> int:
    """Count the campaigns that were never counted, or where something has changed since; how many."""
    due = list(Campaign.objects.exclude(holdout_counts__stale=False).order_by("pk"))
    for campaign in due:
        count(campaign, today=today)
    return len(due)


def mark_stale(campaign_id: int) -> None:
    """Something that is counted has changed other than by evidence: a job counts anew within half a minute."""
    HoldoutCounts.objects.filter(campaign=campaign_id).update(stale=True)


def count(campaign: Campaign, *, today: date) -> None:
    """Replace what is kept, one at a time: whoever marks it stale meanwhile does so after this, and who dies in the
    middle leaves it as it was.
    """
    with transaction.atomic():
        none = {"counted_at": Now(), "version": "", "cells": []}
        HoldoutCounts.objects.get_or_create(campaign=campaign, defaults=none)
        row = HoldoutCounts.objects.select_for_update(of=("self",), no_key=True).defer("cells").get(campaign=campaign)
        values = {"counted_at": Now(), "version": uuid4().hex, "cells": _all_cells(campaign, today=today)}
        HoldoutCounts.objects.filter(pk=row.pk).update(stale=False, **values)


def _all_cells(campaign: Campaign, *, today: date) -> list[list]:
    holdouts = Holdout.objects.filter(campaign=campaign)
    top = holdouts.filter(last_range__in=_top_ranges(holdouts))
    return [*_cells(holdouts, today=today, everywhere=True), *_cells(top, today=today)]


def _top_ranges(holdouts: QuerySet[Holdout]) -> list[str]:
    ranges = holdouts.left().exclude(last_range="").values("last_range").annotate(number=Count("*"))
    return [found["last_range"] for found in ranges.order_by("-number", "last_range")[:TOP_RANGES]]


def _cells(holdouts: QuerySet[Holdout], *, today: date, everywhere: bool = False) -> list[list]:
    """Lists, since they are kept as JSON: the fields of `Cell`."""
    rows, fields = with_common(holdouts, everywhere=everywhere)
    counted = rows.values_list(*fields).order_by().annotate(number=Count("*"), begun=Count("last_auth_on"))
    contacts = _contacts(rows, fields, today=today)
    return [[*row, contacts.get(row[: len(fields)], [])] for row in counted]


def _contacts(rows: QuerySet[Holdout], fields: Sequence[str], *, today: date) -> dict[tuple, list[int]]:
    """By what the cells have in common, as they have them."""
    ends = (today - timedelta(days=CONTACT_DAYS - 1), today + timedelta(days=1))
    begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in ends)
    asked = rows.filter(customer__contacts__at__gte=begin, customer__contacts__at__lt=end)
    day = TruncDate("customer__contacts__at", tzinfo=timezone.get_default_timezone())
    counted = asked.values_list(*fields, day, "customer__contacts__topic").order_by().annotate(number=Count("*"))
    found: dict[tuple, list[int]] = {}
    for *common, on, topic, number in counted:
        numbers = found.setdefault(tuple(common), [0] * (2 + len(Contact.Topic)))
        ago = (today - on).days
        if ago < 2 * WEEK:
            numbers[ago // WEEK] += number
        numbers[2 + Contact.Topic.values.index(topic)] += number
    return found
