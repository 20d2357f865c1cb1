"""The parts of a mailing's page that move by themselves: its state, the ledger, the pace, and what goes wrong."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign.dashboard import bars
from campaign.dashboard.acts import tries_the_relay
from campaign.dashboard.outlook import outlook, pace_text
from campaign.dashboard.shell import show
from campaign.jinja import count, day
from campaign.logs.redaction import without_addresses
from campaign.plan import calendar
from campaign.roles import PEOPLE
from notices import allowance, causes, course, mailings, pacing, reports
from notices.models import Mailing, SendingDay

State = Mailing.State
SOONEST, LATEST = 3, 60  # seconds to the next look
SHARE = 20  # the server works at most one second of so many for an open page
SAID_EVERY = 10  # percent: whoever listens to the page is not told more often


@dataclass(frozen=True)
class Hold:
    """The minutes after the start in which nothing goes out."""

    until: str
    seconds: int


def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    """The parts alone, for the script that renews them."""
    begun, now = time.monotonic(), timezone.now()
    mailing = get_object_or_404(Mailing.objects.select_related("campaign", "report_counts"), pk=pk)
    values = parts(mailing, reports.of(mailing, now=now), now=now, sees_people=request.user.has_perm(PEOPLE))
    took = time.monotonic() - begun
    return show(request, "pulse.html", {"mailing": mailing, "parts": values, "every": every(took)})


def every(took: float) -> int:
    """Milliseconds to the next look, so that looking at a huge mailing does not become the work."""
    return 1000 * min(max(ceil(took * SHARE), SOONEST), LATEST)


def parts(mailing: Mailing, report: mailings.Report, *, now: datetime, sees_people: bool) -> dict[str, object]:
    """For who sees only numbers, no example of a cause names an address."""
    today = allowance.foresee(timezone.localdate(now))
    ahead = outlook(mailing, report, today, now=now)
    return {
        "state": mailing.state,
        "state_title": mailing.get_state_display(),
        "hold": hold(mailing, now=now),
        "next": what_happens_next(mailing, report, today, now=now),
        "said": said(mailing, report, now=now),
        "report": report,
        "ledger_bar": ledger_bar(report),
        "pace": pace_text(mailing, ahead, now=now),
        "outlook": ahead,
        "causes": [
            (cause if sees_people else _without_addresses(cause), _shown(cause))
            for cause in reports.causes_of(mailing, now=now)
        ],
        "at": date_format(timezone.localtime(now), "G:i:s"),
    }


def hold(mailing: Mailing, *, now: datetime) -> Hold | None:
    if mailing.state != State.SENDING or not mailing.holds(now):
        return None
    left = ceil((mailing.hold_until - now).total_seconds())
    return Hold(date_format(timezone.localtime(mailing.hold_until), "G:i:s"), left)


def what_happens_next(mailing: Mailing, report: mailings.Report, today: SendingDay, *, now: datetime) -> str:
    if mailing.state == State.SENDING and report.waiting:
        return _while_it_is_sent(mailing, today, now=now)
    hours = {"from": f"{settings.NOTICE_FROM_HOUR}:00", "to": f"{settings.NOTICE_TO_HOUR}:00"}
    in_hours = pacing.hours().allow(now)
    if mailing.state == State.PLANNED and in_hours:
        return _(
            "Somebody other than who planned it has to approve it. "
            "Nothing goes out before that; then it starts by itself."
        )
    if mailing.state == State.PLANNED:
        return _("Somebody other than who planned it has to approve it. Nothing goes out before that.")
    if mailing.state == State.APPROVED and in_hours:
        return _("Sending starts by itself in a moment.")
    if mailing.state == State.APPROVED:
        return _("Sending starts by itself on the next working day between %(from)s and %(to)s.") % hours
    if mailing.state == State.SENDING:
        return _("Everything has gone out; the last answers are being recorded.")
    if tries_the_relay(mailing) and mailing.try_again_at:
        return _("The mail relay is tried again at %(time)s; as soon as it takes mail, sending goes on by itself.") % {
            "time": date_format(timezone.localtime(mailing.try_again_at), "G:i")
        }
    if mailing.state == State.PAUSED:
        return _("Nothing goes out until somebody resumes it.")
    if mailing.state == State.CANCELLED and not (report.accepted or report.unknown):
        return _("It was cancelled before anything had gone out. It can be planned again in the plan of the mailings.")
    if mailing.state == State.CANCELLED:
        return _("It was cancelled: what had not gone out is withdrawn.")
    return _("It is finished. Fates of its notices may still come in from the mail server's log.")


def _while_it_is_sent(mailing: Mailing, today: SendingDay, *, now: datetime) -> str:
    """Where nothing goes out at this moment, the reason, and when the next ones do."""
    due = course.next_slot(mailing) or now
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    cap = today.bound(mailing.daily_cap)
    if due <= now and today.taken >= cap and pacing.hours().allow(now):
        following = next(iter(calendar.open_days(tomorrow, pacing.is_open)), None)
        values = {"cap": count(cap), "day": day(following) if following else "–"}
        return _("Today's limit of %(cap)s notices is reached. The next ones go out on %(day)s.") % values
    at = timezone.localtime(max(due, mailing.hold_until or due))
    values = {"time": date_format(at, "G:i"), "day": day(at.date())}
    if due > now and at.date() >= tomorrow:
        return _("The next ones are due on %(day)s from %(time)s on: its notices are spread over the days.") % values
    if due > now:
        return _("The next ones are due at %(time)s: its notices are spread over the day.") % values
    hours = {"from": f"{settings.NOTICE_FROM_HOUR}:00", "to": f"{settings.NOTICE_TO_HOUR}:00"}
    return _("Notices go out on working days between %(from)s and %(to)s.") % hours


def said(mailing: Mailing, report: mailings.Report, *, now: datetime) -> str:
    """What somebody who listens to the page is told when it changes: few words, and seldom others."""
    if hold(mailing, now=now):
        return _("Held: nothing goes out yet.")
    if mailing.state != State.SENDING or not report.planned:
        return mailing.get_state_display()
    done = 100 * (report.planned - report.waiting) // report.planned
    return _("Being sent: %(percent)s percent are done.") % {"percent": done - done % SAID_EVERY}


def ledger_bar(report: mailings.Report) -> Markup:
    titles = {
        "accepted": _("Accepted by the mail relay"),
        "waiting": _("Waiting"),
        "withdrawn": _("Withdrawn"),
        "unknown": _("Not known"),
        "refused": _("Refused"),
    }
    numbers = [(name, getattr(report, name)) for name in titles]
    return bars.stacked_bar(
        name="ledger",
        title=_("What became of the notices"),
        description="; ".join(f"{titles[name]}: {count(number)}" for name, number in numbers),
        parts=numbers,
    )


def _without_addresses(cause: causes.Cause) -> causes.Cause:
    return replace(cause, example=without_addresses(cause.example))


def _shown(cause: causes.Cause) -> str:
    """The cause's text; our own ones, which stand in the ledger in English, in the reader's language."""
    return _(cause.text) if cause.text else _("no words were recorded")
