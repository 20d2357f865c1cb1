"""The guides: an index with two ways in, and a page per mail program. Public, nothing personal on them."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from campaign import brands
from campaign.brands import Brand
from notices.guides import catalog
from notices.guides.client import Client
from notices.guides.wording import Action, Setting, Teller, Told, setting_table
from notices.models import Notice
from notices.pages import limit
from notices.pages.frame import frame_of, spoken
from notices.pages.number import LONGEST, number_in

DEVICES = ("iphone", "android", "windows", "mac", "else")


@dataclass(frozen=True)
class Choice:
    name: str
    title: str
    looks: Told


@dataclass(frozen=True)
class Guide:
    name: str
    title: str
    who: Told
    looks: Told
    version: Told
    affected: Told
    state: str
    retired_on: str
    instead: Told
    instead_guides: tuple[tuple[str, str], ...]  # name and title
    minutes: int
    steps: tuple[Action, ...]
    switch: tuple[str, Told] | None
    test: tuple[Action, ...]
    undo: tuple[Action, ...]
    mistakes: tuple[tuple[Told, Told], ...]
    errors: tuple[tuple[str, Told, Told, bool], ...]
    settings: tuple[Setting, ...]


def told(client: Client, language: str, brand: Brand) -> Guide:
    """The whole guide in one language, the brand's values filled in."""
    teller = Teller(client, language, brand)
    switch = client.pbs_switch
    return Guide(
        name=client.name,
        title=client.title[language],
        who=teller.tell(client.who),
        looks=teller.tell(client.looks),
        version=teller.tell(client.version),
        affected=teller.tell(client.affected),
        state=client.state,
        retired_on=client.retired_on,
        instead=teller.tell(client.instead),
        instead_guides=tuple((name, catalog.client(name).title[language]) for name in client.instead_guides),
        minutes=client.minutes,
        steps=teller.actions(client.steps),
        switch=(teller.label(switch.label), teller.tell(switch.note)) if switch else None,
        test=teller.actions(client.test),
        undo=teller.actions(client.undo),
        mistakes=tuple((teller.tell(each.wrong), teller.tell(each.right)) for each in client.mistakes),
        errors=tuple(
            (each.shows[language], teller.tell(each.means), teller.tell(each.do), language in each.unverified)
            for each in client.errors
        ),
        settings=setting_table(brand, language, prefers=client.prefers),
    )


def choices(language: str, brand: Brand) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Per kind of device, the guides that fit."""
    names = {
        "iphone": _("iPhone or iPad"),
        "android": _("Android phone or tablet"),
        "windows": _("Windows computer"),
        "mac": _("Mac"),
        "else": _("Printer, scanner or another device"),
    }
    every = [(client.devices, _choice(client, language, brand)) for client in catalog.clients()]
    return tuple((names[device], tuple(choice for devices, choice in every if device in devices)) for device in DEVICES)


def _choice(client: Client, language: str, brand: Brand) -> Choice:
    return Choice(client.name, client.title[language], Teller(client, language, brand).tell(client.looks))


def program_of_number(typed: str) -> str | None:
    """The guide behind an announcement number; None if that is no number.

    A number that nobody has leads to a guide as well, so that trying tells nothing.
    """
    digits = number_in(typed)
    if digits is None:
        return None
    program = Notice.objects.filter(number=digits).values_list("client_program", flat=True).first()
    return catalog.client(program or "").name


@cache_control(private=True, max_age=0)  # it carries the visitor's form token
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    typed, wrong = "", False
    if request.method == "POST":
        if not limit.allowed(request, now=timezone.now()):
            return render(request, "pages/busy.html", {"frame": frame_of(request)}, status=429)
        typed = request.POST.get("number", "")[:LONGEST]
        program = program_of_number(typed)
        if program:
            return redirect("guide", client=program)
        wrong = True
    language, brand = spoken(), brands.of_host(request.get_host())
    context = {
        "frame": frame_of(request),
        "devices": choices(language, brand),
        "programs": tuple(_choice(client, language, brand) for client in catalog.clients()),
        "settings": setting_table(brand, language),
        "typed": typed,
        "wrong": wrong,
    }
    return render(request, "pages/index.html", context, status=400 if wrong else 200)


@require_safe
@cache_control(public=True, max_age=300)
def guide(request: HttpRequest, client: str) -> HttpResponse:
    found = catalog.client(client)
    if found.name != client:
        if client not in catalog.WITHOUT_GUIDE:
            raise Http404(client)
        return redirect("guide", client=found.name)
    language = spoken()
    context = {
        "frame": frame_of(request),
        "guide": told(found, language, brands.of_host(request.get_host())),
    }
    return render(request, "pages/guide.html", context)
