"""What is answered where there is no page: below the staff's addresses in their look and language, else the customers'.

The page of a customer must not depend on anything that may have failed, so it is a file in both languages.
"""

import logging

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views import csrf, defaults

from campaign.dashboard.shell import refused, show

log = logging.getLogger(__name__)
OURS = ("/staff/", "/i18n/")  # the second has the switch of the staff's language alone


def _of_staff(request: HttpRequest) -> bool:
    return request.path_info.startswith(OURS)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _of_staff(request):
        return defaults.page_not_found(request, exception)
    response = show(request, "missing.html", {}, status=404)
    add_never_cache_headers(response)
    return response


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of the administration; the staff's own pages have said so before it came here."""
    if not _of_staff(request):
        return defaults.permission_denied(request, exception)
    return refused(request, exception if isinstance(exception, PermissionDenied) else PermissionDenied())


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is not the session's: mostly it was open for long, or somebody logged in meanwhile."""
    if not _of_staff(request):
        return csrf.csrf_failure(request, reason)
    log.warning("a form sent to %s was not taken: %s", request.path, reason)
    response = show(request, "too_old.html", {}, status=403)
    add_never_cache_headers(response)
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """allauth asks for it by this name in the addresses: `handler429`."""
    if not _of_staff(request):
        return render(request, "429.html", status=429)
    response = show(request, "too_many.html", {}, status=429)
    add_never_cache_headers(response)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Without asking who it is: the database may be what failed."""
    if not _of_staff(request):
        return defaults.server_error(request)
    return render(request, "dashboard/failed.html", status=500)
