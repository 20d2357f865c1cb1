"""What stands around every public page: whose page it is, whom to call, the same page in the other language."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import translate_url
from django.utils.translation import get_language

from campaign import brands
from campaign.brands import Brand


@dataclass(frozen=True)
class Translation:
    code: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Size:
    """A size of the text. The address says it, no cookie does: so a page is the same for all who ask for it."""

    large: bool
    url: str
    current: bool


@dataclass(frozen=True)
class Frame:
    slug: str
    coloured: bool
    logo: bool
    provider: str
    home: str
    phone: str
    hours: str
    translations: tuple[Translation, ...]
    sizes: tuple[Size, ...]
    large: bool

    def at(self, url: str) -> str:
        """The address of another page in the same size of text."""
        return sized(url, large=self.large)


def sized(url: str, *, large: bool) -> str:
    return f"{url}?size=large" if large else url


def is_large(request: HttpRequest) -> bool:
    return request.GET.get("size") == "large"


def spoken() -> str:
    """The language of the page: the address names it."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def frame_of(request: HttpRequest, brand: Brand | None = None) -> Frame:
    """Of this brand; without one, of that whose pages the address names."""
    language, large = spoken(), is_large(request)
    brand = brand or brands.of_host(request.get_host())
    return Frame(
        slug=brand.slug,
        coloured=bool(brand.colour),
        logo=bool(brand.logo),
        provider=brand.name[language],
        home=brand.home,
        phone=brand.phone,
        hours=brand.hours[language],
        translations=tuple(
            Translation(code, name, sized(translate_url(request.path, code), large=large), code == language)
            for code, name in settings.LANGUAGES
        ),
        sizes=tuple(Size(each, sized(request.path, large=each), each == large) for each in (False, True)),
        large=large,
    )


def private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: nobody keeps, indexes or passes on what is shown under it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
