"""A customer asks for more time: why, and until when. Looking changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import Exemption
from campaign.plan import extensions
from campaign.plan.extensions import NotPossible, Offer
from notices.compose import brand_of
from notices.days import long_day
from notices.models import Notice
from notices.pages import limit
from notices.pages.frame import frame_of, spoken
from notices.pages.own import behind_a_link, own_pages

RATE = limit.Rate("asks", each=20)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class MoreTime:
    """What the page shows; `wrong` says what was not right with what came in."""

    days: list[tuple[str, str]]  # to choose one of; none where nothing is offered
    whys: list[tuple[str, str]]
    why: str
    until: str
    wrong: str
    cutoff_on: date
    silent_from: date  # from then on nobody reminds them
    delayed_until: date | None
    times: int


def days_of(offer: Offer) -> list[date]:
    """A choice of days, a week apart and the last one: few enough to read them all."""
    if offer.no:
        return []
    found, day = [], offer.first + WEEK - timedelta(days=1)
    while day < offer.last and len(found) < 8:
        found.append(day)
        day += WEEK
    return [*found, offer.last]


@behind_a_link
def page(request: HttpRequest, notice: Notice, *, now: datetime) -> HttpResponse:
    today, at = timezone.localdate(now), own_pages(request)
    frame = {"frame": frame_of(request, brand_of(notice)), "back": at("personal")}
    wrong = ""
    if request.method == "POST":
        if not limit.allowed(request, now=now, rate=RATE):
            return render(request, "pages/busy.html", frame, status=429)
        try:
            _ask(request, notice, now=now, today=today)
        except NotPossible as error:
            wrong = str(error)
        else:
            return HttpResponseRedirect(f"{at('personal')}#standing", status=303)
    shown = more_time(request, notice, today=today, wrong=wrong)
    return render(request, "pages/delay.html", {**frame, "more": shown}, status=422 if wrong else 200)


def more_time(request: HttpRequest, notice: Notice, *, today: date, wrong: str) -> MoreTime:
    holdout, cutoff_on = notice.holdout, notice.mailing.campaign.cutoff_on
    exemptions = extensions.exemptions_of(holdout)
    bounds = {"days": settings.DELAY_DAYS_MOST, "times": settings.DELAYS_MOST}
    offer = extensions.offer_for(holdout, exemptions, today=today, **bounds)
    delays = [each.until for each in exemptions if each.asked_at and each.until >= max(today, each.from_day)]
    return MoreTime(
        days=[(day.isoformat(), long_day(day, spoken())) for day in days_of(offer)],
        whys=[(why.value, str(why.label)) for why in Exemption.Why],
        why=request.POST.get("why", ""),
        until=request.POST.get("until", ""),
        wrong=wrong,
        cutoff_on=cutoff_on,
        silent_from=max(today, cutoff_on - extensions.BEFORE),
        delayed_until=max(delays, default=None),
        times=settings.DELAYS_MOST,
    )


def _ask(request: HttpRequest, notice: Notice, *, now: datetime, today: date) -> None:
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise NotPossible(_("Please choose until when you need more time.")) from error
    extensions.ask(
        holdout_id=notice.holdout_id,
        until=until,
        why=request.POST.get("why", ""),
        now=now,
        today=today,
        days=settings.DELAY_DAYS_MOST,
        times=settings.DELAYS_MOST,
    )
