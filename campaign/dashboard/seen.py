"""A copy of the page behind a customer's link, for who speaks with the customer: nothing on it can be pressed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from campaign.dashboard import noting
from campaign.dashboard.shell import asked_campaign
from campaign.models import Customer
from notices.compose import brand_of
from notices.models import Notice
from notices.pages.own import public
from notices.pages.personal import personal, values_of


def campaigns_with_a_page(customer: Customer) -> set[str]:
    """Names of the campaigns in which the customer was sent a link."""
    sent = Notice.objects.filter(holdout__customer=customer, state=Notice.State.ACCEPTED)
    return set(sent.values_list("mailing__campaign__name", flat=True).distinct())


@require_safe
def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    """As it is now behind the link of the last notice of the campaign in the address, in the customer's language."""
    customer = get_object_or_404(Customer, pk=pk)
    campaign, staff_language = asked_campaign(request), translation.get_language()
    sent = Notice.objects.filter(holdout__customer=customer, state=Notice.State.ACCEPTED)
    if campaign:
        sent = sent.filter(mailing__campaign__name=campaign)
    notice = sent.select_related("mailing__campaign", "holdout__customer", "holdout__mute").order_by("-pk").first()
    if notice is None:
        raise Http404
    noting.seen(request, customer, "personal", what=customer.login)
    brand = brand_of(notice)
    back = reverse("customer", kwargs={"pk": pk}) + (f"?campaign={campaign}" if campaign else "")
    with translation.override(notice.language):
        shown = personal(notice, today=timezone.localdate(), language=notice.language)
        home = public(request, brand, "guide_index")
        values = values_of(request, brand, shown, at=lambda _name: home)
        return render(
            request,
            "dashboard/seen.html",
            values | {"back": back, "staff_language": staff_language, "said": said(staff_language)},
        )


def said(language: str) -> dict[str, str]:
    """What stands above the copy, in the language of who looks at it."""
    with translation.override(language):
        return {
            "title": translation.gettext("What the customer sees"),
            "above": translation.gettext(
                "A copy of what the customer sees: nothing here can be pressed. Looking was noted."
            ),
            "back": translation.gettext("Back to the customer"),
        }
