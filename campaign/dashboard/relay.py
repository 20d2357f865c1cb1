"""One range of addresses that relays without explanation: what to check, its days, and saying that it is in order."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import ngettext

from campaign.audit import Act, Thing
from campaign.cutoff import relays
from campaign.dashboard import noting
from campaign.dashboard.mailing_steps import name_of
from campaign.dashboard.relays import CHECK_ADVICE, loud, ranges, url_of
from campaign.dashboard.shell import pager, show
from campaign.models import RelayAcknowledgement, RelayedDay

ACKNOWLEDGE = "campaign.add_relayacknowledgement"


@dataclass(frozen=True)
class Line:
    """One address on one day; `nearest` is in minutes, negative before the mail, None without any login."""

    day: date
    address: str
    relayed: int
    inbound: int
    first_at: datetime
    last_at: datetime
    hosts: str
    sounds: bool
    nearest: int | None


@dataclass(frozen=True)
class Said:
    address: str
    note: str
    by: str
    at: datetime
    allowed: int


def page(request: HttpRequest, *, first: str, bits: int) -> HttpResponse:
    name = f"{first}/{bits}"
    rows = RelayedDay.objects.filter(range=name)
    if not rows.exists():
        raise Http404
    if request.method == "POST":
        if not request.user.has_perm(ACKNOWLEDGE):
            raise PermissionDenied(ACKNOWLEDGE)
        return _acknowledge(request, name)
    today = timezone.localdate()
    pages = pager(request, total=rows.count())
    [found] = ranges(rows, slice(1), today=today)
    values = {
        "found": found,
        "advice": [
            (title, CHECK_ADVICE[check]()) for check, title in zip(found.checks, found.check_titles, strict=True)
        ],
        "lines": _lines(name, pages.shown, today=today),
        "said": _said(name),
        "may_acknowledge": request.user.has_perm(ACKNOWLEDGE),
        "pager": pages,
    }
    return show(request, "relay.html", values)


def _lines(name: str, shown: slice, *, today: date) -> list[Line]:
    rows = list(RelayedDay.objects.filter(range=name).order_by("-day", "-relayed", "address")[shown])
    sounding = set(loud(today=today).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [
        Line(
            day=row.day,
            address=row.address,
            relayed=row.relayed,
            inbound=row.inbound,
            first_at=row.first_at,
            last_at=row.last_at,
            hosts=", ".join(row.hosts),
            sounds=row.pk in sounding,
            nearest=None if row.nearest_login is None else round(row.nearest_login / 60),
        )
        for row in rows
    ]


def _said(name: str) -> list[Said]:
    addresses = RelayedDay.objects.filter(range=name).values("address")
    found = RelayAcknowledgement.objects.filter(address__in=addresses).select_related("made_by").order_by("address")
    return [Said(each.address, each.note, name_of(each.made_by), each.made_at, each.allowed) for each in found]


def _acknowledge(request: HttpRequest, name: str) -> HttpResponse:
    addresses = list(RelayedDay.objects.filter(range=name).values_list("address", flat=True).distinct())
    note = request.POST.get("note", "")
    on = Thing("relayacknowledgement", name, name)
    try:
        with transaction.atomic():
            number = relays.acknowledge(addresses, note=note, user_id=request.user.pk, now=timezone.now())
            noting.note(request, Act.ADDED, on, after={"addresses": number}, reason=note)
    except relays.NotPossible as error:
        messages.error(request, str(error))
    else:
        done = ngettext(
            "%(num)s address sounds no alarm until it grows.",
            "%(num)s addresses sound no alarm until they grow.",
            number,
        )
        messages.success(request, done % {"num": number})
    return HttpResponseRedirect(url_of(name), status=303)
