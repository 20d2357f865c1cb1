"""The plan of a campaign's mailings: which kinds there are, to whom each goes, when, and who would be due today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import audit
from campaign.dashboard import noting, words
from campaign.dashboard.acts import number_in
from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from campaign.jinja import count
from campaign.models import Campaign, Language
from campaign.plan.campaigns import NotPossible
from notices import audience, due, planning, schedule
from notices.audience import Audience, NotAnAudience
from notices.models import Mailing, MailingPlan
from notices.schedule import Course, Kind

CHANGE = "notices.run_mailing"
MOST_DAYS = 60

WHEN = {
    Kind.ANNOUNCEMENT: lambda: _("On the campaign's first working day, by waves where some are decided."),
    Kind.FIRST: lambda: _("Each week, or each day by the settings, for those found since the campaign began to write."),
    Kind.REMINDER: lambda: _("On the first working day of a month, until the notices of the cut-off begin."),
    Kind.TWO_WEEKS: lambda: _("Two weeks before the cut-off, while more than a week is left."),
    Kind.THREE_DAYS: lambda: _(
        "Three days before the cut-off, or on the last working day before these; on that day only."
    ),
    Kind.LAST_DAY: lambda: _("On the last working day before the cut-off."),
    Kind.THANKS: lambda: _("Each week, or each day by the settings, to those who count as moved; once in a campaign."),
}


EVERYBODY = {
    Kind.FIRST: lambda: _("New ones who still send the old way"),
    Kind.THANKS: lambda: _("All who have moved and were written to"),
}


@dataclass(frozen=True)
class Row:
    """One kind in the plan."""

    title: str
    url: str
    active: bool
    to_whom: str
    when: str
    next_day: date | None
    good_for: str


@dataclass(frozen=True)
class Option:
    """A box to tick."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Today:
    """What planning now would find; `at` is the time at which it was counted, where that is not now."""

    due: int
    others: tuple[tuple[str, int], ...]
    warning: str
    at: str


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "plan.html", {"rows": [], "campaigns": []})
    plans = planning.plans_of(campaign)
    course, today = planning.course_of(campaign, plans), timezone.localdate()
    values = {
        "campaign": campaign.name,
        "campaigns": campaign_choices(campaign, reverse("plan")),
        "cutoff": campaign.cutoff_on,
        "gap_days": settings.NOTICE_GAP_DAYS,
        "rows": [_row(campaign, plan, course, today) for plan in plans.values()],
    }
    return show(request, "plan.html", values)


def kind_page(request: HttpRequest, *, campaign: str, kind: str) -> HttpResponse:
    found = get_object_or_404(Campaign, name=campaign)
    if kind not in schedule.PLANNED:
        raise Http404
    if request.method != "POST":
        return _shown(request, found, Kind(kind))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied(CHANGE)
    if "plan_now" in request.POST:
        return _planned_now(request, found, Kind(kind))
    try:
        _change(request, found, Kind(kind))
    except NotPossible as error:
        return _shown(request, found, Kind(kind), given=request.POST, wrong=error.wrong)
    messages.success(request, _("The plan is changed. Mailings that are planned already stay as they are."))
    return HttpResponseRedirect(reverse("plan_kind", kwargs={"campaign": campaign, "kind": kind}), status=303)


def _planned_now(request: HttpRequest, campaign: Campaign, kind: Kind) -> HttpResponse:
    """Planned by this person: so another one has to approve it."""
    now = timezone.now()
    values = {"today": timezone.localdate(now), "now": now, "planned_by_id": request.user.pk}
    try:
        with transaction.atomic():
            made = planning.plan_now(campaign_id=campaign.pk, kind=kind, **values)
            noting.note(request, audit.Act.ADDED, audit.thing(made))
    except planning.NothingPlanned as error:
        return _shown(request, campaign, kind, not_planned=str(error))
    messages.success(request, _("The mailing is planned. Somebody else has to approve it."))
    return HttpResponseRedirect(reverse("mailing", kwargs={"pk": made.pk}), status=303)


def _change(request: HttpRequest, campaign: Campaign, kind: Kind) -> None:
    """Raises NotPossible."""
    values, told = entered(request.POST, kind), ("active", "audience", "good_for_days")
    before = audit.values_of(planning.plans_of(campaign)[kind], *told)
    with transaction.atomic():
        made = planning.change_plan(
            campaign_id=campaign.pk, kind=kind, **values, now=timezone.now(), user_id=request.user.pk
        )
        on = audit.thing(made, what=f"{campaign.name} {kind}")
        noting.note(request, audit.Act.CHANGED, on, before=before, after=audit.values_of(made, *told))


def entered(form: QueryDict, kind: Kind) -> dict[str, object]:
    """What `planning.change_plan` takes. Raises NotPossible, with all that is wrong."""
    wrong: dict[str, str] = {}
    waves = form.get("waves", "").replace("、", ",").replace(",", " ").split()
    chosen = {field: form.getlist(field) for field in ("standings", "reasons", "programs", "languages")}
    chosen |= {"waves": waves}
    for field, values in chosen.items():
        try:
            audience.read({field: values}, kind=kind)
        except NotAnAudience as error:
            wrong[field] = str(error)
    good_for = number_in(form.get("good_for_days", ""))
    if good_for is None or good_for > MOST_DAYS:
        wrong["good_for_days"] = _("Good for: wanted a number of days from 0 to %(most)s.") % {"most": MOST_DAYS}
    if wrong:
        raise NotPossible(fields=wrong)
    return {"active": "active" in form, "chosen": chosen, "good_for_days": good_for}


