"""What the pages behind a mail's link share: its secret opens them, and they bear the customer's brand on any host."""

from collections.abc import Callable
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
from notices.pages.frame import frame_of, is_large, private, sized


def public(request: HttpRequest, brand: Brand, name: str, **place: object) -> str:
    """The address of a public page, in the same size of text; at the brand's own site where this host would show
    another brand's."""
    path = sized(reverse(name, kwargs=place), large=is_large(request))
    return path if of_host(request.get_host()) == brand else brand.site + path


def own_pages(request: HttpRequest) -> Callable[[str], str]:
    """The addresses of the pages behind the link that this request came by, in the same size of text: `at("delay")`."""
    token, frame = request.resolver_match.kwargs["token"], frame_of(request)
    return lambda name: frame.at(reverse(name, kwargs={"token": token}))


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
