"""The first page: by an announcement number, by device, by the program's name, by a word; or only the values."""

import logging
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaign import brands
from campaign.models import Campaign
from notices.compose import spelled
from notices.guides import catalog
from notices.guides.wording import setting_table
from notices.models import Notice
from notices.pages import genuine, limit
from notices.pages.frame import frame_of, spoken
from notices.pages.guide import SECONDS
from notices.pages.number import LONGEST, number_in
from notices.pages.which import choices, device_titles

log = logging.getLogger(__name__)


def guide_of(number: str) -> str | None:
    """The guide behind an announcement number; None if no mail of ours has it."""
    program = Notice.objects.perhaps_out().filter(number=number).values_list("client_program", flat=True).first()
    return None if program is None else catalog.client(program).name


@dataclass(frozen=True)
class End:
    """Of one old way: the first day without it; `way` is "" where all end on the same day."""

    day: date
    over: bool
    way: str


def ends(*, today: date) -> list[End]:
    """Of the campaigns that have begun, the next one first."""
    begun = list(Campaign.objects.filter(starts_on__lte=today).order_by("cutoff_on", "name"))
    ways = {} if len({each.cutoff_on for each in begun}) == 1 else {each.pk: str(each) for each in begun}
    found = [End(each.cutoff_on, each.cutoff_on <= today, ways.get(each.pk, "")) for each in begun]
    return list(dict.fromkeys(found))


def _ends_if_known() -> list[End]:
    """The guides need no database, and whoever looks for one does not wait for it."""
    try:
        return ends(today=timezone.localdate())
    except (DatabaseError, InterfaceError) as error:
        log.error("the first page does without the days of the cut-off, the database is away: %s", error)
        return []


# Not among the pages that are kept: it names days that may be moved.
@require_safe
@cache_control(public=True, max_age=SECONDS)
def page(request: HttpRequest) -> HttpResponse:
    return _shown(request)


# Without Django's form token: nothing changes, the number gives no right, and so the first page needs no cookie.
@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    frame = frame_of(request)
    if request.method != "POST":
        return redirect(frame.at(reverse("guide_index")))
    # Trying tells what it tells at `genuine`, and as often.
    if not limit.allowed(request, now=timezone.now(), rate=genuine.RATE):
        return render(request, "pages/busy.html", {"frame": frame}, status=429)
    typed = request.POST.get("number", "")[:LONGEST]
    digits = number_in(typed)
    if digits is None:
        return _shown(request, typed=typed, wrong=True)
    program = guide_of(digits)
    if program is None:
        return _shown(request, stranger=spelled(digits))
    return redirect(frame.at(reverse("guide", kwargs={"client": program})))


def _shown(request: HttpRequest, *, typed: str = "", wrong: bool = False, stranger: str = "") -> HttpResponse:
    """With what was `typed` and is no number, or with a number that no mail of ours has: a `stranger`."""
    language, brand = spoken(), brands.of_host(request.get_host())
    context = {
        "frame": frame_of(request),
        "ends": _ends_if_known(),
        "devices": device_titles(),
        "programs": choices(language, brand),
        "settings": setting_table(brand, language),
        "typed": typed,
        "wrong": wrong,
        "stranger": stranger,
    }
    return render(request, "pages/index.html", context, status=400 if wrong else 200)
