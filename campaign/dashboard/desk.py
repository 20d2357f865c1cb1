"""The help desk: its seats and what each takes, from which day on, and what notices bring to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import audit
from campaign.dashboard import noting
from campaign.dashboard.acts import number_in
from campaign.dashboard.outlook import number
from campaign.dashboard.shell import show
from campaign.jinja import count, day
from campaign.models import Desk
from campaign.plan import capacity
from campaign.plan.campaigns import NotPossible
from notices import allowance
from notices.models import SendingDay

CHANGE = "campaign.change_desk"
MOST = 9999  # seats, and contacts of a seat
LATEST = timedelta(days=730)
NUMBERS = {
    "seats": lambda: _("Enter the people who answer as a whole number from 0 to %(most)s."),
    "contacts_per_seat": lambda: _("Enter the contacts that each can take as a whole number from 0 to %(most)s."),
}


@dataclass(frozen=True)
class Row:
    """The desk from a day on."""

    from_day: date
    seats: int
    contacts_per_seat: int
    capacity: int
    in_force: bool
    changed_at: datetime
    by: str


@dataclass(frozen=True)
class Past:
    """An open day that was looked back on."""

    day: date
    notices: int
    contacts: int
    expected: str
    unrecorded: bool


def page(request: HttpRequest) -> HttpResponse:
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied(CHANGE)
        try:
            return _changed(request)
        except NotPossible as error:
            wrong = error.wrong
    today = timezone.localdate()
    measured, row = allowance.measured_before(today), allowance.foresee(today)
    values = {
        "wrong": wrong,
        "given": _given(request, today),
        "today": today,
        "may_change": request.user.has_perm(CHANGE),
        "rows": rows(today),
        "cap": cap_text(row),
        "measured": measured,
        "is_assumed": allowance.is_assumed(row),
        "rate": number(row.contacts_per_hundred),
        "assumed": number(settings.CONTACTS_PER_HUNDRED),
        "belief": capacity.BELIEF,
        "window": capacity.WINDOW,
        "least": number(row.contacts_at_least),
        "most": number(row.contacts_at_most),
        "past": past(today, measured, row.contacts_per_hundred),
    }
    return show(request, "desk.html", values, status=422 if wrong else 200)


def rows(today: date) -> list[Row]:
    """All that was ever entered, the latest first."""
    found = list(Desk.objects.select_related("changed_by").order_by("-from_day"))
    now = next((desk.from_day for desk in found if desk.from_day <= today), None)
    return [
        Row(
            from_day=desk.from_day,
            seats=desk.seats,
            contacts_per_seat=desk.contacts_per_seat,
            capacity=desk.capacity,
            in_force=desk.from_day == now,
            changed_at=desk.changed_at,
            by=desk.changed_by.get_full_name() or desk.changed_by.get_username() if desk.changed_by else "",
        )
        for desk in found
    ]


def cap_text(row: SendingDay) -> str:
    if row.desk_cap is None:
        return _("Nothing is entered for today, so the desk sets no limit: each mailing has only its own cap.")
    values = {
        "capacity": count(row.capacity or 0),
        "cap": count(row.desk_cap),
        "rate": number(row.contacts_per_hundred),
    }
    if row.capacity is None or row.capacity * 100 // row.contacts_per_hundred > row.desk_cap:
        return _("Today at most %(cap)s notices go out, because the desk takes less in the days to come.") % values
    return (
        _(
            "Today the desk takes %(capacity)s contacts. With %(rate)s contacts per hundred notices, as reckoned when "
            "the day began, at most %(cap)s notices go out."
        )
        % values
    )


def past(today: date, measured: capacity.Measure, per_hundred: float) -> list[Past]:
    """The open days that the measure rests on, the latest first; those on which nothing was due are left out."""
    days = allowance.recent_days(today)
    due = capacity.answers([day.notices for day in days])
    found = [
        Past(
            day=one.day,
            notices=one.notices,
            contacts=one.contacts,
            expected=number(notices * per_hundred / 100),
            unrecorded=one.day in measured.unrecorded,
        )
        for one, notices in zip(days, due, strict=False)
        if notices or one.contacts
    ]
    return found[::-1]


def _given(request: HttpRequest, today: date) -> dict[str, str]:
    """What stands in the form: what was entered, or what is in force."""
    if request.method == "POST":
        return {name: request.POST.get(name, "")[:20] for name in ("from_day", "seats", "contacts_per_seat")}
    desk = Desk.objects.filter(from_day__lte=today).order_by("-from_day").first()
    shown = {"seats": str(desk.seats), "contacts_per_seat": str(desk.contacts_per_seat)} if desk else {}
    return {"from_day": str(today), "seats": "", "contacts_per_seat": ""} | shown


def _changed(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    from_day, values = entered(request.POST, today=today)
    before = Desk.objects.filter(from_day=from_day).first()
    made = {"changed_at": timezone.now(), "changed_by": request.user}
    with transaction.atomic():
        desk, new = Desk.objects.update_or_create(from_day=from_day, defaults=values | made)
        told = {"before": audit.values_of(before, *values) if before else {}, "after": values}
        on = audit.thing(desk, what=from_day.isoformat())
        noting.note(request, audit.Act.ADDED if new else audit.Act.CHANGED, on, **told)
    if SendingDay.objects.filter(day=today, decided_at__isnull=False).exists():
        allowance.decide(today, again=True)
    if desk.capacity:
        messages.success(request, _("It is entered. The cap of today is reckoned anew."))
    elif from_day == today:
        messages.warning(request, _("It is entered: nothing more goes out today, guides that customers ask for apart."))
    else:
        nothing = _("It is entered: from %(day)s on nothing goes out, guides that customers ask for apart.")
        messages.warning(request, nothing % {"day": day(from_day)})
    return HttpResponseRedirect(reverse("desk"), status=303)


def entered(given: QueryDict, *, today: date) -> tuple[date, dict[str, int]]:
    """The day from which on, and seats and contacts of a seat. Raises NotPossible, with all that is wrong."""
    wrong, from_day = {}, today
    try:
        from_day = date.fromisoformat(given.get("from_day", "").strip())
    except ValueError:
        wrong["from_day"] = _("Enter the day as year, month and day, such as 2026-12-01.")
    if not today <= from_day <= today + LATEST:
        wrong["from_day"] = _("Enter today or a later day, within two years: what has been stays as it was.")
    values = {name: number_in(given.get(name, "")) for name in NUMBERS}
    for name, value in values.items():
        if value is None or value > MOST:
            wrong[name] = NUMBERS[name]() % {"most": MOST}
    if wrong:
        raise NotPossible(fields=wrong)
    return from_day, values
