"""An address that no mail reaches: shown on the customer's page, and cleared by staff."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act, thing
from campaign.dashboard import noting
from campaign.models import Customer
from notices.deliveries import suppressions
from notices.models import Suppression

CLEAR = "notices.clear_suppression"


@dataclass(frozen=True)
class Suppressed:
    """`clear_url` is "" for those who may not."""

    address: str
    since: datetime
    words: str
    clear_url: str


def shown(customer: Customer, user: AbstractUser) -> list[Suppressed]:
    """The address that notices go to first; earlier ones stand below, as long as nothing got through."""
    found = Suppression.objects.open().filter(customer=customer).order_by("-since")
    present = customer.notice_address.lower()
    may = user.has_perm(CLEAR)
    return [
        Suppressed(
            address=each.address,
            since=each.since,
            words=f"{each.status_code} {each.text}".strip(),
            clear_url=reverse("suppression", kwargs={"pk": each.pk}) if may else "",
        )
        for each in sorted(found, key=lambda each: each.address != present)
    ]


def clear(request: HttpRequest, *, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = get_object_or_404(Suppression, pk=pk)
    with transaction.atomic():
        cleared = suppressions.clear(suppression_id=pk, user_id=request.user.pk, now=timezone.now())
        if cleared:
            noting.note(request, Act.REMOVED, thing(found, what=found.address))
    if cleared:
        messages.success(request, _("Notices go to %(address)s again.") % {"address": found.address})
    else:
        messages.error(
            request, _("Nothing is in the way of mail to %(address)s any more.") % {"address": found.address}
        )
    return HttpResponseRedirect(reverse("customer", kwargs={"pk": found.customer_id}), status=303)
