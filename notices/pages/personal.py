"""The page behind a personal link: how things stand now, and what to do next. Looking changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone

from campaign.brands import Brand
from campaign.logs.redaction import masked_address
from campaign.models import (
    AttributedDay,
    CallBack,
    Campaign,
    DailyUse,
    Holdout,
    LogFile,
    Reason,
    Standing,
    SubmissionClass,
)
from campaign.models.holdouts import LEFT
from campaign.plan import extensions, last_days
from notices import mutes
from notices.compose import brand_of
from notices.guides import catalog
from notices.models import Mute, Notice, Visit
from notices.pages.frame import frame_of, spoken
from notices.pages.hints import Hint, hints
from notices.pages.masks import masked_number
from notices.pages.own import behind_a_link, own_pages, public


class Situation(StrEnum):
    """What the page says in its first sentence."""

    OLD_WAY = "old_way"
    PASSWORD = "password"  # tries the new way, fails, and is let through the old one
    SERVER = "server"  # a mail server or forwarder sends for several people
    DEVICE = "device"
    OLD_HOST = "old_host"
    ONE_LEFT = "one_left"
    NEW_WAY = "new_way"
    DONE = "done"
    SILENT = "silent"
    EXEMPT = "exempt"


SETTLED = {
    Standing.MIGRATED: Situation.DONE,
    Standing.SILENT: Situation.SILENT,
    Standing.EXEMPT: Situation.EXEMPT,
}
BY_REASON = {
    Reason.AUTH_FAILED: Situation.PASSWORD,
    Reason.FORWARDER: Situation.SERVER,
    Reason.DEVICE_OR_PRINTER: Situation.DEVICE,
    Reason.OLD_HOST_OR_PORT: Situation.OLD_HOST,
}
REMINDERS = {
    "stop": lambda notice, now: mutes.mute(holdout_id=notice.holdout_id, by=Mute.By.PAGE, now=now, notice_id=notice.pk),
    "resume": lambda notice, now: mutes.unmute(holdout_id=notice.holdout_id),
}
NOTHING_LEFT = {Situation.DONE, Situation.EXEMPT}


def situation(
    standing: Standing | str, reason: Reason | str, *, last_legacy_at: datetime, last_auth_at: datetime | None
) -> Situation:
    """By the clock where the standing goes by days: who changed at noon reads so at noon."""
    if standing in SETTLED:
        return SETTLED[Standing(standing)]
    if last_auth_at and last_auth_at > last_legacy_at:
        return Situation.NEW_WAY
    if reason in BY_REASON:
        return BY_REASON[Reason(reason)]
    return Situation.ONE_LEFT if standing == Standing.MIXED else Situation.OLD_WAY


@dataclass(frozen=True)
class Personal:
    situation: Situation
    last_legacy_at: datetime
    last_auth_at: datetime | None
    old_program: str  # what people call it; "" when not known
    new_program: str
    guide: str  # name of the guide to go to; "" when they must choose
    guide_title: str
    program_ended: bool  # the guide says what to use instead of it
    nothing_left: bool
    days_left: int  # to `ends_on`
    quiet_days: int
    ends_on: date  # the first day without the old way, for this customer
    last_day: date  # of the old way
    delayed_until: date | None  # by a delay that the customer asked for
    silent_from: date | None  # from then on nobody writes, not even when the last day is near
    may_ask: bool  # for a delay
    call_back: CallBack | None
    hints: list[Hint]
    address: str
    number: str
    as_of: datetime | None
    may_remind: bool  # there is something left to be reminded of, or reminders are stopped
    stopped: bool


def personal(notice: Notice, *, today: date, language: str) -> Personal:
    """How things stand for the customer of `notice`, read now."""
    brand = brand_of(notice)
    holdout = notice.holdout
    campaign = notice.mailing.campaign
    old = _last_use(holdout, campaign.legacy_class)
    new = _last_use(holdout, SubmissionClass.SMTP_AUTH)
    last_legacy_at = _later(holdout.last_legacy_at, old)
    last_auth_at = _later(holdout.last_auth_at, new)
    exemptions = extensions.exemptions_of(holdout)
    exempt = last_days.spans(exemptions, today=today)
    delayed_until = extensions.delayed_until(exemptions, cutoff_on=campaign.cutoff_on, today=today)
    # A delay ends: who has one still has everything to do.
    standing = Standing.HOLDOUT if delayed_until and holdout.standing == Standing.EXEMPT else holdout.standing
    found = situation(standing, holdout.reason, last_legacy_at=last_legacy_at, last_auth_at=last_auth_at)
    program = (old.client_program if old else "") or notice.client_program
    stopped = hasattr(holdout, "mute")
    ends_on = last_days.ends_on(campaign.cutoff_on, exempt)
    bounds = {"days": settings.DELAY_DAYS_MOST, "times": settings.DELAYS_MOST}
    return Personal(
        situation=found,
        last_legacy_at=last_legacy_at,
        last_auth_at=last_auth_at,
        old_program=catalog.title(program, language),
        new_program=catalog.title(new.client_program, language) if new else "",
        guide=catalog.client(program).name if program else "",
        guide_title=catalog.client(program).title[language],
        program_ended=catalog.client(program).state == "dead",
        nothing_left=found in NOTHING_LEFT,
        ends_on=ends_on,
        days_left=(ends_on - today).days,
        delayed_until=delayed_until,
        last_day=ends_on - last_days.DAY,
        silent_from=last_days.silent_from(campaign.cutoff_on, exempt, today=today),
        may_ask=extensions.offer_for(holdout, exemptions, today=today, **bounds).no is None,
        call_back=getattr(holdout.customer, "call_back", None),
        hints=hints(old, new, _last_failure(holdout, campaign), program=program, brand=brand, language=language),
        quiet_days=campaign.quiet_days,
        address=masked_address(holdout.customer.notice_address),
        number=masked_number(notice.number),
        as_of=_data_time(),
        may_remind=stopped or holdout.standing in LEFT,
        stopped=stopped,
    )


def _last_use(holdout: Holdout, submission_class: SubmissionClass) -> DailyUse | None:
    uses = DailyUse.objects.filter(customer=holdout.customer, submission_class=submission_class)
    return uses.order_by("-day").first()


def _last_failure(holdout: Holdout, campaign: Campaign) -> DailyUse | None:
    """The last day sent the old way after a sign-in that was refused."""
    uses = DailyUse.objects.filter(customer=holdout.customer, submission_class=campaign.legacy_class)
    return uses.filter(auth_failed__gt=0).order_by("-day").first()


def _later(known: datetime | None, use: DailyUse | None) -> datetime | None:
    return max((time for time in (known, use and use.last_at) if time), default=None)


def _data_time() -> datetime | None:
    attributed = AttributedDay.objects.aggregate(at=Max("attributed_at"))["at"]
    return attributed or LogFile.objects.aggregate(at=Max("read_at"))["at"]


@behind_a_link
def page(request: HttpRequest, notice: Notice, *, now: datetime) -> HttpResponse:
    brand = brand_of(notice)
    shown = personal(notice, today=timezone.localdate(now), language=spoken())
    if request.method == "POST" and request.POST.get("act") in REMINDERS:
        REMINDERS[request.POST["act"]](notice, now)
        return HttpResponseRedirect(f"{request.get_full_path()}#reminders", status=303)
    if request.method == "POST":
        Visit.objects.create(notice=notice, act=Visit.Act.GUIDE, client_program=shown.guide, at=now)
        guide = {"client": shown.guide} if shown.guide else {}
        return redirect(public(request, brand, "guide" if guide else "guide_index", **guide))
    return render(request, "pages/personal.html", values_of(request, brand, shown, at=own_pages(request)))


def values_of(request: HttpRequest, brand: Brand, shown: Personal, *, at: Callable[[str], str]) -> dict[str, object]:
    """What the page shows; `at` gives the addresses of the pages behind the same link."""
    return {
        "frame": frame_of(request, brand),
        "personal": shown,
        "at": at,
        "guides": public(request, brand, "guide_index"),
        "hint_urls": [public(request, brand, hint.place, **hint.where) for hint in shown.hints],
    }
