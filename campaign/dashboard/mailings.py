"""All mailings, newest first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
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
    found = Mailing.objects.select_related("campaign").order_by("-period", "-pk")
    pages = pager(request, total=found.count(), size=24)
    mailed = list(found[pages.shown])
    counts = Notice.objects.filter(mailing__in=mailed).values_list("mailing", "state").annotate(Count("pk")).order_by()
    planned, accepted = Counter(), Counter()
    for mailing, state, notices in counts:
        planned[mailing] += notices
        accepted[mailing] += notices if state == Notice.State.ACCEPTED else 0
    summaries = [
        Summary(
            pk=mailing.pk,
            campaign=str(mailing.campaign),
            period=mailing.period,
            state=mailing.state,
            state_title=mailing.get_state_display(),
            planned_at=mailing.planned_at,
            planned=planned[mailing.pk],
            accepted=accepted[mailing.pk],
        )
        for mailing in mailed
    ]
    return show(request, "mailings.html", {"mailings": summaries, "pager": pages})
