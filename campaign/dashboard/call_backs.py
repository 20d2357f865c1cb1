"""Who waits for a call: the list for the desk. A call that was made becomes a contact, and its number is deleted."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act, thing
from campaign.dashboard import noting, words
from campaign.dashboard.acts import number_in
from campaign.dashboard.shell import pager, show, stand_at
from campaign.jinja import day
from campaign.models import CallBack, Contact, Customer
from campaign.plan import call_backs
from campaign.plan.call_backs import NotPossible

ANSWER = "campaign.answer_callback"
MINUTES = 8  # as the form begins


@dataclass(frozen=True)
class Row:
    pk: int
    customer: int
    name: str
    login: str
    phone: str
    day: date
    part: str
    late: bool
    asked_at: datetime
    program: str
    language: str


def page(request: HttpRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: HttpRequest, *, pk: int = 0, wrong: dict[str, str] | None = None) -> HttpResponse:
    """The next call first; the numbers are shown to those alone who call. `wrong` is of the form of call `pk`."""
    today = timezone.localdate()
    found = CallBack.objects.select_related("customer").order_by("day", "part", "asked_at", "pk")
    total = found.count()
    pages = pager(request, total=total)
    values = {
        "rows": [row_of(each, today=today) for each in found[pages.shown]],
        "total": total,
        "late": CallBack.objects.filter(day__lt=today).count(),
        "pager": pages,
        "topics": Contact.Topic.choices,
        "outcomes": Contact.Outcome.choices,
        "minutes": MINUTES,
        "wrong": wrong or {},
        "wrong_at": pk,
        "given": request.POST if wrong else {},
    }
    return show(request, "call_backs.html", values, status=422 if wrong else 200)


def row_of(waiting: CallBack, *, today: date) -> Row:
    customer = waiting.customer
    return Row(
        pk=waiting.pk,
        customer=customer.pk,
        name=customer.name,
        login=customer.login,
        phone=spelled(waiting.phone),
        day=waiting.day,
        part=waiting.get_part_display(),
        late=waiting.day < today,
        asked_at=waiting.asked_at,
        program=words.program_title(customer.client_program),
        language=customer.get_language_display(),
    )


def spelled(phone: str) -> str:
    """Eleven digits in their usual groups; of ten nobody knows where the area code ends."""
    return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" if len(phone) == 11 else phone


def waiting_call(customer: Customer, user: AbstractUser) -> CallBack | None:
    """For the customer's page; who does not call need not know."""
    return CallBack.objects.filter(customer=customer).first() if user.has_perm(ANSWER) else None


def done(request: HttpRequest, *, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    waiting = get_object_or_404(CallBack.objects.select_related("customer"), pk=pk)
    try:
        _done(request, waiting)
    except NotPossible as error:
        stand_at(request, reverse("call_backs"))
        return _shown(request, pk=pk, wrong=error.wrong)
    return HttpResponseRedirect(reverse("call_backs"), status=303)


def _done(request: HttpRequest, waiting: CallBack) -> None:
    given = {name: request.POST.get(name, "") for name in ("topic", "outcome")}
    minutes = number_in(request.POST.get("minutes", "")) or 0
    with transaction.atomic():
        found = call_backs.done(
            call_back_id=waiting.pk,
            minutes=minutes,
            now=timezone.now(),
            today=timezone.localdate(),
            is_open=call_backs.desk_is_open,
            user_id=request.user.pk,
            **given,
        )
        if found:
            told = thing(found[0], what=waiting.customer.login)
            noting.note(request, Act.ADDED, told, after={"minutes": minutes, **given})
    if found is None:
        messages.error(request, _("Somebody else was quicker: this call was made already."))
    elif found[1]:
        again = _("The contact is recorded; the call stays on the list, for %(day)s.") % {"day": day(found[1])}
        messages.success(request, again)
    else:
        messages.success(request, _("The contact is recorded, and the number is deleted."))
