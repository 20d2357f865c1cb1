"""A form behind a link: what the customer asks for is done, or the page says why it cannot be.

Looking changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from campaign.plan.campaigns import NotPossible
from notices.compose import brand_of
from notices.models import Notice
from notices.pages import limit
from notices.pages.frame import frame_of
from notices.pages.own import behind_a_link, own_pages

RATE = limit.Rate("asks", each=20)  # of all these forms together


@dataclass(frozen=True)
class Asked:
    """Who asks for what; `today` is the provider's day of `now`."""

    request: HttpRequest
    notice: Notice
    now: datetime
    today: date

    def entered(self, field: str) -> str:
        """What was typed or chosen; "" where nothing was, as on the first look."""
        return self.request.POST.get(field, "")

    def day(self, field: str, *, missing: str) -> date:
        """Raises NotPossible with `missing`."""
        try:
            return date.fromisoformat(self.entered(field))
        except ValueError as error:
            raise NotPossible(missing) from error


def form(
    template: str, *, name: str, show: Callable[..., object], act: Callable[[Asked], None], then: str
) -> Callable[..., HttpResponse]:
    """The view of such a page. The template has as `name` what `show` returns, which gets `asked` and in `wrong`
    the words of the NotPossible that `act` raised; what was done leads to the place `then` of the personal page."""

    @behind_a_link
    def page(request: HttpRequest, notice: Notice, *, now: datetime) -> HttpResponse:
        asked, at = Asked(request, notice, now, timezone.localdate(now)), own_pages(request)
        frame = {"frame": frame_of(request, brand_of(notice)), "back": at("personal")}
        wrong = ""
        if request.method == "POST":
            if not limit.allowed(request, now=now, rate=RATE):
                return render(request, "pages/busy.html", frame, status=429)
            try:
                act(asked)
            except NotPossible as error:
                wrong = str(error)
            else:
                return HttpResponseRedirect(f"{at('personal')}#{then}", status=303)
        return render(request, template, {**frame, name: show(asked, wrong=wrong)}, status=422 if wrong else 200)

    return page
