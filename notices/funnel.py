"""How far those got who were written to: delivered, guide opened, signed in since, moved. Counted apart, and kept.

Each step is counted by itself, of all whose notice the relay accepted: one can move without opening the guide
from the link, and a delivery may be missing in the log. Opening a link counts for nothing, since robots do that;
a visit is the button on the page behind it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import uuid4

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from campaign.customers import counts
from campaign.customers.chosen import Chosen, Common, wanted_cells, with_common
from campaign.models import Campaign
from campaign.models.holdouts import MOVED
from notices.models import Delivery, FunnelCounts, Mailing, Notice, Visit

HELD = 7  # days without the old way after which a move counts here
SHOWN = 6  # rounds, the latest, that can be looked at one by one
AGAIN_AFTER = timedelta(minutes=30)
SELDOM_AFTER = timedelta(hours=20)  # for rounds that ended long ago
ENDED = timedelta(days=30)
STEPS = ("sent", "delivered", "visited", "begun", "moved")


@dataclass(frozen=True, slots=True)
class Cell(Common):
    """How many customers got to each of `STEPS`."""

    sent: int
    delivered: int
    visited: int
    begun: int
    moved: int


@dataclass(frozen=True, eq=False)
class Kept:
    """`by_range` has all ranges together under ""; of single ranges only those with most customers left."""

    counted_at: datetime
    by_range: dict[str, list[Cell]]

    def wanted(self, chosen: Chosen) -> list[Cell]:
        return wanted_cells(chosen, self.by_range.get(chosen.range, ()))

    def steps(self, chosen: Chosen) -> dict[str, int]:
        """How many of the chosen customers got to each of `STEPS`."""
        return steps(self.wanted(chosen))


def steps(cells: Iterable[Cell]) -> dict[str, int]:
    found = dict.fromkeys(STEPS, 0)
    for cell in cells:
        for step in STEPS:
            found[step] += getattr(cell, step)
    return found


def kept(campaign: Campaign, mailing_id: int | None = None) -> Kept | None:
    """As last counted of one round, or of all; None before that."""
    found = FunnelCounts.objects.filter(campaign=campaign, mailing=mailing_id)
    version = found.values_list("version", flat=True).first()
    return _kept(campaign.pk, mailing_id, version) if version else None


@lru_cache(maxsize=16)
def _kept(campaign_id: int, mailing_id: int | None, _version: str) -> Kept | None:
    row = FunnelCounts.objects.filter(campaign=campaign_id, mailing=mailing_id).first()
    return Kept(row.counted_at, counts.by_range(Cell(*cell) for cell in row.cells)) if row else None


def rounds(campaign: Campaign) -> list[Mailing]:
    """Those that can be looked at one by one, the latest first."""
    begun = Mailing.objects.rounds().filter(campaign=campaign, started_at__isnull=False)
    return list(begun.exclude(kind=Mailing.Kind.THANKS).order_by("-planned_at", "-pk")[:SHOWN])


def count_due(*, now: datetime) -> int:
    """Count anew what may have changed; how many were counted."""
    number = 0
    for campaign in Campaign.objects.order_by("pk"):
        counted = dict(FunnelCounts.objects.filter(campaign=campaign).values_list("mailing", "counted_at"))
        for mailing in [None, *rounds(campaign)]:
            if _due(mailing, counted.get(mailing and mailing.pk), now):
                count(campaign, mailing, now=now)
                number += 1
    return number


def _due(mailing: Mailing | None, counted_at: datetime | None, now: datetime) -> bool:
    if counted_at is None:
        return True
    old = mailing is not None and mailing.ended_at is not None and mailing.ended_at < now - ENDED
    return now - counted_at >= (SELDOM_AFTER if old else AGAIN_AFTER)


def count(campaign: Campaign, mailing: Mailing | None, *, now: datetime) -> None:
    """Replace what is kept of a round, or of all rounds."""
    sent = Notice.objects.filter(mailing__campaign=campaign, state=Notice.State.ACCEPTED)
    rounds = sent.filter(mailing__only_for=None).exclude(mailing__kind=Mailing.Kind.THANKS)
    sent = sent.filter(mailing=mailing) if mailing else rounds
    today = timezone.localdate(now)
    several = mailing is None
    cells = _cells(sent, today=today, several=several, everywhere=True)
    holdouts = counts.kept(campaign)
    if holdouts and holdouts.ranges:
        cells += _cells(sent.filter(holdout__last_range__in=holdouts.ranges), today=today, several=several)
    values = {"counted_at": now, "version": uuid4().hex, "cells": cells}
    FunnelCounts.objects.update_or_create(campaign=campaign, mailing=mailing, defaults=values)


def _cells(sent: QuerySet[Notice], *, today: date, several: bool, everywhere: bool = False) -> list[list]:
    """Of several notices to one customer, it is enough if one got so far; in one round everybody has but one."""
    rows, fields = with_common(sent, "holdout__", everywhere=everywhere)
    opened = Exists(Visit.objects.filter(notice=OuterRef("pk"), act=Visit.Act.GUIDE))
    grouped = rows.annotate(opened=opened).values_list(*fields).order_by()
    conditions = {
        "number": Q(),
        "delivered": Q(delivery__fate=Delivery.Fate.DELIVERED),
        "visited": Q(opened=True),
        "begun": Q(holdout__last_auth_at__gte=F("accepted_at")),
        "moved": Q(holdout__standing__in=MOVED, holdout__last_legacy_on__lte=today - timedelta(days=HELD)),
    }
    people = {name: Count("holdout", distinct=several, filter=each or None) for name, each in conditions.items()}
    return list(map(list, grouped.annotate(**people)))
