"""Whom the next reminder leaves out because a mailing writes to them shortly before it: a rule on days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from notices import planning, schedule, selection
from notices.course import Course
from notices.models import Mailing, Notice
from notices.schedule import Kind

DAY = timedelta(days=1)
# A first notice keeps a month's distance however early it goes out, and final ones and thanks have nothing after them.
NOT_ASKED_OF = (Kind.FIRST, *selection.FINALS, *selection.APART)


@dataclass(frozen=True)
class LeftOut:
    """The reminder of `day` leaves out at most so many: those who get this mailing's notice on `since` or later."""

    day: date
    customers: int
    since: date


def too_near(going: Iterable[tuple[date, int]], waiting: int, *, since: date) -> int:
    """How many of those that wait do not go out before `since`, by the days of `going`."""
    return waiting - sum(notices for on, notices in going if on < since)


def leaves_out(mailing: Mailing, ahead: Course, *, waiting: int, today: date) -> LeftOut | None:
    """If the mailing goes out from now on; None where the next reminder finds all of its customers."""
    if mailing.kind in NOT_ASKED_OF:
        return None
    plan = planning.course_of(mailing.campaign, planning.plans_of(mailing.campaign))
    day = _next_reminder(mailing, plan, today=today)
    if day is None:
        return None
    since = day - (plan.gap_days - 1) * DAY
    by_course = too_near(ahead.own, waiting, since=since)
    begins = timezone.make_aware(datetime.combine(since, time()))
    waiting_notices = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WAITING)
    customers = max(by_course, waiting_notices.filter(send_after__gte=begins).count())
    return LeftOut(day, customers, since) if customers else None


def _next_reminder(mailing: Mailing, course: schedule.Course, *, today: date) -> date | None:
    """The day of the first whose time has not come."""
    reminders = Mailing.objects.filter(campaign=mailing.campaign, kind=Kind.REMINDER)
    planned = set(reminders.values_list("period", flat=True))
    coming = schedule.rounds(Kind.REMINDER, course, since=today)
    days = (found.first_day for found in coming if found.period not in planned)
    return next((day for day in days if day > today), None)
