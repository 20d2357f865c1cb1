"""A program's guide: its first page, one page a step, and what comes after; or all of it on one page, for paper.

Public, nothing personal on them, the same for everybody who asks in one language and size.
"""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign import brands
from notices.guides import catalog
from notices.guides.telling import Guide, told
from notices.pages.frame import frame_of, spoken
from notices.pages.kept import keep

SECONDS = 300  # that a browser or a proxy may show a page before it asks again


def of_a_guide(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the guide that the address names; a program without its own leads to the one for any other."""

    @wraps(view)
    @require_safe
    @cache_control(public=True, max_age=SECONDS)
    @keep
    def page(request: HttpRequest, client: str, **place: object) -> HttpResponse:
        found = catalog.client(client)
        if found.name != client:
            if found.name == catalog.FALLBACK and client not in catalog.WITHOUT_GUIDE:
                raise Http404(client)
            return redirect(frame_of(request).at(reverse("guide", kwargs={"client": found.name})))
        return view(request, told(client, spoken(), brands.of_host(request.get_host())), **place)

    return page


def shown(request: HttpRequest, guide: Guide, template: str, **values: object) -> HttpResponse:
    return render(request, f"pages/{template}.html", {"frame": frame_of(request), "guide": guide, **values})


def address(guide: Guide, place: str | int = "") -> str:
    """Of one of its pages: "" is the first, a number that step's."""
    if isinstance(place, int):
        return reverse("guide_step", kwargs={"client": guide.name, "number": place})
    if place:
        return reverse("guide_part", kwargs={"client": guide.name, "part": place})
    return reverse("guide", kwargs={"client": guide.name})


def way(guide: Guide) -> tuple[str | int, ...]:
    """Its pages in the order in which they are gone through."""
    steps = tuple(step.number for step in guide.steps)
    return ("", *steps, *(("switch",) if guide.switch else ()), "test") if steps else ("",)


def aside(guide: Guide) -> tuple[str, ...]:
    """The pages for when something is not as it should be."""
    return (
        *(("trouble",) if guide.mistakes or guide.errors else ()),
        *(("undo",) if guide.undo else ()),
    )


def neighbours(guide: Guide, place: str | int) -> tuple[str, str]:
    """The addresses of the page before and of the next; "" after the last."""
    pages = way(guide)
    here = pages.index(place)
    after = address(guide, pages[here + 1]) if here + 1 < len(pages) else ""
    return address(guide, pages[max(here - 1, 0)]), after


@of_a_guide
def start(request: HttpRequest, guide: Guide) -> HttpResponse:
    return shown(request, guide, "guide", next=neighbours(guide, "")[1], aside=aside(guide))


@of_a_guide
def step(request: HttpRequest, guide: Guide, number: int) -> HttpResponse:
    if not 1 <= number <= len(guide.steps):
        raise Http404(number)
    before, after = neighbours(guide, number)
    return shown(request, guide, "step", step=guide.steps[number - 1], before=before, next=after, aside=aside(guide))


@of_a_guide
def part(request: HttpRequest, guide: Guide, part: str) -> HttpResponse:
    """What is no step: the switch that must be off, the test, what goes wrong, the way back, everything at once."""
    if part == "all":
        return shown(request, guide, "whole")
    if part not in (*way(guide)[1:], *aside(guide)):
        raise Http404(part)
    titles = {
        "switch": _("Important: this must be off"),
        "test": _("Finally: does it work?"),
        "trouble": _("If it does not work"),
        "undo": _("Back to how it was"),
    }
    before, after = neighbours(guide, part) if part in way(guide) else (address(guide), "")
    values = {"part": part, "heading": titles[part], "before": before, "next": after, "aside": aside(guide)}
    return shown(request, guide, "guide_part", **values)
