"""No more reminders, please: one click in a mail program (RFC 8058), or this page. Looking changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaign.logs.redaction import masked_address
from campaign.plan import extensions, last_days
from notices import links, mutes
from notices.compose import brand_of
from notices.models import Mute, Notice
from notices.pages import limit
from notices.pages.frame import frame_of, private
from notices.pages.masks import masked_number
from notices.pages.own import public


@dataclass(frozen=True)
class Reminders:
    """What the page shows."""

    stopped: bool
    address: str
    number: str
    ends_on: date  # the first day without the old way, for this customer
    last_day: date
    silent: bool  # nobody writes, not even when the last day is near
    over: bool


# Without Django's form token: a mail server posts here by itself, without cookies; the secret in
# the address is the authority.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    notice = links.notice_to_stop(token, today=timezone.localdate(now))
    brand = brand_of(notice) if notice else None
    frame = {"frame": frame_of(request, brand)}
    one_click = request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click"
    # Large mail services click for thousands from a few addresses: with the right secret they are not counted.
    if not (one_click and notice) and not limit.allowed(request, now=now):
        return private(render(request, "pages/busy.html", frame, status=429))
    if notice is None:
        return private(render(request, "pages/gone.html", frame, status=404))
    if request.method == "POST":
        act(request, notice, one_click=one_click, now=now)
        if not one_click:
            return private(HttpResponseRedirect(request.get_full_path(), status=303))
    shown = {
        "reminders": reminders(notice, today=timezone.localdate(now)),
        "steps": public(request, brand, "guide_index"),
    }
    return private(render(request, "pages/mute.html", frame | shown))


def act(request: HttpRequest, notice: Notice, *, one_click: bool, now: datetime) -> None:
    if request.POST.get("act") == "resume":
        mutes.unmute(holdout_id=notice.holdout_id)
    else:
        by = Mute.By.ONE_CLICK if one_click else Mute.By.PAGE
        mutes.mute(holdout_id=notice.holdout_id, by=by, now=now, notice_id=notice.pk)


def reminders(notice: Notice, *, today: date) -> Reminders:
    cutoff_on = notice.mailing.campaign.cutoff_on
    exempt = last_days.spans(extensions.exemptions_of(notice.holdout), today=today)
    ends_on = last_days.ends_on(cutoff_on, exempt)
    return Reminders(
        stopped=mutes.is_muted(notice.holdout_id),
        address=masked_address(notice.holdout.customer.notice_address),
        number=masked_number(notice.number),
        ends_on=ends_on,
        last_day=ends_on - last_days.DAY,
        silent=last_days.silent_from(cutoff_on, exempt, today=today) is not None,
        over=today >= ends_on,
    )
