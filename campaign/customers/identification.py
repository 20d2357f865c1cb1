"""Who is a holdout: new ones, those dated anew, and those whose evidence went away."""

from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from campaign.customers.status import identified_on
from campaign.models import Campaign, Customer, DailyUse, Holdout, Standing

BATCH = 500


class Evidence(NamedTuple):
    """The first two days of one customer's legacy use."""

    customer_id: int
    first: date | None
    first_at: object
    first_confirmed: int | None
    second: date | None

    @property
    def identified_on(self) -> date | None:
        return identified_on(first=self.first, first_is_confirmed=bool(self.first_confirmed), second=self.second)


def bring_up_to_date(campaign: Campaign, *, days: set[date] | None, today: date) -> None:
    """Make the campaign's holdouts agree with the legacy use of `days`; None for all days.

    Whoever was written to stays even without evidence: the ledger of what was sent refers to
    them. Their standing is then `silent`.
    """
    known = {
        customer: (pk, identified, first)
        for customer, pk, identified, first in _concerned(campaign, days, today).values_list(
            "customer_id", "pk", "identified_on", "first_legacy_on"
        )
    }
    found, gone = [], []
    for evidence in _evidence(campaign, days, today):
        before = known.get(evidence.customer_id)
        if evidence.identified_on is None:
            gone += [before[0]] if before else []
        elif before is None or before[1:] != (evidence.identified_on, evidence.first):
            found.append(_holdout(campaign, evidence))
    Holdout.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["campaign", "customer"],
        update_fields=["identified_on", "first_legacy_on"],
    )
    for begin in range(0, len(gone), BATCH):
        Holdout.objects.filter(pk__in=gone[begin : begin + BATCH], notices=None).delete()


def _legacy_use(campaign: Campaign, days: set[date] | None, today: date) -> QuerySet[DailyUse]:
    use = DailyUse.objects.filter(submission_class=campaign.legacy_class, day__lte=today)
    return use if days is None else use.filter(day__in=days)


def _concerned(campaign: Campaign, days: set[date] | None, today: date) -> QuerySet[Holdout]:
    """Holdouts with legacy use on `days`, or identified by such that may be gone."""
    holdouts = Holdout.objects.filter(campaign=campaign)
    if days is None:
        return holdouts
    with_use = Q(customer__in=_legacy_use(campaign, days, today).values("customer"))
    return holdouts.filter(with_use | Q(identified_on__in=days) | Q(first_legacy_on__in=days))


def _evidence(campaign: Campaign, days: set[date] | None, today: date):
    """For the concerned and for customers with legacy use on `days`: steps into daily use's key."""
    with_use = Q(pk__in=_legacy_use(campaign, days, today).values("customer"))
    concerned = Q(pk__in=_concerned(campaign, days, today).values("customer"))
    use = _legacy_use(campaign, None, today).filter(customer=OuterRef("pk")).order_by("day")
    customers = Customer.objects.filter(with_use | concerned).annotate(
        first=Subquery(use.values("day")[:1]),
        first_at=Subquery(use.values("last_at")[:1]),
        first_confirmed=Subquery(use.values("confirmed")[:1]),
        second=Subquery(use.values("day")[1:2]),
    )
    rows = customers.order_by("pk").values_list("pk", "first", "first_at", "first_confirmed", "second")
    return map(Evidence._make, rows.iterator(chunk_size=2000))


def _holdout(campaign: Campaign, evidence: Evidence) -> Holdout:
    """Where it stands is found out right after."""
    return Holdout(
        campaign=campaign,
        customer_id=evidence.customer_id,
        identified_on=evidence.identified_on,
        first_legacy_on=evidence.first,
        last_legacy_on=evidence.first,
        last_legacy_at=evidence.first_at,
        standing=Standing.HOLDOUT,
        standing_since=evidence.identified_on,
    )
