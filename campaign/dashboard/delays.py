"""Who has asked for more time, and until when; staff can end it, as every exemption. How many is on the first page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.audit import Act, thing
from campaign.dashboard import noting
from campaign.dashboard.shell import campaign_choices, chosen_campaign, pager, show
from campaign.jinja import day
from campaign.models import Campaign, Customer, Exemption
from campaign.plan import extensions, last_days

END = "campaign.add_exemption"  # who may leave somebody alone may also end it


@dataclass(frozen=True)
class Row:
    """`state` is "open", "over" or "ended"; `end_url` is "" for what is over, and for who may not."""

    customer: int
    name: str
    login: str
    why: str
    until: date
    asked_at: datetime
    state: str
    ended_by: str
    end_url: str


@dataclass(frozen=True)
class Count:
    """Of one campaign: how many have more time now or later, and until when the last of them."""

    open: int
    asked: int
    last: date | None


def count(campaign: Campaign, *, today: date) -> Count:
    asked = Exemption.objects.asked_for().filter(campaign=campaign)
    untils = list(asked.not_over(today).order_by("-until").values_list("until", flat=True))
    return Count(len(untils), asked.count(), untils[0] if untils else None)


def page(request: HttpRequest) -> HttpResponse:
    """Those that staff have ended come last; else the day that is farthest away first."""
    campaign, today = chosen_campaign(request), timezone.localdate()
    if campaign is None:
        return show(request, "delays.html", {"chosen": None, "campaigns": []})
    asked = Exemption.objects.asked_for().filter(campaign=campaign).select_related("customer", "ended_by")
    numbers = count(campaign, today=today)
    pages = pager(request, total=numbers.asked)
    ordered = asked.order_by(F("ended_at").desc(nulls_first=True), "-until", "pk")
    values = {
        "chosen": campaign,
        "campaign": campaign.name,
        "campaigns": campaign_choices(campaign, reverse("delays")),
        "count": numbers,
        "rows": [row_of(each, request.user, today=today) for each in ordered[pages.shown]],
        "pager": pages,
        "last_day": campaign.cutoff_on + timedelta(days=settings.DELAY_DAYS_MOST - 1),
        "times": settings.DELAYS_MOST,
        "offered": settings.DELAY_DAYS_MOST > 0 and settings.DELAYS_MOST > 0,
    }
    return show(request, "delays.html", values)


def row_of(delay: Exemption, user: AbstractUser, *, today: date) -> Row:
    state = "ended" if delay.ended_at else "over" if delay.until < today else "open"
    may_end = state == "open" and user.has_perm(END)
    return Row(
        customer=delay.customer_id,
        name=delay.customer.name,
        login=delay.customer.login,
        why=delay.why,
        until=delay.until,
        asked_at=delay.asked_at,
        state=state,
        ended_by=delay.ended_by.get_full_name() or delay.ended_by.get_username() if delay.ended_by else "",
        end_url=reverse("delay_end", kwargs={"pk": delay.pk}) if may_end else "",
    )


def may_end(customer: Customer, user: AbstractUser, *, today: date) -> set[int]:
    """The exemptions of a customer that this person is offered to end: delays, and those that staff decided."""
    if not user.has_perm(END):
        return set()
    return set(customer.exemptions.not_over(today).values_list("pk", flat=True))


def end(request: HttpRequest, *, pk: int) -> HttpResponse:
    """From the list, or from the customer's page, to which it leads back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    exemption = get_object_or_404(Exemption.objects.select_related("customer", "campaign"), pk=pk)
    values = {"now": timezone.now(), "today": timezone.localdate(), "user_id": request.user.pk}
    with transaction.atomic():
        ended = extensions.end(exemption_id=pk, **values)
        if ended:
            told = thing(exemption, what=exemption.customer.login)
            noting.note(request, Act.REMOVED, told, before={"until": exemption.until})
    if ended:
        messages.success(request, _what_is_so_now(exemption, today=values["today"]))
    else:
        messages.error(request, _("This exemption is over already."))
    if request.POST.get("from") == "customer":
        return HttpResponseRedirect(reverse("customer", kwargs={"pk": exemption.customer_id}), status=303)
    return HttpResponseRedirect(f"{reverse('delays')}?campaign={exemption.campaign.name}", status=303)


def _what_is_so_now(ended: Exemption, *, today: date) -> str:
    """With what is left of other exemptions."""
    left = last_days.spans(ended.customer.exemptions.filter(campaign=ended.campaign), today=today)
    ends_on = last_days.ends_on(ended.campaign.cutoff_on, left)
    values = {"login": ended.customer.login, "day": day(ends_on)}
    if ends_on > ended.campaign.cutoff_on:
        return _("It is ended. Another exemption is left: for %(login)s the old way ends on %(day)s.") % values
    return _("It is ended: for %(login)s the old way ends on %(day)s, as for all.") % values
