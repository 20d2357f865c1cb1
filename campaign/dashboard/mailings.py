"""All mailings, newest first; those of one campaign where the address names it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.shell import Choice, asked_campaign, pager, show
from campaign.dashboard.words import mailing_title
from campaign.models import Campaign
from notices.models import Mailing, Notice


@dataclass(frozen=True)
class Summary:
    """One mailing in the list."""

    pk: int
    campaign: str
    title: str
    state: str
    state_title: str
    planned_at: datetime
    planned: int
    accepted: int


def page(request: HttpRequest) -> HttpResponse:
    found = Mailing.objects.rounds().select_related("campaign").order_by("-planned_at", "-period", "-pk")
    name = asked_campaign(request)
    if name:
        found = found.filter(campaign__name=name)
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
            title=mailing_title(mailing.kind, mailing.period),
            state=mailing.state,
            state_title=mailing.get_state_display(),
            planned_at=mailing.planned_at,
            planned=planned[mailing.pk],
            accepted=accepted[mailing.pk],
        )
        for mailing in mailed
    ]
    campaigns = list(Campaign.objects.order_by("pk"))
    values = {
        "mailings": summaries,
        "pager": pages,
        "campaigns": _choices(campaigns, name),
        "plan_url": reverse("plan") + (f"?campaign={name}" if name else "") if campaigns else "",
    }
    return show(request, "mailings.html", values)


def _choices(campaigns: list[Campaign], name: str) -> list[Choice]:
    """Links to the mailings of each campaign; empty where there is only one."""
    if len(campaigns) < 2:
        return []
    address = reverse("mailings")
    found = [Choice(_("All campaigns"), address, not name)]
    return found + [Choice(str(each), f"{address}?campaign={each.name}", each.name == name) for each in campaigns]
