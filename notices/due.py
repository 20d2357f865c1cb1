"""Who would be due if a kind were planned now, by reason, for the page of the plan.

Of a large campaign a job counts, since it takes seconds: asked for by the page, which does not wait.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from campaign.models import Campaign, Holdout
from notices import audience, selection
from notices.audience import Audience
from notices.models import DueCounts
from notices.selection import WhyNot

SMALL = 50_000  # holdouts of a campaign: up to so many are counted while somebody waits
FRESH = timedelta(minutes=5)
DUE = ""


@dataclass(frozen=True)
class Counted:
    """`at` is when it was; None: now."""

    due: int
    others: dict[WhyNot, int]
    at: datetime | None = None


def of(campaign: Campaign, kind: str, to_whom: Audience, *, today: date, now: datetime) -> Counted | None:
    """None where a job is yet to count, which this asks for; numbers of today that are old are shown until then."""
    if not Holdout.objects.filter(campaign=campaign)[SMALL : SMALL + 1].exists():
        return _read(selection.by_reason(campaign, today=today, kind=kind, audience=to_whom))
    row = DueCounts.objects.filter(campaign=campaign, kind=kind).first()
    if row is None or row.audience != to_whom.as_json():
        asked = {"audience": to_whom.as_json(), "waiting": True, "asked_at": now, "counted_at": None, "numbers": {}}
        DueCounts.objects.update_or_create(campaign=campaign, kind=kind, defaults=asked)
        return None
    of_today = row.counted_at is not None and timezone.localdate(row.counted_at) == today
    if not of_today or row.counted_at < now - FRESH:
        DueCounts.objects.filter(pk=row.pk, waiting=False).update(waiting=True, asked_at=now)
    return _read(row.numbers, at=row.counted_at) if of_today else None


def among(campaign: Campaign, kind: str, holdouts: models.QuerySet, *, today: date) -> Counted | None:
    """Of these holdouts of the campaign; None for more than are counted while somebody waits."""
    if holdouts.order_by()[SMALL : SMALL + 1].exists():
        return None
    found = selection.holdouts_with_reason(campaign, today=today, kind=kind)
    found = found.filter(pk__in=holdouts.order_by().values("pk"))
    return _read(dict(found.order_by().values_list("not_due").annotate(number=models.Count("pk"))))


def count_waiting(*, now: datetime) -> int:
    """Answer what was asked; how many. An answer to what is not asked any more is dropped."""
    waiting = list(DueCounts.objects.filter(waiting=True).select_related("campaign").order_by("asked_at", "pk"))
    for row in waiting:
        to_whom = audience.kept(row.audience)
        today = timezone.localdate(now)
        numbers = selection.by_reason(row.campaign, today=today, kind=row.kind, audience=to_whom)
        asked = DueCounts.objects.filter(pk=row.pk, asked_at=row.asked_at)
        asked.update(waiting=False, counted_at=now, numbers=numbers)
    return len(waiting)


def _read(numbers: dict[str, int], *, at: datetime | None = None) -> Counted:
    others = {WhyNot(reason): number for reason, number in numbers.items() if reason != DUE}
    return Counted(numbers.get(DUE, 0), others, at)
