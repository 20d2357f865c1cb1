"""Changes to the chosen customers of the list, or to all of it after typing their number; and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.audit import Act as Told
from campaign.audit import Thing
from campaign.dashboard import bulk_work, customers, noting
from campaign.dashboard.acts import number_in
from campaign.dashboard.bulk_offer import Sent, may, needed
from campaign.dashboard.contact import day_in
from campaign.dashboard.extra_refused import refused
from campaign.dashboard.finding import Filters, Found, filters_in, find, holdouts_of, keys, number
from campaign.dashboard.left_out import left_out
from campaign.dashboard.shell import show, stand_at
from campaign.jinja import count
from campaign.models import BulkChange, Campaign
from campaign.plan import bulk, bulk_portions
from campaign.plan.campaigns import NotPossible
from notices import due, extra
from notices.models import Mailing, Notice

Kind, State = BulkChange.Kind, BulkChange.State
FIELDS = {Kind.WAVE: ("wave",), Kind.EXEMPT: ("until", "reason"), Kind.TAG: ("tag",), Kind.NOTICE: ()}
VALUES: dict[Kind, Callable[[QueryDict], dict[str, object]]] = {
    Kind.WAVE: lambda given: {"wave": number_in(given.get("wave", "")) or 0},
    Kind.EXEMPT: lambda given: {"until": day_in(given), "reason": given.get("reason", "")},
    Kind.TAG: lambda given: {"tag": given.get("tag", "")},
    Kind.NOTICE: lambda given: {},
}


@dataclass(frozen=True)
class WhoGetsIt:
    """How many of a list can get an extra notice, and why not the others; of too long a list nothing is `known`."""

    known: bool = False
    can: int = 0
    others: tuple[tuple[str, int], ...] = ()


def make(request: HttpRequest) -> HttpResponse:
    """The chosen ones, or those of a page, at once; all of the list on a second page, where their number is typed."""
    given, kind = request.POST, request.POST.get("kind", "")
    if not may(request.user, kind):
        raise PermissionDenied(*needed(kind))
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = QueryDict(given.get("query", "")[:2000])
    campaign = get_object_or_404(Campaign, name=asked.get("campaign", ""))
    filters, today = filters_in(asked, campaign), timezone.localdate()
    picked = None if given.get("whom") == "all" else _picked(given)
    dropped = left_out(asked, filters)
    if dropped and given.get("whom") in ("page", "all"):  # without it they would be more than somebody wanted
        text = _("Nothing was changed: the filter %(filter)s is not known.") % {"filter": dropped[0]}
        messages.error(request, text)
        return _back(filters)
    wrong = _wrong(campaign, kind, given, picked, today=today)
    if wrong:  # before anybody types a number
        return _again(request, campaign, filters, Sent(given, wrong))
    if picked is not None:
        return _made(request, campaign, filters, kind, picked, told={"ticked": len(picked)})
    found = find(campaign, filters, today=today)
    if found.capped and found.keys is not None:
        messages.error(request, _("The search finds more than it lists: search for less, or use the filters."))
        return _back(filters)
    total = number(campaign, filters, found, today=today) if found.capped else found.total
    if number_in(given.get("typed", "")) != total:
        return _ask(request, filters, kind, total, _who_gets_it(campaign, filters, kind, found, total, today=today))
    if total > bulk.MOST:
        return _begun(request, campaign, filters, kind, total)
    everybody = keys(campaign, filters, found, slice(None), today=today)
    return _made(request, campaign, filters, kind, everybody, told={"filter": filters.query()})


def _picked(given: QueryDict) -> list[int]:
    """The customers that were ticked, or all that stood on the page."""
    named = given.get("shown", "").split() if given.get("whom") == "page" else given.getlist("customer")
    return sorted({key for key in map(number_in, named[: bulk.MOST + 1]) if key is not None})


def _wrong(campaign: Campaign, kind: str, given: QueryDict, picked: list[int] | None, *, today: date) -> dict[str, str]:
    """All that cannot be, by field; `picked` is None for all of the list."""
    wrong = {}
    if picked is not None and not 0 < len(picked) <= bulk.MOST:
        wrong["whom"] = _("Choose from 1 to %(most)s customers.") % {"most": count(bulk.MOST)}
    try:
        bulk_portions.check(campaign_id=campaign.pk, kind=kind, values=VALUES[Kind(kind)](given), today=today)
    except NotPossible as error:
        wrong |= error.wrong
    return wrong


def _again(request: HttpRequest, campaign: Campaign, filters: Filters, sent: Sent) -> HttpResponse:
    """The list at the page it was sent from, with all that was entered."""
    page = number_in(sent.value("page")) or 1
    stand_at(request, filters.url() + (f"&page={page}" if page > 1 else ""))
    return customers.shown(request, campaign, filters, sent)


def _who_gets_it(
    campaign: Campaign, filters: Filters, kind: str, found: Found, total: int, *, today: date
) -> WhoGetsIt | None:
    """None where it is no notice. A search and the filters of a list may find customers who are in no campaign."""
    if kind != Kind.NOTICE:
        return None
    counted = due.among(campaign, Mailing.Kind.EXTRA, holdouts_of(campaign, filters, found, today=today), today=today)
    if counted is None:
        return WhoGetsIt()
    others = sorted(((str(why.label), number) for why, number in counted.others.items()), key=lambda row: -row[1])
    if outside := total - counted.due - sum(counted.others.values()):
        others.append((_("is not in this campaign"), outside))
    return WhoGetsIt(True, counted.due, tuple(others))


def _ask(request: HttpRequest, filters: Filters, kind: str, total: int, gets_it: WhoGetsIt | None) -> HttpResponse:
    wrong = "typed" in request.POST
    values = {
        "query": filters.query(),
        "list_url": filters.url(),
        "kind": kind,
        "kind_title": str(Kind(kind).label),
        "fields": {name: request.POST.get(name, "")[:300] for name in FIELDS[Kind(kind)]},
        "total": total,
        "gets_it": gets_it,
        "wrong": _("Type the number of the customers: %(total)s.") % {"total": count(total)} if wrong else "",
    }
    return show(request, "bulk.html", values, status=422 if wrong else 200)


def _made(
    request: HttpRequest, campaign: Campaign, filters: Filters, kind: str, picked: list[int], *, told: dict[str, object]
) -> HttpResponse:
    """`told`: how they were chosen, for the audit."""
    now = timezone.now()
    when = {"now": now, "today": timezone.localdate(now), "user_id": request.user.pk}
    try:
        with transaction.atomic():
            change = _applied(campaign, kind, picked, VALUES[Kind(kind)](request.POST), when)
            told = {"kind": kind, **change.values, "customers": change.customers, **told}
            noting.note(request, Told.CHANGED, _thing(change), after=told)
            each = {"kind": kind, **change.values}
            noting.note_each(request, Told.CHANGED, _thing(change), _changed_by(change), after=each)
    except extra.NobodyDue as error:
        why = refused(error, campaign)
        return _again(request, campaign, filters, Sent(request.POST, {"notice": why.words}, why))
    except NotPossible as error:
        return _again(request, campaign, filters, Sent(request.POST, error.wrong))
    if kind == Kind.NOTICE:
        messages.success(request, _notice_planned(change, len(picked)))
        return _back(filters)
    changed = ngettext(
        "%(customers)s customer is changed. For a day you can undo it at the end of the list.",
        "%(customers)s customers are changed. For a day you can undo it at the end of the list.",
        change.customers,
    )
    messages.success(request, changed % {"customers": count(change.customers)})
    return _back(filters)


def _thing(change: BulkChange) -> Thing:
    return Thing("bulkchange", str(change.pk), change.campaign.name)


def _changed_by(change: BulkChange) -> list[int]:
    """The customers of whom the audit has an entry each; those of a worker's change it finds while rows are kept."""
    if change.query:
        return []
    if change.kind != Kind.NOTICE:
        return bulk.customers_of(change)
    notices = Notice.objects.filter(mailing=change.values.get("mailing"), state=Notice.State.WAITING)
    return list(notices.values_list("holdout__customer", flat=True))


