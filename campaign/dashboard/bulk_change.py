"""Changes to the chosen customers of the list, or to all of it after typing their number; and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.audit import Act as Told
from campaign.audit import Thing
from campaign.dashboard import noting
from campaign.dashboard.acts import number_in
from campaign.dashboard.contact import day_in, known_tags
from campaign.dashboard.finding import COUNTED, Filters, filters_in, find, keys
from campaign.dashboard.shell import show
from campaign.jinja import count, day
from campaign.models import BulkChange, Campaign, WavePlan
from campaign.plan import bulk, exemptions
from campaign.plan.campaigns import NotPossible

Kind = BulkChange.Kind
MAY = "campaign.add_bulkchange"
ALSO = {Kind.WAVE: "campaign.decide_waves", Kind.EXEMPT: "campaign.add_exemption", Kind.TAG: "campaign.add_tagging"}
FIELDS = {Kind.WAVE: ("wave",), Kind.EXEMPT: ("until", "reason"), Kind.TAG: ("tag",)}
VALUES: dict[Kind, Callable[[QueryDict], dict[str, object]]] = {
    Kind.WAVE: lambda given: {"wave": number_in(given.get("wave", "")) or 0},
    Kind.EXEMPT: lambda given: {"until": day_in(given), "reason": given.get("reason", "")},
    Kind.TAG: lambda given: {"tag": given.get("tag", "")},
}
TITLES: dict[Kind, Callable[[dict], str]] = {
    Kind.WAVE: lambda values: _("Moved to wave %(wave)s") % values,
    Kind.EXEMPT: lambda values: (
        _("Left alone until %(day)s: %(reason)s")
        % {"day": day(date.fromisoformat(str(values["until"]))), "reason": values["reason"]}
    ),
    Kind.TAG: lambda values: _("Tagged “%(tag)s”") % values,
}


@dataclass(frozen=True)
class Recent:
    """A change of the last day; `undo_url` is "" for what was undone, and for those who may not."""

    title: str
    customers: int
    at: datetime
    by: str
    undone: bool
    restored: int
    undo_url: str


@dataclass(frozen=True)
class Offered:
    kinds: frozenset[str]  # that this person may make
    waves: tuple[int, ...]
    tags: list[str]
    first_day: date
    last_day: date
    most: int
    recent: list[Recent]


def may(user: AbstractUser, kind: str) -> bool:
    return kind in Kind.values and user.has_perms((MAY, ALSO[Kind(kind)]))


def offered(user: AbstractUser, campaign: Campaign, *, now: datetime, today: date) -> Offered | None:
    """None for who may change nothing."""
    allowed = {kind.value for kind in Kind if may(user, kind)}
    if not allowed:
        return None
    plan = WavePlan.objects.filter(campaign=campaign).first()
    if plan is None:
        allowed.discard(Kind.WAVE.value)
    changes = BulkChange.objects.filter(campaign=campaign, made_at__gte=now - bulk.UNDO).select_related("made_by")
    return Offered(
        kinds=frozenset(allowed),
        waves=tuple(range(1, plan.waves + 1)) if plan else (),
        tags=known_tags(),
        first_day=today,
        last_day=today + timedelta(days=exemptions.LONGEST.days),
        most=bulk.MOST,
        recent=[_recent(change, user, now) for change in changes.order_by("-made_at", "-pk")[:5]],
    )


def _recent(change: BulkChange, user: AbstractUser, now: datetime) -> Recent:
    undoable = bulk.undoable(change, now=now) and may(user, change.kind)
    return Recent(
        title=TITLES[Kind(change.kind)](change.values),
        customers=change.customers,
        at=change.made_at,
        by=change.made_by.get_full_name() or change.made_by.get_username(),
        undone=change.undone_at is not None,
        restored=change.restored or 0,
        undo_url=reverse("bulk_undo", kwargs={"pk": change.pk}) if undoable else "",
    )


def make(request: HttpRequest) -> HttpResponse:
    """The chosen ones at once; all of the list on a second page, where their number is typed."""
    given, kind = request.POST, request.POST.get("kind", "")
    if not may(request.user, kind):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = QueryDict(given.get("query", "")[:2000])
    campaign = get_object_or_404(Campaign, name=asked.get("campaign", ""))
    filters = filters_in(asked, campaign)
    if given.get("whom") != "all":
        chosen = [key for key in map(number_in, given.getlist("customer")[: COUNTED + 1]) if key is not None]
        return _made(request, campaign, filters, kind, sorted(set(chosen)))
    today = timezone.localdate()
    found = find(campaign, filters, today=today)
    if found.capped:
        messages.error(request, _("There are more than can be changed at once: filter first, or search for less."))
        return _back(filters)
    if number_in(given.get("typed", "")) != found.total:
        return _ask(request, filters, kind, found.total)
    return _made(request, campaign, filters, kind, keys(campaign, filters, found, slice(None), today=today))


def _ask(request: HttpRequest, filters: Filters, kind: str, total: int) -> HttpResponse:
    wrong = "typed" in request.POST
    values = {
        "query": filters.query(),
        "list_url": filters.url(),
        "kind": kind,
        "kind_title": str(Kind(kind).label),
        "fields": {name: request.POST.get(name, "")[:300] for name in FIELDS[Kind(kind)]},
        "total": total,
        "wrong": _("Type the number of the customers: %(total)s.") % {"total": count(total)} if wrong else "",
    }
    return show(request, "bulk.html", values, status=422 if wrong else 200)


def _made(request: HttpRequest, campaign: Campaign, filters: Filters, kind: str, customers: list[int]) -> HttpResponse:
    now = timezone.now()
    when = {"now": now, "today": timezone.localdate(now), "user_id": request.user.pk}
    try:
        with transaction.atomic():
            change = bulk.apply(
                campaign_id=campaign.pk,
                kind=kind,
                customer_ids=customers,
                values=VALUES[Kind(kind)](request.POST),
                **when,
            )
            told = {"kind": kind, **change.values, "customers": change.customers, "filter": filters.query()}
            noting.note(request, Told.CHANGED, Thing("bulkchange", str(change.pk), campaign.name), after=told)
    except NotPossible as error:
        messages.error(request, str(error))
        return _back(filters)
    changed = ngettext(
        "%(customers)s customer is changed. For a day you can undo it at the end of the list.",
        "%(customers)s customers are changed. For a day you can undo it at the end of the list.",
        change.customers,
    )
    messages.success(request, changed % {"customers": count(change.customers)})
    return _back(filters)


def undo(request: HttpRequest, *, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange, pk=pk)
    if not may(request.user, change.kind):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    with transaction.atomic():
        restored = bulk.undo(change_id=pk, now=timezone.now(), user_id=request.user.pk)
        if restored is not None:
            thing = Thing("bulkchange", str(pk), change.campaign.name)
            noting.note(
                request, Told.REMOVED, thing, before={"kind": change.kind, **change.values, "restored": restored}
            )
    if restored is None:
        messages.error(request, _("It cannot be undone any more: it was undone already, or is older than a day."))
    else:
        back = ngettext(
            "It is undone: %(customers)s customer is as before.",
            "It is undone: %(customers)s customers are as before.",
            restored,
        )
        messages.success(request, back % {"customers": count(restored)})
    return _back(filters_in(QueryDict(request.POST.get("query", "")[:2000]), change.campaign))


def _back(filters: Filters) -> HttpResponse:
    return HttpResponseRedirect(filters.url(), status=303)
