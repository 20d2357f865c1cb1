"""A text or a mailing as a real holdout would get it now: text, HTML, the old charset, a phone, the headers."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from campaign.dashboard import letter, noting
from campaign.dashboard.previewed import EMPTY, Subject, address, missing, of_mailing, of_text
from campaign.dashboard.shell import Choice, show
from campaign.dashboard.text import asked_number
from campaign.models import Customer, Holdout
from notices import compose, filling

SEVERAL = 20  # found people to choose from
VIEWS = ("text", "html", "old", "phone", "headers")
# A mail's own styles stand in its lines; beside them nothing is loaded, and nothing in it can act.
FRAMED = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": [""]}


@csp_update({"frame-src": [SELF]})
def text_page(request: HttpRequest, **ids: object) -> HttpResponse:
    return _page(request, of_text(**ids))


@csp_update({"frame-src": [SELF]})
def mailing_page(request: HttpRequest, *, pk: int) -> HttpResponse:
    return _page(request, of_mailing(pk=pk))


@xframe_options_sameorigin
@csp(FRAMED)
def text_html(request: HttpRequest, **ids: object) -> HttpResponse:
    return _html(request, of_text(**ids))


@xframe_options_sameorigin
@csp(FRAMED)
def mailing_html(request: HttpRequest, *, pk: int) -> HttpResponse:
    return _html(request, of_mailing(pk=pk))


def _html(request: HttpRequest, subject: Subject) -> HttpResponse:
    """The HTML part alone, for a frame; its mail programs' styles stand in its lines."""
    holdout = get_object_or_404(subject.people, pk=asked_number(request.GET.get("person", ""), default=0))
    noting.seen(request, holdout.customer, "preview")
    try:
        read = letter.read(subject.case(holdout), subject.mailing, now=timezone.now())
    except (compose.NotSendable, filling.WrongText) as error:
        raise Http404 from error
    return HttpResponse(read.html)


def _page(request: HttpRequest, subject: Subject) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("view", "without")}
    view = asked["view"] if asked["view"] in VIEWS else "text"
    without = asked["without"] if asked["without"] in EMPTY else ""
    people = subject.people.filter(EMPTY[without]) if without else subject.people
    found, words = _found(request, people)
    person = _person(request, people, found)
    if person:
        noting.seen(request, person.customer, "preview")
    values = {
        "subject": subject,
        "campaign": subject.campaign,
        "view": view,
        "words": words,
        "found": [Choice(_named(each.customer), address(subject, view, without, each.pk), False) for each in found],
        "person": person,
        "views": _views(subject, view, without, person),
        "missing": missing(subject, view, without),
        "everybody": address(subject, view, "", None),
        "without": without,
        "before": _neighbour(people.filter(pk__lt=person.pk).order_by("-pk"), subject, view, without) if person else "",
        "after": _neighbour(people.filter(pk__gt=person.pk).order_by("pk"), subject, view, without) if person else "",
        **shown(subject, person, view),
    }
    return show(request, "preview.html", values)


def _found(request: HttpRequest, people: QuerySet[Holdout]) -> tuple[list[Holdout], str]:
    """Those whom a search finds, as in the list of customers."""
    words = request.GET.get("who", "").replace("\0", "").strip()[:254]
    if not words:
        return [], ""
    customers = Customer.objects.keys_for(words, at_most=1000)
    return list(people.filter(customer__in=customers).select_related("customer").order_by("pk")[:SEVERAL]), words


def _named(customer: Customer) -> str:
    return f"{customer.name} ({customer.login})" if customer.name else customer.login


def _person(request: HttpRequest, people: QuerySet[Holdout], found: list[Holdout]) -> Holdout | None:
    """The one asked for, the only one found, or the first."""
    if request.GET.get("who", "").strip():
        return found[0] if len(found) == 1 else None
    wanted = asked_number(request.GET.get("person", ""), default=0)
    return people.filter(pk__gte=wanted).select_related("customer", "campaign").order_by("pk").first()


def _neighbour(people: QuerySet[Holdout], subject: Subject, view: str, without: str) -> str:
    pk = people.values_list("pk", flat=True).first()
    return address(subject, view, without, pk) if pk else ""


def _views(subject: Subject, view: str, without: str, person: Holdout | None) -> list[Choice]:
    titles = {
        "text": _("Text"),
        "html": _("As HTML"),
        "old": _("Old programs"),
        "phone": _("Phone"),
        "headers": _("Headers"),
    }
    pk = person.pk if person else None
    return [Choice(titles[name], address(subject, name, without, pk), name == view) for name in VIEWS]


def shown(subject: Subject, person: Holdout | None, view: str) -> dict[str, object]:
    """The letter in the view asked for, or why there is none."""
    values = {"read": None, "old": None, "error": "", "narrow": "", "wide": "", "frame": "", "spoken": ""}
    if person is None:
        return values
    now = timezone.now()
    try:
        case = subject.case(person)
        read, old = letter.read(case, subject.mailing, now=now), None
        if view == "old" and case.language == "ja":
            old = letter.for_old_programs(case, subject.mailing, now=now)
    except (compose.NotSendable, filling.WrongText) as error:
        return values | {"error": _(str(error))}
    frame = f"{subject.url}html/?person={person.pk}"
    narrow, wide = (letter.broken(read.text, columns=columns) for columns in (36, 72))
    found = {"read": read, "old": old, "narrow": narrow, "wide": wide, "frame": frame, "spoken": case.language}
    return values | found
