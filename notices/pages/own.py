"""What the pages behind a mail's links share: they bear the customer's brand, whatever host they are asked from."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaign.brands import Brand, of_host
from notices import links
from notices.compose import brand_of
from notices.pages import limit
from notices.pages.frame import Frame, frame_of, private, spoken


def frame_for(request: HttpRequest, brand: Brand) -> Frame:
    """The frame of a page that is this brand's, not that of the host in its address."""
    language = spoken()
    return replace(
        frame_of(request),
        slug=brand.slug,
        coloured=bool(brand.colour),
        logo=bool(brand.logo),
        provider=brand.name[language],
        home=brand.home,
        phone=brand.phone,
        hours=brand.hours[language],
    )


def public(request: HttpRequest, brand: Brand, name: str, **place: object) -> str:
    """The address of a public page; at the brand's own site where this host would show another brand's."""
    path = reverse(name, kwargs=place)
    return path if of_host(request.get_host()) == brand else brand.site + path


def behind_a_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the notice whose secret is in the address; `view` gets it with `now`. Nobody may keep the answer.

    Without Django's form token: no cookie gives any right here, the secret in the address does, and
    under "no-referrer" browsers send "Origin: null", which the check of that token refuses.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        if not limit.allowed(request, now=now):
            return private(render(request, "pages/busy.html", {"frame": frame_of(request)}, status=429))
        notice = links.notice_of(token, today=timezone.localdate(now))
        if notice is None:
            return private(render(request, "pages/gone.html", {"frame": frame_of(request)}, status=404))
        # A form's answer may lead to the guide at the brand's own site.
        answer = csp_update({"form-action": [brand_of(notice).site]})(view)
        return private(answer(request, notice, now=now))

    return page
