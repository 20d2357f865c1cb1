"""/favicon.ico, which browsers ask for by themselves: the picture of the staff's and the customers' tabs.

The file has the drawing of `campaign/icon.svg` in 16, 32 and 48 pixels.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

A_WEEK = 7 * 24 * 3600


@cache
def _picture() -> bytes:
    return Path(finders.find("campaign/favicon.ico")).read_bytes()


def _etag(request: HttpRequest) -> str:
    return f'"{sha256(_picture()).hexdigest()[:16]}"'


@require_safe
@cache_control(public=True, max_age=A_WEEK)
@condition(etag_func=_etag)
def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_picture(), content_type="image/x-icon")
