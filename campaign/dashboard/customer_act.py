"""A form of a customer's page is sent: it is done, or the page comes back with it, and all that is wrong in it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard import customer as customer_page
from campaign.dashboard.contact import ACTS, Entered, done
from campaign.dashboard.shell import asked_campaign, stand_at
from campaign.models import Customer
from campaign.plan.campaigns import NotPossible


def act(request: HttpRequest, *, pk: int, act: str) -> HttpResponse:
    needs = (ACTS[act].permission,) if act in ACTS else ()
    if not needs or not request.user.has_perms(needs):
        raise PermissionDenied(*needs)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    customer = get_object_or_404(Customer, pk=pk)
    campaign = asked_campaign(request)
    url = reverse("customer", kwargs={"pk": pk}) + (f"?campaign={campaign}" if campaign else "")
    try:
        words = done(ACTS[act], request, customer)
    except NotPossible as error:
        if error.fields:
            stand_at(request, url)
            return customer_page.shown(request, customer, Entered(act, request.POST, error.fields))
        messages.error(request, str(error))
    else:
        if words:
            messages.success(request, words)
        else:
            messages.warning(request, _("Nothing is changed: it was so already."))
    return HttpResponseRedirect(url, status=303)
