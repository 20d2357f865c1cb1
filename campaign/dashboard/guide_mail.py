"""Mailing the guide to a customer who asks for it: what the page offers, and the press of its button."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.dashboard.shell import Choice
from campaign.models import Customer, Holdout
from notices import on_request
from notices.guides import catalog

MAY = "notices.send_guide"


@dataclass(frozen=True)
class Offer:
    """`why_not` says why there is no button; `programs` are the guides, the customer's own chosen (value as `url`)."""

    why_not: str
    address: str
    programs: list[Choice]


def offers(customer: Customer, user: AbstractUser, *, now: datetime, program: str) -> dict[str, Offer]:
    """By campaign; nothing for who may not. `program` is the one whose guide is chosen."""
    if not user.has_perm(MAY):
        return {}
    own, language = catalog.client(program).name, get_language()
    programs = [Choice(each.title[language], each.name, each.name == own) for each in catalog.clients()]
    holdouts = Holdout.objects.filter(customer=customer).select_related("campaign", "customer")
    return {
        each.campaign.name: Offer(on_request.why_not(each, now=now), customer.notice_address, programs)
        for each in holdouts
    }


def send(request: HttpRequest, customer: Customer) -> str:
    """The words for when it is on its way. Raises NotPossible."""
    holdout = get_object_or_404(Holdout, customer=customer, campaign__name=request.POST.get("in", ""))
    program = request.POST.get("program", "")[:64]
    notice = on_request.send_guide(holdout_id=holdout.pk, program=program, user_id=request.user.pk, now=timezone.now())
    values = {
        "program": catalog.client(notice.client_program).title[get_language()],
        "address": customer.notice_address,
    }
    return _("The guide for %(program)s goes to %(address)s within seconds; what becomes of it stands below.") % values
