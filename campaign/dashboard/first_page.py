"""The first page of the staff: how far a campaign is, what to do now, and who is left."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from campaign.dashboard import contact_figures, effects, figures, way
from campaign.dashboard.left_out import left_out
from campaign.dashboard.narrowing import chips, narrowed_in
from campaign.dashboard.progress import progress
from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from notices import funnel


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "progress.html", {"progress": None, "campaigns": []})
    today, narrowed = timezone.localdate(), narrowed_in(request.GET, campaign)
    found = progress(campaign=campaign, today=today, now=timezone.now(), narrowed=narrowed)
    reached = funnel.kept(campaign)
    values = {
        "progress": found,
        "quiet_days": campaign.quiet_days,
        "effect": effects.newest(campaign),
        "campaigns": campaign_choices(campaign, reverse("progress")),
        "chips": chips(narrowed),
        "left_out": left_out(request.GET, narrowed),
        "way": way.of(campaign, reached, narrowed),
        "contacts": contact_figures.of(found.kept, narrowed, today=today),
    }
    return show(request, "progress.html", values | figures.of(found, reached))
