"""How a mailing will go, in words: when it is through, how many contacts it brings, and what that rests on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.jinja import count, day, tenths
from notices import course, distance
from notices.course import Course
from notices.mailings import Report
from notices.models import Mailing, SendingDay

State = Mailing.State
DAYS_SHOWN = 15


@dataclass(frozen=True)
class Row:
    """A day to come."""

    day: date
    notices: int
    contacts: str
    likely: str
    takes: str
    too_much: bool


@dataclass(frozen=True)
class Outlook:
    """What the page says of the days to come; each text is a whole sentence, or "" where there is nothing to say."""

    through: str
    range: str
    contacts: str
    takes: str
    rests_on: str
    cap: str
    warning: str
    others: str
    rows: tuple[Row, ...]
    days_more: int
    left_today: int
    last_slot_today: datetime | None
    left_out: str


def outlook(mailing: Mailing, report: Report, row: SendingDay, *, now: datetime) -> Outlook | None:
    """None for a mailing that has ended, or has nothing left to send. `row` is what is in force today."""
    if mailing.state in Mailing.ENDED or not report.waiting:
        return None
    found = course.course(mailing, waiting=report.waiting, row=row, now=now)
    return Outlook(
        through=_through(mailing, found, report.waiting),
        range=_range(found),
        contacts=_contacts(found),
        takes=_takes(found, row),
        rests_on=_rests_on(row),
        cap=_cap(mailing, row),
        warning=_warning(mailing, found),
        others=_others(found),
        rows=tuple(_row(one) for one in found.days[:DAYS_SHOWN]),
        days_more=max(0, len(found.days) - DAYS_SHOWN),
        left_today=found.left_today,
        last_slot_today=found.last_slot_today,
        left_out=_left_out(mailing, found, report, today=row.day) if mailing.state == State.PLANNED else "",
    )


def _left_out(mailing: Mailing, found: Course, report: Report, *, today: date) -> str:
    """For who approves it: a mailing that goes out late takes the next reminder away from its customers."""
    left_out = distance.leaves_out(mailing, found, waiting=report.waiting, today=today)
    if left_out is None:
        return ""
    values = {"day": day(left_out.day), "customers": count(left_out.customers), "days": settings.NOTICE_GAP_DAYS}
    return (
        ngettext(
            "If it is approved now, the reminder of %(day)s leaves out up to %(customers)s of these customers: nobody "
            "gets two notices within %(days)s days. To let them have the reminder, cancel this mailing.",
            "If it is approved now, the reminder of %(day)s leaves out up to %(customers)s of these customers: nobody "
            "gets two notices within %(days)s days. To let them have the reminder, cancel this mailing.",
            left_out.customers,
        )
        % values
    )


def _through(mailing: Mailing, found: Course, waiting: int) -> str:
    if found.through_on is None:
        return ""
    values = {"day": day(found.through_on), "waiting": count(waiting)}
    if mailing.state == State.SENDING:
        return _("The last of the %(waiting)s notices that wait goes out on %(day)s.") % values
    if mailing.state == State.PAUSED:
        return _("If it is resumed now, the last of the %(waiting)s notices that wait go out on %(day)s.") % values
    return _("If it goes out from now on, the last of its %(waiting)s notices go out on %(day)s.") % values


def _range(found: Course) -> str:
    if found.through_on is None or found.earliest == found.latest:
        return ""
    if found.latest is None:
        return _("It may be as early as %(first)s, or later than its last day.") % {"first": day(found.earliest)}
    return _("It may be any day from %(first)s to %(last)s.") % {
        "first": day(found.earliest),
        "last": day(found.latest),
    }


def _contacts(found: Course) -> str:
    busiest = found.busiest
    if busiest is None:
        return ""
    values = {
        "day": day(busiest.day),
        "contacts": count(round(busiest.contacts)),
        "least": count(int(busiest.at_least)),
        "most": count(round(busiest.at_most + 0.5)),
    }
    return (
        ngettext(
            "On the busiest day, %(day)s, about %(contacts)s customer gets in touch (likely %(least)s to %(most)s).",
            "On the busiest day, %(day)s, about %(contacts)s customers get in touch (likely %(least)s to %(most)s).",
            round(busiest.contacts),
        )
        % values
    )


def _takes(found: Course, row: SendingDay) -> str:
    takes = found.busiest.capacity if found.busiest else row.capacity
    if takes is None:
        return _("What the help desk takes a day is not entered, so it sets no limit.")
    return _("The help desk takes %(capacity)s contacts that day.") % {"capacity": count(takes)}


def _rests_on(row: SendingDay) -> str:
    values = {
        "rate": number(row.contacts_per_hundred),
        "least": number(row.contacts_at_least),
        "most": number(row.contacts_at_most),
    }
    return _("Reckoned with %(rate)s contacts per hundred notices (likely %(least)s to %(most)s).") % values


def number(value: float) -> str:
    return tenths(value)


def _cap(mailing: Mailing, row: SendingDay) -> str:
    values = {"cap": count(row.bound(mailing.daily_cap)), "taken": count(row.taken)}
    if row.desk_cap is not None and row.desk_cap < mailing.daily_cap:
        return _("Today at most %(cap)s notices go out, so that the help desk can follow; %(taken)s have.") % values
    return _("Today at most %(cap)s notices go out, by the mailing's own cap; %(taken)s have.") % values


def _warning(mailing: Mailing, found: Course) -> str:
    if not found.left_over:
        return ""
    values = {"left": count(found.left_over), "day": day(mailing.expires_on)}
    return (
        ngettext(
            "%(left)s notice would not go out before the mailing's last day, %(day)s: more seats at the help desk "
            "help where they set the cap.",
            "%(left)s notices would not go out before the mailing's last day, %(day)s: more seats at the help desk "
            "help where they set the cap.",
            found.left_over,
        )
        % values
    )


def _others(found: Course) -> str:
    if not found.others:
        return ""
    return ngettext(
        "%(notices)s notice of other mailings shares these days.",
        "%(notices)s notices of other mailings share these days.",
        found.others,
    ) % {"notices": count(found.others)}


def _row(one: course.Day) -> Row:
    return Row(
        day=one.day,
        notices=one.notices,
        contacts=count(round(one.contacts)),
        likely=_("%(least)s to %(most)s")
        % {"least": count(int(one.at_least)), "most": count(round(one.at_most + 0.5))},
        takes="" if one.capacity is None else count(one.capacity),
        too_much=one.capacity is not None and one.contacts > one.capacity + 0.5,
    )


def pace_text(mailing: Mailing, ahead: Outlook | None, *, now: datetime) -> str:
    """How fast it goes at this moment, and when what is `ahead` today is out at that pace; "" where nothing moves.

    None of it goes out before its slot, however fast the others went.
    """
    if mailing.state != State.SENDING or mailing.holds(now):
        return ""
    a_minute = course.pace(mailing, now=now)
    values = {"pace": number(a_minute), "minutes": course.PACE_MINUTES}
    text = _("%(pace)s notices a minute in the last %(minutes)s minutes.") % values
    if not a_minute or ahead is None or not ahead.left_today:
        return text
    end = now + timedelta(minutes=ahead.left_today / a_minute)
    if end > course.end_of_day(now):
        return text
    if ahead.last_slot_today and ahead.last_slot_today > end:
        at = date_format(timezone.localtime(ahead.last_slot_today), "G:i")
        return " ".join(
            (text, _("The notices of today are spread over the day: the last is due at %(time)s.") % {"time": at})
        )
    at = date_format(timezone.localtime(end), "G:i")
    return " ".join((text, _("At this pace, what goes out today is out at about %(time)s.") % {"time": at}))
