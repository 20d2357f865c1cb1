"""Who is a holdout: new ones, those dated anew, and those whose evidence went away."""

from datetime import date
from pathlib import Path

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from campaign.locks import PLANNING, in_turn
from campaign.models import Campaign, DailyUse, Holdout

BATCH = 500
EVER = date.min


def bring_up_to_date(campaign: Campaign, *, days: set[date] | None, today: date) -> None:
    """Make the campaign's holdouts agree with the legacy use of `days`; None for all days.

    Whoever was written to stays even without evidence: the ledger of what was sent refers to
    them. Their standing is then `silent`.
    """
    if days == set():
        return
    start = min(days) if days else EVER
    values = {"campaign": campaign.pk, "legacy": campaign.legacy_class.value, "start": start, "day": today}
    with connection.cursor() as cursor:
        text = Path(__file__).with_name("identification.sql").read_text()
        cursor.execute(text.format(days=_among(days, today)), values)
    gone = list(_without_evidence(campaign, start, today).values_list("pk", flat=True))
    if gone:
        in_turn(PLANNING)  # a mailing that is being planned may be to them, which nobody sees before it is planned
    for begin in range(0, len(gone), BATCH):
        Holdout.objects.filter(pk__in=gone[begin : begin + BATCH], notices=None).delete()


def _among(days: set[date] | None, today: date) -> str:
    if days is None:
        return f"<= '{today.isoformat()}'"
    return f"IN ({', '.join(repr(day.isoformat()) for day in sorted(days))})"


def _without_evidence(campaign: Campaign, start: date, today: date) -> QuerySet[Holdout]:
    """Of those identified from `start` on: neither a first day that is confirmed, nor a second one."""
    use = DailyUse.objects.filter(
        customer=OuterRef("customer"), submission_class=campaign.legacy_class, day__lte=today
    ).order_by("day")
    holdouts = Holdout.objects.filter(campaign=campaign, identified_on__gte=start).annotate(
        first_confirmed=Subquery(use.values("confirmed")[:1]), second=Subquery(use.values("day")[1:2])
    )
    return holdouts.filter(Q(first_confirmed=None) | Q(first_confirmed=0, second=None))
