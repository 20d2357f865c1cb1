"""The steps that people take with a mailing: who may take which, and when."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act as Noted
from campaign.audit import thing, values_of
from campaign.dashboard import noting
from campaign.dashboard.outlook import outlook
from campaign.dashboard.shell import show
from campaign.dashboard.words import mailing_title
from campaign.jinja import count
from notices import allowance, approval, mailings, reports
from notices.models import Mailing, Notice

State = Mailing.State


@dataclass(frozen=True)
class Act:
    """A step that people take: the states in which it is offered, and the permission that it needs."""

    title: Callable[[], str]
    done: Callable[[], str]
    states: tuple[str, ...]
    permission: str = "notices.run_mailing"


ACTS = {
    "approve": Act(
        lambda: _("Approve"),
        lambda: _("The mailing is approved."),
        (State.PLANNED,),
        "notices.approve_mailing",
    ),
    "texts": Act(
        lambda: _("Take the newest approved texts"),
        lambda: _("The mailing has the newest approved texts, and waits for approval."),
        (State.PLANNED, State.APPROVED),
    ),
    "start": Act(
        lambda: _("Start now"),
        lambda: _("The mailing is started, and held: nothing goes out yet."),
        (State.APPROVED,),
    ),
    "resume": Act(lambda: _("Go on sending"), lambda: _("The mailing goes on."), (State.PAUSED,)),
    "pause": Act(
        lambda: _("Pause"),
        lambda: _("The mailing is paused: nothing goes out until somebody resumes it."),
        (State.APPROVED, State.SENDING),
    ),
    "cancel": Act(
        lambda: _("Cancel for good"),
        lambda: _("The mailing is cancelled: what had not gone out is withdrawn."),
        (State.PLANNED, State.APPROVED, State.SENDING, State.PAUSED),
    ),
}

NOTED = {
    "approve": Noted.APPROVED,
    "start": Noted.STARTED,
    "resume": Noted.RESUMED,
    "pause": Noted.PAUSED,
    "cancel": Noted.CANCELLED,
    "texts": Noted.CHANGED,
}


def allowed_acts(mailing: Mailing, user: AbstractUser) -> set[str]:
    """The four eyes: whoever planned a mailing is not offered to approve it."""
    return {
        name
        for name, act in ACTS.items()
        if (mailing.state in act.states or (name == "pause" and tries_the_relay(mailing)))
        and user.has_perm(act.permission)
        and not (name == "approve" and mailing.planned_by_id == user.pk)
    }


def texts_key(mailing: Mailing) -> str:
    """Which texts a page showed, for the approval of just these."""
    return f"{mailing.text_ja_id or 0}-{mailing.text_en_id or 0}"


def tries_the_relay(mailing: Mailing) -> bool:
    """Whether it has paused by itself and goes on by itself; a person can make it stay paused."""
    return mailing.state == State.PAUSED and mailing.pause_cause == Mailing.PauseCause.RELAY


def act(request: HttpRequest, *, pk: int, act: str) -> HttpResponse:
    """Does one step; starting and cancelling, which cannot be undone, ask first."""
    mailing = get_object_or_404(
        Mailing.objects.select_related("campaign", "text_ja", "text_en", "report_counts"), pk=pk
    )
    if act not in ACTS:
        raise Http404
    if not request.user.has_perm(ACTS[act].permission):
        raise PermissionDenied(ACTS[act].permission)
    if request.method == "GET" and act in ASKS:
        return ASKS[act](request, mailing)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if act == "start" and (wrong := _not_confirmed(request, mailing)):
        return ask_to_start(request, mailing, wrong=wrong)
    if act == "approve" and approval.has_warnings(mailing) and request.POST.get("warnings") != "read":
        messages.error(request, _("The checks of its texts warn of something: please read that first, and tick it."))
        return _back_to(pk)
    if act == "approve" and request.POST.get("texts") != texts_key(mailing):
        messages.error(request, _("It has other texts meanwhile: please read those first."))
        return _back_to(pk)
    try:
        changed = _do(act, mailing_id=pk, request=request)
    except mailings.NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _done(act, mailing_id=pk) if changed else _("It is being sent already."))
    return _back_to(pk)


def ask_to_start(request: HttpRequest, mailing: Mailing, *, wrong: str = "") -> HttpResponse:
    """The page on which the number of notices is typed in; `wrong` says what was not right with it."""
    if mailing.state not in ACTS["start"].states:
        messages.error(request, _("Only an approved mailing can be started."))
        return _back_to(mailing.pk)
    now = timezone.now()
    report = reports.of(mailing, now=now)
    values = _asked(mailing, report) | {
        "wrong": wrong,
        "typed": request.POST.get("notices", "")[:20],
        "parts": {"outlook": outlook(mailing, report, allowance.foresee(timezone.localdate(now)), now=now)},
        "minutes": int(settings.NOTICE_HOLD.total_seconds() // 60),
    }
    return show(request, "start.html", values, status=422 if wrong else 200)


def ask_to_cancel(request: HttpRequest, mailing: Mailing) -> HttpResponse:
    if mailing.state in Mailing.ENDED:
        messages.error(request, _("This mailing has ended already."))
        return _back_to(mailing.pk)
    report = reports.of(mailing, now=timezone.now())
    return show(request, "cancel.html", _asked(mailing, report) | {"nothing_out": nothing_out(mailing.pk)})


ASKS = {"start": ask_to_start, "cancel": ask_to_cancel}


def _asked(mailing: Mailing, report: mailings.Report) -> dict[str, object]:
    title = mailing_title(mailing.kind, mailing.period)
    return {"mailing": mailing, "title": title, "campaign": mailing.campaign.name, "report": report}


def _not_confirmed(request: HttpRequest, mailing: Mailing) -> str:
    """What is wrong with the number that was typed in; "" where it is right, or the state forbids it anyway."""
    if mailing.state not in ACTS["start"].states:
        return ""
    waiting = reports.of(mailing, now=timezone.now()).waiting
    if number_in(request.POST.get("notices", "")) == waiting:
        return ""
    return _("To start the mailing, type the number of its notices: %(waiting)s.") % {"waiting": count(waiting)}


def number_in(typed: str) -> int | None:
    """A number as people type it: 1234, 1,234 or １２３４; None where it is none."""
    plain = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", typed))
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def nothing_out(mailing_id: int) -> bool:
    """Whether no notice has gone out, or may have without our knowledge."""
    return not Notice.objects.filter(mailing=mailing_id).perhaps_out().exists()


def _done(act: str, *, mailing_id: int) -> str:
    if act == "cancel" and nothing_out(mailing_id):
        return _("The mailing is cancelled. Nothing of it has gone out.")
    return ACTS[act].done()


def _back_to(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("mailing", kwargs={"pk": pk}), status=303)


def _do(act: str, *, mailing_id: int, request: HttpRequest) -> bool:
    """False where it was so already."""
    before = Mailing.objects.get(pk=mailing_id)
    with transaction.atomic():
        reason = _take_step(act, mailing_id=mailing_id, request=request)
        after = Mailing.objects.get(pk=mailing_id)
        if act == "start" and before.state == after.state:
            return False
        changed = {"before": values_of(before, *mailings.TOLD), "after": values_of(after, *mailings.TOLD)}
        noting.note(request, NOTED[act], thing(after), reason=reason, **changed)
    return True


def _take_step(act: str, *, mailing_id: int, request: HttpRequest) -> str:
    """Returns the reason that was given for it."""
    now, reason = timezone.now(), ""
    if act == "approve":
        mailings.approve(mailing_id=mailing_id, user_id=request.user.pk, now=now)
    elif act == "texts":
        mailings.take_texts(mailing_id=mailing_id)
    elif act == "start":
        mailings.start(mailing_id=mailing_id, now=now)
    elif act == "pause":
        reason = request.POST.get("reason", "").replace("\0", "").strip()
        mailings.pause(mailing_id=mailing_id, reason=reason, now=now)
    elif act == "resume":
        mailings.resume(mailing_id=mailing_id, now=now)
    elif act == "cancel":
        mailings.cancel(mailing_id=mailing_id, now=now)
    return reason
