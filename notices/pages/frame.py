"""What stands around every public page: whose page it is, whom to call, the same page in the other language."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import translate_url
from django.utils.translation import get_language


@dataclass(frozen=True)
class Translation:
    code: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Frame:
    provider: str
    home: str
    phone: str
    hours: str
    translations: tuple[Translation, ...]


def spoken() -> str:
    """The language of the page: the address names it."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def frame_of(request: HttpRequest) -> Frame:
    language = spoken()
    return Frame(
        provider=settings.PROVIDER_NAME[language],
        home=settings.PROVIDER_HOME,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS[language],
        translations=tuple(
            Translation(code, name, translate_url(request.path, code), code == language)
            for code, name in settings.LANGUAGES
        ),
    )


def private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: nobody keeps, indexes or passes on what is shown under it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
