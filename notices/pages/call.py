"""A customer asks to be called: the number and when. It is for this call alone. Looking changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import CallBack
from campaign.plan import call_backs
from campaign.plan.call_backs import NotPossible
from notices import pacing
from notices.compose import brand_of
from notices.days import long_day
from notices.models import Notice
from notices.pages import limit
from notices.pages.frame import frame_of, spoken
from notices.pages.own import behind_a_link, own_pages

RATE = limit.Rate("asks", each=20)  # with those for more time
LONGEST = 40


@dataclass(frozen=True)
class Wanted:
    """What the page shows; of a number that is kept only the end, `wrong` says what was not right with what came in."""

    days: list[tuple[str, str]]
    parts: list[tuple[str, str]]
    phone: str
    day: str
    part: str
    wrong: str
    waiting: CallBack | None
    waiting_on: str


@behind_a_link
def page(request: HttpRequest, notice: Notice, *, now: datetime) -> HttpResponse:
    today, at = timezone.localdate(now), own_pages(request)
    frame = {"frame": frame_of(request, brand_of(notice)), "back": at("personal")}
    wrong = ""
    if request.method == "POST":
        if not limit.allowed(request, now=now, rate=RATE):
            return render(request, "pages/busy.html", frame, status=429)
        try:
            _act(request, notice, now=now, today=today)
        except NotPossible as error:
            wrong = str(error)
        else:
            return HttpResponseRedirect(f"{at('personal')}#call", status=303)
    shown = wanted(request, notice, today=today, wrong=wrong)
    return render(request, "pages/call.html", {**frame, "wanted": shown}, status=422 if wrong else 200)


def wanted(request: HttpRequest, notice: Notice, *, today: date, wrong: str) -> Wanted:
    waiting = getattr(notice.holdout.customer, "call_back", None)
    return Wanted(
        days=[(day.isoformat(), long_day(day, spoken())) for day in call_backs.days_offered(today, pacing.is_open)],
        parts=[(part.value, str(part.label)) for part in CallBack.Part],
        phone=request.POST.get("phone", "")[:LONGEST],
        day=request.POST.get("day", "") or (waiting.day.isoformat() if waiting else ""),
        part=request.POST.get("part", "") or (waiting.part if waiting else ""),
        wrong=wrong,
        waiting=waiting,
        waiting_on=long_day(waiting.day, spoken()) if waiting else "",
    )


def _act(request: HttpRequest, notice: Notice, *, now: datetime, today: date) -> None:
    customer_id = notice.holdout.customer_id
    if request.POST.get("act") == "forget":
        call_backs.forget(customer_id=customer_id)
        return
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise NotPossible(_("Please choose when we may call.")) from error
    call_backs.ask(
        customer_id=customer_id,
        phone=request.POST.get("phone", "")[:LONGEST],
        day=day,
        part=request.POST.get("part", ""),
        now=now,
        today=today,
        is_open=pacing.is_open,
    )
