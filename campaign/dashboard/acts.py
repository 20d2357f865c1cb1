"""The steps that people take with a mailing: who may take which, and when."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard.shell import show
from notices import mailings
from notices.models import Mailing

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
    "start": Act(lambda: _("Start now"), lambda: _("The mailing is started."), (State.APPROVED,)),
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


def allowed_acts(mailing: Mailing, user: AbstractUser) -> set[str]:
    """The four eyes: whoever planned a mailing is not offered to approve it."""
    return {
        name
        for name, act in ACTS.items()
        if mailing.state in act.states
        and user.has_perm(act.permission)
        and not (name == "approve" and mailing.planned_by_id == user.pk)
    }


def act(request: HttpRequest, *, pk: int, act: str) -> HttpResponse:
    """Does one step; cancelling, which cannot be undone, asks first."""
    mailing = get_object_or_404(Mailing.objects.select_related("campaign"), pk=pk)
    if act not in ACTS:
        raise Http404
    if not request.user.has_perm(ACTS[act].permission):
        raise PermissionDenied
    if request.method == "GET" and act == "cancel":
        if mailing.state in Mailing.ENDED:
            messages.error(request, _("This mailing has ended already."))
            return _back_to(pk)
        values = {"mailing": mailing, "campaign": mailing.campaign.name, "report": mailings.report(mailing_id=pk)}
        return show(request, "cancel.html", values)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        _do(act, mailing_id=pk, request=request)
    except mailings.NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, ACTS[act].done())
    return _back_to(pk)


def _back_to(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("mailing", kwargs={"pk": pk}), status=303)


def _do(act: str, *, mailing_id: int, request: HttpRequest) -> None:
    now = timezone.now()
    if act == "approve":
        mailings.approve(mailing_id=mailing_id, user_id=request.user.pk, now=now)
    elif act == "start":
        mailings.start(mailing_id=mailing_id, now=now)
    elif act == "pause":
        reason = request.POST.get("reason", "").replace("\0", "").strip()
        mailings.pause(mailing_id=mailing_id, reason=reason, now=now)
    elif act == "resume":
        mailings.resume(mailing_id=mailing_id, now=now)
    elif act == "cancel":
        mailings.cancel(mailing_id=mailing_id, now=now)
