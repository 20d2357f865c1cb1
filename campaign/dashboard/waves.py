"""Waves and rounds: who is written to when, how far each wave is, and what each round brought about."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import audit
from campaign.customers import counts
from campaign.customers.counts import sums
from campaign.dashboard import effects, noting
from campaign.dashboard.acts import number_in
from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from campaign.models import Campaign, Holdout, Standing, WavePlan
from campaign.models.holdouts import LEFT, MOVED
from campaign.plan.campaigns import NotPossible
from campaign.plan.waves import LONGEST_BETWEEN, MOST_WAVES, wrong_numbers
from notices import waves
from notices.models import Mailing, WaveNotices

DECIDE = "campaign.decide_waves"
WITH_AUTH = (Standing.MIXED, *MOVED)
ROUNDS = 24  # shown, the latest first


@dataclass(frozen=True)
class Wave:
    """One wave, and in the last row those in none (`number` None)."""

    number: int | None
    begins: date | None
    first_on: date | None  # of its notices, as planned
    last_on: date | None
    customers: int
    written: int
    started: int
    moved: int
    left: int


def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _decide(request)
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "waves.html", {"campaign_title": None, "campaigns": []})
    return _shown(request, campaign, given=None)


def _shown(
    request: HttpRequest, campaign: Campaign, *, given: QueryDict | None, wrong: dict[str, str] | None = None
) -> HttpResponse:
    plan = WavePlan.objects.filter(campaign=campaign).select_related("decided_by").first()
    found = effects.of(campaign, at_most=ROUNDS)
    values = {
        "campaign": campaign.name,
        "campaign_title": str(campaign),
        "campaigns": campaign_choices(campaign, reverse("waves")),
        "plan": plan,
        "waves": waves_of(campaign, plan),
        "may_decide": request.user.has_perm(DECIDE) and not waves.begun(campaign),
        "given": _given(given, plan),
        "most": {"waves": MOST_WAVES, "days_between": LONGEST_BETWEEN},
        "today": timezone.localdate(),
        "wrong": wrong or {},
        "rounds": found,
        "chart": effects.chart(found),
    }
    return show(request, "waves.html", values, status=422 if wrong else 200)


def waves_of(campaign: Campaign, plan: WavePlan | None) -> list[Wave]:
    """In their order; empty where no waves are decided."""
    if plan is None:
        return []
    stood: dict[int | None, dict[str, int]] = defaultdict(dict)
    for (wave, standing), number in _standings(campaign).items():
        stood[wave][standing] = number
    sent = _notices(campaign)
    return [_wave(number, plan, stood[number], sent.get(number)) for number in _numbers(plan, stood)]


def _standings(campaign: Campaign) -> Counter:
    """How many holdouts stand where, by wave and standing."""
    kept = counts.kept_unchanged(campaign)
    if kept:
        return sums(kept.by_range.get("", ()), lambda cell: (cell.wave or None, cell.standing))
    # Rows and not keys are counted: so PostgreSQL reads the index `holdouts_by_wave` alone.
    rows = Holdout.objects.filter(campaign=campaign).values_list("wave", "standing").order_by()
    return Counter({(wave, standing): number for wave, standing, number in rows.annotate(number=Count("*"))})


def _numbers(plan: WavePlan, stood: dict[int | None, dict[str, int]]) -> list[int | None]:
    return [*range(1, plan.waves + 1), *([None] if stood.get(None) else [])]


def _notices(campaign: Campaign) -> dict[int | None, WaveNotices]:
    """Of the newest announcement that was not cancelled."""
    announced = Mailing.objects.filter(campaign=campaign, kind=Mailing.Kind.ANNOUNCEMENT)
    newest = announced.exclude(state=Mailing.State.CANCELLED).order_by("-pk").first()
    return {each.wave: each for each in newest.waves.all()} if newest else {}


def _wave(number: int | None, plan: WavePlan, stood: dict[str, int], sent: WaveNotices | None) -> Wave:
    def of(*standings: str) -> int:
        return sum(stood.get(standing, 0) for standing in standings)

    return Wave(
        number=number,
        begins=None if number is None else plan.day_of(number),
        first_on=sent and sent.first_on,
        last_on=sent and sent.last_on,
        customers=sum(stood.values()),
        written=sent.accepted if sent else 0,
        started=of(*WITH_AUTH),
        moved=of(*MOVED),
        left=of(*LEFT),
    )


def _given(given: QueryDict | None, plan: WavePlan | None) -> dict[str, str]:
    """What stands in the form: what was entered, what is decided, or what is usual."""
    if given is not None:
        return {name: given.get(name, "")[:20] for name in ("waves", "first_day", "days_between")}
    if plan is not None:
        return {
            "waves": str(plan.waves),
            "first_day": str(plan.first_day),
            "days_between": str(plan.days_between),
        }
    return {"waves": "3", "first_day": "", "days_between": "14"}


def _decide(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(DECIDE):
        raise PermissionDenied(DECIDE)
    campaign = Campaign.objects.filter(name=request.POST.get("campaign", "")).first()
    if campaign is None:
        raise Http404
    try:
        entered = _entered(request.POST)
        with transaction.atomic():
            before = WavePlan.objects.filter(campaign=campaign).first()
            made = waves.decide(campaign_id=campaign.pk, now=timezone.now(), user_id=request.user.pk, **entered)
            noting.note(request, audit.Act.CHANGED, audit.thing(made, what=campaign.name), **told(before, made))
    except NotPossible as error:
        return _shown(request, campaign, given=request.POST, wrong=error.wrong)
    messages.success(request, _("The waves are decided: everybody's is drawn by lot now."))
    return HttpResponseRedirect(f"{reverse('waves')}?campaign={campaign.name}", status=303)


def told(before: WavePlan | None, after: WavePlan) -> dict[str, dict[str, object]]:
    """What the audit keeps of a decision."""
    fields = ("waves", "first_day", "days_between")
    return {
        "before": audit.values_of(before, *fields) if before else {},
        "after": audit.values_of(after, *fields),
    }


def _entered(given: QueryDict) -> dict[str, object]:
    """Raises NotPossible, with all that is wrong."""
    number, between = (number_in(given.get(name, "")) for name in ("waves", "days_between"))
    wrong, first_day = wrong_numbers(number, between), None
    try:
        first_day = date.fromisoformat(given.get("first_day", "").strip())
    except ValueError:
        wrong["first_day"] = _("Enter the first day as year, month and day, such as 2026-12-01.")
    if wrong:
        raise NotPossible(fields=wrong)
    return {"waves_wanted": number, "days_between": between, "first_day": first_day}
