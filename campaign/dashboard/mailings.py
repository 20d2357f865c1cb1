"""All mailings, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from campaign.dashboard.shell import pager, show
from notices.models import Mailing, Notice


@dataclass(frozen=True)
class Summary:
    """One mailing in the list."""

    pk: int
    campaign: str
    period: str
    state: str
    state_title: str
    planned_at: datetime
    planned: int
    accepted: int


def page(request: HttpRequest) -> HttpResponse:
    counts = {"planned": Count("notices"), "accepted": Count("notices", filter=Q(notices__state=Notice.State.ACCEPTED))}
    found = Mailing.objects.select_related("campaign").order_by("-period", "-pk")
    pages = pager(request, total=found.count(), size=24)
    mailed = list(found[pages.shown])
    # Counted for the page's mailings alone, and in a statement of its own: a join would sort all notices.
    numbers = Mailing.objects.filter(pk__in=[mailing.pk for mailing in mailed]).annotate(**counts).order_by()
    by_mailing = {pk: (planned, accepted) for pk, planned, accepted in numbers.values_list("pk", "planned", "accepted")}
    summaries = [
        Summary(
            mailing.pk,
            str(mailing.campaign),
            mailing.period,
            mailing.state,
            mailing.get_state_display(),
            mailing.planned_at,
            *by_mailing[mailing.pk],
        )
        for mailing in mailed
    ]
    return show(request, "mailings.html", {"mailings": summaries, "pager": pages})
