"""Which device, and which program on it: one question a page, until a guide is found."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign import brands
from campaign.brands import Brand
from notices.guides import catalog
from notices.guides.telling import told
from notices.guides.wording import Told
from notices.pages.frame import frame_of, spoken
from notices.pages.guide import SECONDS
from notices.pages.kept import keep

DEVICES = ("iphone", "android", "windows", "mac", "else")
STATES = ("current", "retired", "dead")  # what is still looked after comes first


@dataclass(frozen=True)
class Choice:
    """A program; `state` says whether its maker still looks after it."""

    name: str
    title: str
    looks: Told
    state: str


@dataclass(frozen=True)
class Answer:
    title: str
    help: str
    url: str


@dataclass(frozen=True)
class Question:
    title: str
    answers: tuple[Answer, ...]


def device_titles() -> dict[str, str]:
    return {
        "iphone": _("iPhone or iPad"),
        "android": _("Android phone or tablet"),
        "windows": _("Windows computer"),
        "mac": _("Mac"),
        "else": _("Printer, scanner or another device"),
    }


def choices(language: str, brand: Brand, *, device: str = "") -> tuple[Choice, ...]:
    """The programs on this device, or all; the guide for any other one is not among them."""
    found = [
        Choice(guide.name, guide.title, guide.looks, guide.state)
        for client in catalog.clients()
        if client.name != catalog.FALLBACK and (not device or device in client.devices)
        for guide in (told(client.name, language, brand),)
    ]
    return tuple(sorted(found, key=lambda choice: STATES.index(choice.state)))


def question(name: str) -> Question | None:
    """How to tell a device; None if there is no such question."""

    def answer(title: str, help: str, to: str) -> Answer:
        return Answer(title, help, reverse("which_of", kwargs={"thing": to}))

    apple, no_apple = _("It shows an apple with a bite taken out"), _("It shows no apple")
    questions = {
        "": lambda: Question(
            _("What do you write your mail on?"),
            (
                answer(_("On a phone or a tablet"), _("You press the screen with a finger."), "phone"),
                answer(_("On a computer"), _("You write on a keyboard with keys."), "computer"),
                answer(_("A machine sends it by itself"), _("For example a printer that mails what it scans."), "else"),
            ),
        ),
        "phone": lambda: Question(
            _("Look at the back of the phone or tablet"),
            (
                answer(apple, _("Then it is an iPhone or an iPad."), "iphone"),
                answer(no_apple, _("Then it is most likely an Android phone or tablet."), "android"),
            ),
        ),
        "computer": lambda: Question(
            _("Look at the lid or at the edge of the screen"),
            (
                answer(apple, _("Then it is a Mac."), "mac"),
                answer(no_apple, _("Then it is most likely a Windows computer."), "windows"),
            ),
        ),
    }
    return questions[name]() if name in questions else None


@require_safe
@cache_control(public=True, max_age=SECONDS)
@keep
def page(request: HttpRequest, thing: str = "") -> HttpResponse:
    context = {"frame": frame_of(request)}
    if asked := question(thing):
        return render(request, "pages/which.html", context | {"question": asked})
    titles = device_titles()
    if thing not in titles:
        raise Http404(thing)
    programs = choices(spoken(), brands.of_host(request.get_host()), device=thing)
    return render(request, "pages/device.html", context | {"device": titles[thing], "programs": programs})
