"""Who is logged in by password alone gets no further than to a second factor, where it is asked for."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaign import roles
from campaign.dashboard.signin.factor import has_factor

ENOUGH = {"mfa", "socialaccount"}
PASSWORD = "password"


def ways(request: HttpRequest) -> list[str]:
    """How the person has shown in this session who they are, in that order, as `password`, `mfa`, `socialaccount`."""
    return [record["method"] for record in get_authentication_records(request, request.user)]


def enough(ways: Iterable[str]) -> bool:
    return not ENOUGH.isdisjoint(ways)


def lacks_factor(request: HttpRequest) -> bool:
    return settings.SECOND_FACTOR and request.user.is_authenticated and not enough(ways(request))


def owes_factor(request: HttpRequest) -> bool:
    """Has a factor, and has not shown it in this session, whatever `SECOND_FACTOR` says."""
    return request.user.is_authenticated and not enough(ways(request)) and has_factor(request.user)


def to_factor(request: HttpRequest) -> HttpResponse:
    """To the page where the factor is shown, or set up; and from there to where the person wanted to go."""
    page = reverse("mfa_reauthenticate" if has_factor(request.user) else "mfa_activate_totp")
    asked = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return HttpResponseRedirect(page + asked)


def forget_factor(request: HttpRequest) -> None:
    """The factor is gone: this session has to show the next one."""
    records = get_authentication_records(request, request.user)
    kept: list[Mapping[str, object]] = [record for record in records if record["method"] != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def may_enter(user: User) -> bool:
    """Nobody is let in for whom nothing would open."""
    return user.is_active and user.has_perm(roles.NUMBERS)
