"""What a page offers can be used: for each role, every link opens and every button may be pressed.

Each role crawls the pages from the first one on, with something of everything in the database.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from builders import TODAY, make_campaign, make_user, noon
from desk import (
    make_forecast,
    make_lift,
    make_mailing,
    make_notice,
    make_relay,
    make_shadow,
    make_source,
    make_suppression,
    make_world,
)
from django.db import transaction
from django.test import Client
from django.urls import resolve

from campaign import roles
from campaign.models import BulkChange, CallBack, Exemption, Holdout, SavedView, UnknownProgram
from campaign.roles import Role
from notices.models import Mailing, TextVersion

pytestmark = pytest.mark.django_db
START = "/staff/"
LEAVING = {"logout", "set_language", "look"}  # they change who looks, and how
OTHERS = ("/staff/admin/", "/staff/login/")  # looked at, not crawled: Django's own pages


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The links and forms of a page, with the values that a form has when nobody has touched it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.inside: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.inside = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self.inside)
            if "id" in given:
                self.by_id[given["id"]] = self.inside
        elif tag in ("input", "button", "option", "textarea"):
            self._field(tag, given, self.by_id.get(given.get("form", ""), self.inside))

    def _field(self, tag: str, given: dict[str, str], form: Form | None) -> None:
        if form is None:
            return
        if tag == "button":
            form.buttons.append((given.get("name", ""), given.get("value", "")))
        elif given.get("type") in ("radio", "checkbox") and "checked" not in given:
            return
        elif given.get("name"):
            form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


@contextmanager
def undone() -> Iterator[None]:
    """What a button does is as if it had never been: the next one is pressed on the same page."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ALIKE = {"kind", "language", "number", "day"}  # parts of an address of which one value is as good as another


def shape(url: str) -> tuple[object, ...]:
    """What makes one address as good as another: the same page with the same filters, whatever their values."""
    found = resolve(urlsplit(url).path)
    parts = [each for each in found.kwargs.items() if each[0] not in ALIKE]
    return found.url_name, *parts, *sorted(filters(url))


def filters(url: str) -> set[str]:
    return {name for name, _value in parse_qsl(urlsplit(url).query)} - {"campaign"}


class Crawl:
    """All that a person gets to; `refused` says what was offered and may not be used, and on which page."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.opened: dict[tuple[object, ...], str] = {}
        self.pressed: dict[tuple[object, ...], tuple[str, dict[str, str]]] = {}
        self.refused: list[str] = []
        waiting = deque([("", START)])
        while waiting:
            waiting.extend(self._open(*waiting.popleft()))

    def _open(self, page: str, url: str) -> Iterator[tuple[str, str]]:
        if not url.startswith(START) or len(filters(url)) > 1 or shape(url) in self.opened:
            return
        self.opened[shape(url)] = url
        response = self.client.get(url)
        if response.status_code == 403:
            self.refused.append(f"{page} has a link to {url}")
        if response.status_code != 200 or url.startswith(OTHERS) or "html" not in response["Content-Type"]:
            return
        read = Page(response.content.decode())
        for form in read.forms:
            self._press(url, form)
        for link in read.links:
            yield url, urljoin(url, link)

    def _press(self, page: str, form: Form) -> None:
        action = urljoin(page, form.action)
        if form.method != "post" or resolve(urlsplit(action).path).url_name in LEAVING:
            return
        for name, value in form.buttons or [("", "")]:
            fields = form.fields | ({name: value} if name else {})
            pressed = (shape(action), name, value)
            if pressed in self.pressed:
                continue
            self.pressed[pressed] = (action, fields)
            with undone():
                status = self.client.post(action, fields).status_code
            if status == 403:
                self.refused.append(f"{page} has a button {name}={value} for {action}")


@pytest.fixture
def filled(tmp_path, settings, redis_server) -> None:
    """Something of everything that a page can show."""
    settings.DATA = settings.SEGMENTS = tmp_path
    campaign, holdout = make_world(), Holdout.objects.order_by("pk").first()
    make_campaign(name="local_port25")
    other = make_user("other")
    for period, state in (
        ("2026-12", "planned"),
        ("2026-10", "approved"),
        ("2026-09", "paused"),
        ("2026-08", "finished"),
    ):
        make_notice(make_mailing(campaign, period=period, state=state), state="waiting")
    make_lift(Mailing.objects.get(period="2026-11"))
    make_forecast(campaign)
    make_suppression(holdout.customer)
    make_shadow(campaign)
    Holdout.objects.filter(standing="mixed").update(last_auth_on=TODAY)  # without, nobody is
    make_relay("192.0.2.1", TODAY, 30, without_logins=30)
    make_source("mx1", "postfix", until=noon(TODAY))
    UnknownProgram.objects.create(day=TODAY, value="Nadeshiko 3.1", submissions=1234, people=5)
    values = {"customer": holdout.customer, "campaign": campaign, "from_day": TODAY, "until": TODAY + timedelta(days=9)}
    Exemption.objects.create(**values, reason="", asked_at=noon(TODAY), asked_why="help")
    CallBack.objects.create(customer=holdout.customer, phone="0312345678", day=TODAY, part="any", asked_at=noon(TODAY))
    SavedView.objects.create(name="x", query="campaign=pop_before_smtp", owner=other, at=noon(TODAY), shared=True)
    change = {"campaign": campaign, "kind": "tag", "values": {"tag": "x"}, "customers": 1, "made_at": noon(TODAY)}
    BulkChange.objects.create(**change, made_by=other)
    TextVersion.objects.create(
        campaign=campaign,
        kind="reminder",
        language="ja",
        number=1,
        subject="件名",
        body="本文",
        written_by=other,
        written_at=noon(TODAY),
        asked_at=noon(TODAY),
        asked_by=other,
    )


def crawl(role: Role) -> Crawl:
    user = make_user(f"one-{role}")
    roles.assign(user, role)
    user.user_permissions.clear()
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return Crawl(client)


def routes(found: Crawl) -> set[str]:
    return {resolve(urlsplit(url).path).url_name for url in found.opened.values()}


def withheld(role: Crawl, most: Crawl) -> dict[str, str]:
    """Pages that this person could open, if only something led there, by the route."""
    reached = routes(role)
    others = {resolve(urlsplit(url).path).url_name: url for url in most.opened.values()}
    return {
        name: url for name, url in others.items() if name not in reached and role.client.get(url).status_code == 200
    }


def test_a_role_may_use_what_it_is_offered_and_is_offered_what_it_may_use(filled):
    found = {role: crawl(role) for role in Role}
    assert {role: each.refused for role, each in found.items()} == {role: [] for role in Role}
    most = found[Role.ADMINISTRATOR]
    assert {role: withheld(each, most) for role, each in found.items()} == {role: {} for role in Role}
    for role, led in ((Role.VIEWER, False), (Role.SUPPORT, True)):
        assert ({"customers", "customer", "relays"} <= routes(found[role])) == led
    assert len(most.pressed) > 40 and len(most.opened) > 60
