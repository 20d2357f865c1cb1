"""What every staff page has: it needs a login, stays out of caches, and knows its place in the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from math import ceil
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from campaign import roles
from campaign.dashboard import rights
from campaign.dashboard.help.pages import help_of
from campaign.dashboard.left_out import as_asked
from campaign.dashboard.signin import gate
from campaign.models import Campaign, LogFile


@dataclass(frozen=True)
class Choice:
    """One of several links, of which one is the present one."""

    title: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Pager:
    """One page of a long list; `shown` cuts the page out of the whole."""

    number: int
    pages: int
    shown: slice
    newer_url: str
    older_url: str


def pager(request: HttpRequest, *, total: int, size: int = 50) -> Pager:
    """The page that the address asks for, or the nearest there is; every other filter stays in the links."""
    asked = request.GET.get("page", "")
    pages = max(1, ceil(total / size))
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    number = min(max(wanted, 1), pages)

    def url(to: int) -> str:
        query = request.GET.copy()
        query["page"] = str(to)
        return f"{request.path}?{query.urlencode()}"

    return Pager(
        number=number,
        pages=pages,
        shown=slice((number - 1) * size, min(number * size, total)),
        newer_url=url(number - 1) if number > 1 else "",
        older_url=url(number + 1) if number < pages else "",
    )


def staff(
    view: Callable[..., HttpResponse], *, needs: str | tuple[str, ...] = roles.NUMBERS
) -> Callable[..., HttpResponse]:
    """For people who are logged in and may all that the page needs; it may show personal data, so no cache keeps it.

    What it needs stays readable in `guarded.needs`, for `may_open`.
    """
    needs = (needs,) if isinstance(needs, str) else needs

    @wraps(view)
    def permitted(request: HttpRequest, **ids: object) -> HttpResponse:
        if not request.user.has_perms(needs):
            raise PermissionDenied(*needs)
        return view(request, **ids)

    @wraps(view)
    def guarded(request: HttpRequest, **ids: object) -> HttpResponse:
        if gate.lacks_factor(request):
            return gate.to_factor(request)
        try:
            response = login_required(permitted)(request, **ids)
        except PermissionDenied as error:
            response = refused(request, error)
        add_never_cache_headers(response)  # no-store among them
        return response

    guarded.needs = needs
    return guarded


def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Says which role the person has, what it lacks, and whom to ask; `error` names what was needed."""
    user = request.user
    values = {
        "role": rights.role_title(user),
        "lacking": rights.lacking(user, error.args),
        "whom": rights.whom_to_ask() if user.is_authenticated else [],
    }
    response = show(request, "forbidden.html", values, status=403)
    add_never_cache_headers(response)
    return response


def may_open(user: AbstractBaseUser | AnonymousUser, url: str) -> bool:
    """Whether a link to this address of ours leads anywhere for this person; public pages are for everybody."""
    return user.has_perms(getattr(resolve(urlsplit(url).path).func, "needs", ()))


def chosen_campaign(request: HttpRequest) -> Campaign | None:
    """The one that the address names, otherwise the first; None before there is any."""
    campaigns = list(Campaign.objects.order_by("pk"))
    named = [campaign for campaign in campaigns if campaign.name == request.GET.get("campaign")]
    return next(iter(named or campaigns), None)


def no_logs() -> bool:
    """Whether nothing has been read yet: then a page says how to begin, and not that all is well."""
    return not LogFile.objects.exists()


def campaign_choices(chosen: Campaign, address: str) -> list[Choice]:
    """Links to the same page for each campaign; empty where there is only one."""
    campaigns = list(Campaign.objects.order_by("pk"))
    if len(campaigns) < 2:
        return []
    return [Choice(str(each), f"{address}?campaign={each.name}", each.pk == chosen.pk) for each in campaigns]


def asked_campaign(request: HttpRequest) -> str:
    """The name of the campaign in the address, which stays in it from page to page; "" where there is none."""
    name = request.GET.get("campaign", "")
    return name if name in Campaign.Name.values else ""


def stand_at(request: HttpRequest, url: str) -> None:
    """From here on the page is the one at `url`: its links and languages lead there, not to where a form went."""
    parts = urlsplit(url)
    request.path = request.path_info = parts.path
    request.META["QUERY_STRING"] = parts.query
    request.GET = QueryDict(parts.query)
    request.resolver_match = resolve(parts.path)


def shared(request: HttpRequest, *, status: int = 200) -> dict[str, object]:
    """What the frame of every page asks for."""
    route = request.resolver_match.url_name if request.resolver_match else ""  # of an address that leads nowhere
    return {
        "about": help_of(route) if status < 400 else None,
        "provider": settings.PROVIDER_NAME[get_language()],
        "section": route,
        "campaign": asked_campaign(request),
        "sees_people": request.user.has_perm(roles.PEOPLE),
    }


def show(request: HttpRequest, template: str, values: dict[str, object], *, status: int = 200) -> HttpResponse:
    """A page; `campaign` among the values is the one that its links to other pages lead to."""
    found = {**shared(request, status=status), "left_out": _campaign_left_out(request, values), **values}
    return render(request, f"dashboard/{template}", found, status=status)


def _campaign_left_out(request: HttpRequest, values: dict[str, object]) -> list[str]:
    """Of a page that is of one campaign, where its address asks for one that cannot be."""
    name = request.GET.get("campaign", "")
    return [as_asked("campaign", name)] if name and values.get("campaign") and not asked_campaign(request) else []
