"""All mailings, newest first; those of one campaign where the address names it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard.shell import Choice, asked_campaign, pager, show
from campaign.dashboard.words import mailing_title
from campaign.models import Campaign
from notices import reports
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
    found = Mailing.objects.rounds().with_counts().select_related("campaign")
    found = found.order_by("-planned_at", "-period", "-pk")
    name = asked_campaign(request)
    if name:
        found = found.filter(campaign__name=name)
    pages = pager(request, total=found.count(), size=24)
    mailed = list(found[pages.shown])
    planned, accepted = counted(mailed, now=timezone.now())
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


def counted(mailed: list[Mailing], *, now: datetime) -> tuple[Counter, Counter]:
    """How many notices each has, and how many of them the relay took, by primary key."""
    large = {mailing.pk: reports.of(mailing, now=now) for mailing in mailed if reports.good(mailing, now=now)}
    planned = Counter({pk: report.planned for pk, report in large.items()})
    accepted = Counter({pk: report.accepted for pk, report in large.items()})
    others = Notice.objects.filter(mailing__in=[mailing.pk for mailing in mailed if mailing.pk not in large])
    for mailing, state, notices in others.values_list("mailing", "state").annotate(number=Count("*")).order_by():
        planned[mailing] += notices
        accepted[mailing] += notices if state == Notice.State.ACCEPTED else 0
    return planned, accepted


def _choices(campaigns: list[Campaign], name: str) -> list[Choice]:
    """Links to the mailings of each campaign; empty where there is only one."""
    if len(campaigns) < 2:
        return []
    address = reverse("mailings")
    found = [Choice(_("All campaigns"), address, not name)]
    return found + [Choice(str(each), f"{address}?campaign={each.name}", each.name == name) for each in campaigns]
