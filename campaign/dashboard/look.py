"""How somebody wants to see the staff's pages: light or dark, and with or without keys.

Kept in the browser's cookies, as the language is: the choice stays when a login ends, and needs no script.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

YEAR = 365 * 24 * 60 * 60  # seconds
CHOICES = {"display": ("auto", "light", "dark"), "keys": ("on", "off")}  # the first is what holds without a choice
DARK_FOR = {"auto": "screen and (prefers-color-scheme: dark)", "light": "not all", "dark": "screen"}  # media queries
SCHEMES = {"auto": "light dark", "light": "light", "dark": "dark"}  # what forms and scrollbars are drawn for


@dataclass(frozen=True)
class Look:
    display: str
    keys: bool

    @property
    def dark_for(self) -> str:
        return DARK_FOR[self.display]

    @property
    def schemes(self) -> str:
        return SCHEMES[self.display]


def look(request: HttpRequest) -> Look:
    chosen = {
        name: request.COOKIES.get(name) if request.COOKIES.get(name) in values else values[0]
        for name, values in CHOICES.items()
    }
    return Look(display=chosen["display"], keys=chosen["keys"] == "on")


def choose(request: HttpRequest) -> HttpResponse:
    """Keeps what the form says, and goes back to the page on which it stood."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    home = reverse("progress")
    back = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if known else home, status=303)
    for name, values in CHOICES.items():
        if request.POST.get(name) in values:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=YEAR,
                path=home,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
    return response