def _row(campaign: Campaign, plan: MailingPlan, course: Course, today: date) -> Row:
    kind = Kind(plan.kind)
    return Row(
        title=str(kind.label),
        url=reverse("plan_kind", kwargs={"campaign": campaign.name, "kind": kind.value}),
        active=plan.active,
        to_whom=to_whom(audience.kept(plan.audience), kind),
        when=WHEN[kind](),
        next_day=_next_day(campaign, kind, course, today),
        good_for=_days(plan.good_for_days),
    )


def _days(days: int) -> str:
    if days == 0:
        return _("the day itself")
    return ngettext("%(days)s day after the last slot", "%(days)s days after the last slot", days) % {"days": days}


def _next_day(campaign: Campaign, kind: Kind, course: Course, today: date) -> date | None:
    """The day from which the next one goes out that is not planned yet."""
    planned = set(Mailing.objects.filter(campaign=campaign, kind=kind).values_list("period", flat=True))
    for found in schedule.rounds(kind, course, since=today):
        if found.period not in planned:
            return max(found.plan_from, found.first_day, today)
    return None


def to_whom(chosen: Audience, kind: Kind) -> str:
    """An audience in words."""
    if not chosen:
        return EVERYBODY.get(kind, lambda: _("All who still send the old way"))()
    return "; ".join(_listed(*part) for part in _named(chosen) if part[1])


def _named(chosen: Audience) -> list[tuple[str, tuple, Callable[[str], str]]]:
    return [
        (_("Where they stand"), chosen.standings, words.standing_title),
        (_("Why they are left"), chosen.reasons, reason_title),
        (_("Mail program"), chosen.programs, words.program_title),
        (_("Waves"), chosen.waves, str),
        (_("Language"), chosen.languages, language_title),
    ]


def _listed(title: str, values: tuple, name: Callable[[str], str]) -> str:
    return f"{title}: {', '.join(str(name(value)) for value in values)}"


def reason_title(reason: str) -> str:
    return words.reason_title("" if reason == audience.UNKNOWN else reason)


def language_title(language: str) -> str:
    return str(Language(language).label)


def _shown(
    request: HttpRequest,
    campaign: Campaign,
    kind: Kind,
    *,
    given: QueryDict | None = None,
    wrong: dict[str, str] | None = None,
    not_planned: str = "",
) -> HttpResponse:
    plans = planning.plans_of(campaign)
    plan, today = plans[kind], timezone.localdate()
    course = planning.course_of(campaign, plans)
    kept = audience.kept(plan.audience)
    values = {
        "campaign": campaign.name,
        "campaign_title": str(campaign),
        "title": str(kind.label),
        "plan": plan,
        "row": _row(campaign, plan, course, today),
        "now": _today(campaign, kind, kept, today),
        "groups": _groups(kind, kept, given),
        "waves": given.get("waves", "") if given else ", ".join(map(str, kept.waves)),
        "good_for_days": given.get("good_for_days", "") if given else plan.good_for_days,
        "active": "active" in given if given else plan.active,
        "most_days": MOST_DAYS,
        "may_change": request.user.has_perm(CHANGE),
        "wrong": wrong or {},
        "not_planned": not_planned,
    }
    return show(request, "plan_kind.html", values, status=422 if wrong or not_planned else 200)


def _groups(kind: Kind, kept: Audience, given: QueryDict | None) -> list[tuple[str, str, list[Option]]]:
    """Name, heading and boxes of what an audience is chosen by."""
    titles = {
        "standings": (_("Where they stand"), words.standing_title),
        "reasons": (_("Why they are left"), reason_title),
        "programs": (_("Mail program"), words.program_title),
        "languages": (_("Language"), language_title),
    }
    groups = []
    for field, allowed in audience.choices(kind).items():
        heading, title = titles[field]
        chosen = given.getlist(field) if given else getattr(kept, field)
        groups.append((field, heading, [Option(value, str(title(value)), value in chosen) for value in allowed]))
    return groups


def _today(campaign: Campaign, kind: Kind, chosen: Audience, today: date) -> Today | None:
    """None while it is being counted."""
    found = due.of(campaign, kind, chosen, today=today, now=timezone.now())
    if found is None:
        return None
    rows = sorted(((str(reason.label), number) for reason, number in found.others.items()), key=lambda row: -row[1])
    at = date_format(timezone.localtime(found.at), "G:i:s") if found.at else ""
    return Today(found.due, tuple(rows), _too_many(kind, found.due), at)


def _too_many(kind: Kind, people: int) -> str:
    """Final notices do not wait for the next day: their day is the last on which they are true."""
    cap = settings.NOTICE_DAILY_CAP
    if kind not in (Kind.THREE_DAYS, Kind.LAST_DAY) or people <= cap:
        return ""
    left = ngettext("%(left)s customer would not get it.", "%(left)s customers would not get it.", people - cap)
    day_only = _("This notice has one day only, and at most %(cap)s go out on a day.") % {"cap": count(cap)}
    return f"{day_only} {left % {'left': count(people - cap)}}"