def _applied(
    campaign: Campaign, kind: str, picked: list[int], values: dict[str, object], when: dict[str, object]
) -> BulkChange:
    """All at once. Raises NotPossible."""
    if kind != Kind.NOTICE:
        return bulk.apply(campaign_id=campaign.pk, kind=kind, customer_ids=picked, values=values, **when)
    if not 0 < len(picked) <= bulk.MOST:
        raise NotPossible(_("Choose from 1 to %(most)s customers.") % {"most": bulk.MOST})
    change = bulk_portions.begin(campaign_id=campaign.pk, kind=kind, values=values, query="", **when)
    bulk_work.plan_notice_now(change, picked, now=when["now"])
    change.refresh_from_db()
    return change


def _notice_planned(change: BulkChange, chosen: int) -> str:
    planned = ngettext(
        "An extra notice to %(customers)s customer is planned and waits for approval by a second person.",
        "An extra notice to %(customers)s customers is planned and waits for approval by a second person.",
        change.customers,
    ) % {"customers": count(change.customers)}
    others = chosen - change.customers
    if not others:
        return planned
    left_out = ngettext(
        "%(others)s of those chosen is left out, such as who was written to lately or wants no more reminders.",
        "%(others)s of those chosen are left out, such as who was written to lately or wants no more reminders.",
        others,
    ) % {"others": count(others)}
    return f"{planned} {left_out}"


