"""Sending a text to a colleague's registered address, and the list of what was sent."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act, Thing
from campaign.dashboard import noting
from campaign.dashboard.texts import Which, name_of, number_title, which
from notices import staff_copies
from notices.compose import NotSendable
from notices.filling import WrongText
from notices.models import StaffCopy

MAY_SEND = ("notices.write_text", "notices.approve_text", "notices.approve_mailing")
PROGRAMS = {"new": "thunderbird", "old": "outlook-express"}
LAST = 10  # copies in the list
SENT = {
    StaffCopy.Outcome.ACCEPTED: (
        messages.SUCCESS,
        lambda: _("The copy to %(address)s was accepted by the relay: %(words)s"),
    ),
    StaffCopy.Outcome.REFUSED: (messages.ERROR, lambda: _("The relay refused the copy to %(address)s: %(words)s")),
    StaffCopy.Outcome.NOT_SENT: (messages.ERROR, lambda: _("The copy to %(address)s was not sent: %(words)s")),
    StaffCopy.Outcome.UNKNOWN: (
        messages.WARNING,
        lambda: _("The connection broke; the copy to %(address)s may have gone out or not: %(words)s"),
    ),
}


@dataclass(frozen=True)
class Recipient:
    pk: int
    name: str
    address: str
    own: bool


@dataclass(frozen=True)
class Copy:
    at: datetime
    by: str
    address: str
    version: str
    outcome: str
    words: str


def may_send(user: AbstractUser) -> bool:
    return any(user.has_perm(permission) for permission in MAY_SEND)


def recipients(user: AbstractUser) -> list[Recipient]:
    """To choose from, oneself first; empty for those who may send none."""
    if not may_send(user):
        return []
    found = [Recipient(each.pk, name_of(each), each.email, each.pk == user.pk) for each in staff_copies.registered()]
    return sorted(found, key=lambda each: not each.own)


def copies(text: Which) -> list[Copy]:
    """The last ones of this text, newest first."""
    found = StaffCopy.objects.filter(campaign=text.campaign, kind=text.kind, language=text.language)
    return [
        Copy(
            at=each.sent_at,
            by=name_of(each.sent_by),
            address=each.address,
            version=number_title(each.version.number if each.version else 0),
            outcome=each.get_outcome_display(),
            words=each.reply,
        )
        for each in found.select_related("sent_by", "version").order_by("-sent_at", "-pk")[:LAST]
    ]


def send(request: HttpRequest, *, campaign: str, kind: str, language: str, number: int) -> HttpResponse:
    text = which(campaign=campaign, kind=kind, language=language)
    if not may_send(request.user):
        raise PermissionDenied(*MAY_SEND[:1])
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version = text.version(number)
    asked = request.POST.get("recipient", "")
    try:
        copy = staff_copies.send(
            campaign_id=text.campaign.pk,
            kind=text.kind.value,
            language=text.language.value,
            version_id=version.pk if version else None,
            program=PROGRAMS.get(request.POST.get("program", ""), PROGRAMS["new"]),
            recipient_id=int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0,
            user_id=request.user.pk,
            now=timezone.now(),
        )
    except (staff_copies.NotPossible, WrongText, NotSendable) as error:
        messages.error(request, str(error))
    else:
        told = {"to": copy.address, "outcome": copy.outcome}
        noting.note(request, Act.SENT, Thing("staffcopy", str(copy.pk), text.url()), after=told)
        level, sentence = SENT[StaffCopy.Outcome(copy.outcome)]
        messages.add_message(request, level, sentence() % {"address": copy.address, "words": copy.reply})
    return HttpResponseRedirect(f"{text.url()}?version={number}#copies", status=303)
