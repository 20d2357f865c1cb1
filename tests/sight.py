"""What the tests with a real browser share: who sits before it, how they look at a page, and what is in their way.

A click or a key does not wait for the page that it leads to: the old one, or half of the new one, is there for as
long as the machine takes. Wait for what only the new page has (`expect`, `wait_for_url`) before anything is read,
and before the next `goto`, which would cancel what was sent.
"""

import json
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Locator, Page, expect

MORNING = datetime(2026, 11, 25, tzinfo=UTC)
RULES = {"resultTypes": ["violations"]}
PHONE = 500  # pixels; wider windows may scroll a table inside its card
WIDER = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.ariaLabel)"
COLOURS = ("color-contrast",)  # the rest of axe's rules does not know of them


def become(page: Page, user: User) -> None:
    """From the next page on `user` is the one who is logged in."""
    client = Client()
    client.force_login(user)
    _keep(page, settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)


def speak(page: Page, language: str) -> None:
    """From the next page on the staff's pages are in this language."""
    _keep(page, settings.LANGUAGE_COOKIE_NAME, language)


def _keep(page: Page, name: str, value: str) -> None:
    # Where `live_server` answers; a cookie knows of no port.
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])


def look(page: Page, width: int, scheme: str = "light", *, height: int = 800) -> None:
    """The window is of this size, and its owner wants it "light" or "dark"."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)


def unfold(page: Page, which: str = "details") -> None:
    """What can be unfolded is."""
    page.eval_on_selector_all(which, "all => all.forEach(each => { each.open = true })")


def unfit(page: Page, name: str = "", *, rules: Sequence[str] = ()) -> list[str]:
    """What is in somebody's way on this page; with `rules` axe goes by these alone. Nothing if it is fit for everybody.

    With SCREENSHOTS, a folder, in the environment it is a picture there, called `name` or else by its address.
    """
    page.wait_for_load_state()
    expect(page.locator("h1:not([inert] h1)")).to_have_count(1)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{_called(page, name)}.png", full_page=True)
    return unreadable(page, rules=rules)


def unreadable(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """As `unfit`, for what is no page of its own, as a mail is."""
    return [*_found_by_axe(page, rules), *_sideways(page)]


def _found_by_axe(page: Page, rules: Sequence[str]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = RULES | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{_at(page)} {each['id']}: {json.dumps(_places(each), ensure_ascii=False)}" for each in found]


def _places(violation: dict[str, Any]) -> list[str]:
    return [node["html"][:200] for node in violation["nodes"]]


def _sideways(page: Page) -> list[str]:
    """The page itself, or on a phone a table of it, inside its card."""
    needed, width = page.evaluate("document.documentElement.scrollWidth"), page.viewport_size["width"]
    found = [f"{_at(page)} needs {needed} pixels"] if needed > width else []
    if width < PHONE:
        tables = page.eval_on_selector_all(".scroll", WIDER)
        found += [f"{_at(page)} the table “{table}” is wider than its card" for table in tables]
    return found


def _at(page: Page) -> str:
    return f"{page.url} ({page.viewport_size['width']} pixels, {_scheme(page)}):"


def _scheme(page: Page) -> str:
    return "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"


def _called(page: Page, name: str) -> str:
    address = urlsplit(page.url)
    name = name or re.sub(r"\W+", "-", f"{address.path}-{address.query}").strip("-")
    language = page.locator("html").get_attribute("lang")
    return f"{name[:150]}-{language}-{page.viewport_size['width']}-{_scheme(page)}"


def small(locator: Locator, *, least: int = 48) -> list[str]:
    """Those of them that are lower or narrower than a finger needs."""
    found = []
    for each in locator.all():
        box = each.bounding_box()
        if box["height"] < least or box["width"] < least:
            found.append(f"{_at(each.page)} {each.inner_text()!r} is {box}")
    return found


def stop_clock(page: Page) -> None:
    """From the next page on its timers go off by `page.clock.run_for(milliseconds)` alone, however long all takes."""
    page.clock.install(time=MORNING)
    page.clock.pause_at(MORNING + timedelta(hours=1))  # later than what has passed since the line before