def _begun(request: HttpRequest, campaign: Campaign, filters: Filters, kind: str, total: int) -> HttpResponse:
    """For more than one transaction takes: a worker does it, and the list shows how far it is."""
    now = timezone.now()
    when = {"now": now, "today": timezone.localdate(now), "user_id": request.user.pk}
    values = VALUES[Kind(kind)](request.POST)
    try:
        with transaction.atomic():
            change = bulk_portions.begin(
                campaign_id=campaign.pk, kind=kind, values=values, query=filters.query(), **when
            )
            told = {"kind": kind, **change.values, "chosen": total, "filter": filters.query()}
            noting.note(request, Told.CHANGED, _thing(change), after=told)
    except NotPossible as error:
        messages.error(request, str(error))
        return _back(filters)
    begun = _(
        "%(customers)s customers are being changed. How far it is stands at the end of the list, and it can be undone."
    )
    messages.success(request, begun % {"customers": count(total)})
    return _back(filters)


def _taken_back(change: BulkChange, *, now: datetime, user_id: int) -> int | None:
    """For how many customers it is as before; -1 where a worker is to do it. None when it is too late."""
    in_portions = change.chosen > bulk.MOST or change.state in (State.CHOOSING, State.RUNNING)
    if change.kind == Kind.NOTICE and change.state == State.DONE:
        return extra.take_back(change_id=change.pk, now=now, user_id=user_id)
    if in_portions:
        return -1 if bulk_portions.begin_undo(change_id=change.pk, now=now, user_id=user_id) else None
    return bulk.undo(change_id=change.pk, now=now, user_id=user_id)


def undo(request: HttpRequest, *, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange, pk=pk)
    if not may(request.user, change.kind):
        raise PermissionDenied(*needed(change.kind))
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    with transaction.atomic():
        change = bulk.locked(change.pk)  # as it stands once a worker is through that is at it
        changed = _changed_by(change)
        restored = _taken_back(change, now=timezone.now(), user_id=request.user.pk)
        if restored is not None:
            each = {"kind": change.kind, **change.values}
            noting.note(request, Told.REMOVED, _thing(change), before=each | {"restored": restored})
            noting.note_each(request, Told.REMOVED, _thing(change), changed, before=each)
    if restored is None:
        messages.error(
            request, _("It cannot be undone any more: it was undone already, has gone out, or is older than a day.")
        )
    elif restored == -1:
        messages.success(request, _("It is being undone. How far it is stands at the end of the list."))
    elif change.kind == Kind.NOTICE:
        back = ngettext(
            "The extra notice is taken back: %(customers)s customer does not get it.",
            "The extra notice is taken back: %(customers)s customers do not get it.",
            restored,
        )
        messages.success(request, back % {"customers": count(restored)})
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
