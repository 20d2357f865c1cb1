"""Pages that are the same for everybody are made once in each process, and then answered from memory.

What a page depends on is its key: its path (with the language), the size of its text, and every value of the brand.
The sources (guides, templates, catalogue) are read once in a process as well, so a kept page lives as long as they do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from campaign import brands
from campaign.brands import Brand
from notices.pages.frame import is_large

MOST_BYTES = 32_000_000  # in each process; a brand's guides are about a tenth of it
PREFIXES = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)

Key = tuple[str, bool, Brand]


@dataclass(frozen=True)
class Kept:
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str

    def response(self) -> HttpResponse:
        return HttpResponse(self.body, headers=dict(self.headers))


def keep(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Promises that this view's page has nothing of its visitor, and nothing of the database."""

    @wraps(view)
    def marked(request: HttpRequest, *args: object, **ids: object) -> HttpResponse:
        response = view(request, *args, **ids)
        response.may_be_kept = request.method in ("GET", "HEAD") and response.status_code == 200
        return response

    return marked


class Store:
    """The oldest page goes when there are too many: addresses that nobody made up are few."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self.pages: dict[Key, Kept] = {}
        self.lock = Lock()

    def get(self, key: Key) -> Kept | None:
        return self.pages.get(key)

    def put(self, key: Key, page: Kept) -> None:
        with self.lock:
            gone = self.pages.pop(key, None)
            self.size += len(page.body) - (len(gone.body) if gone else 0)
            self.pages[key] = page
            while self.size > self.most_bytes:
                oldest = self.pages.pop(next(iter(self.pages)))
                self.size -= len(oldest.body)


class KeptPages:
    """Stands before all other middleware: what it answers has gone through them once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.store = Store(MOST_BYTES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not request.path_info.startswith(PREFIXES) or settings.DEBUG:
            return self.get_response(request)
        key = (request.path_info, is_large(request), brands.of_host(request.get_host()))
        page = self.store.get(key)
        if page is None:
            response = self.get_response(request)
            if not getattr(response, "may_be_kept", False) or response.cookies:
                return response
            page = _page_of(response)
            self.store.put(key, page)
        if "HTTP_IF_NONE_MATCH" in request.META:
            return get_conditional_response(request, etag=page.etag, response=page.response())
        return page.response()


def _page_of(response: HttpResponse) -> Kept:
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Content-Length"] = str(len(response.content))
    return Kept(response.content, tuple(response.items()), etag)
