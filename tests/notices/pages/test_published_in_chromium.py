"""What we have sent, and whether a number is ours, in a real browser: accessible, narrow, dark, without script."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import TODAY, make_campaign, noon
from desk import make_mailing, make_notice

from notices.models import TextVersion

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

OPTIONS = {"resultTypes": ["violations"]}
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}  # the rest does not know of colours
LONG = "https://mail-guide.isp.example/" + "a-very-long-address" * 6


@pytest.fixture
def sent():
    campaign = make_campaign()
    version = TextVersion.objects.create(
        campaign=campaign, kind="reminder", language="en", number=1, subject="A" * 200, body=f"{LONG}\n",
        written_at=noon(TODAY), approved_at=noon(TODAY),
    )  # fmt: skip
    last_year = noon(TODAY.replace(year=2025))
    make_notice(make_mailing(campaign, period="2025-11", started_at=last_year, ended_at=last_year, state="finished"))
    make_notice(make_mailing(campaign, period="2026-10", text_en=version))
    return make_notice(make_mailing(campaign), number="482913057")


def looks(page, path: str) -> list[tuple]:
    """What axe finds, what scrolls sideways and what is small to press, at both ends of widths and colours."""
    found = []
    page.evaluate(Axe().axe_script)
    for width, scheme in product((320, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        violations = page.evaluate("options => axe.run(document, options)", OPTIONS | RULES[scheme])["violations"]
        found += [(path, width, scheme, each["id"], each["nodes"][0]["html"]) for each in violations]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, width, scheme, "scrolls sideways"))
    for each in page.locator("button:visible, a.button:visible, .sent a, .years a, input:visible").all():
        box = each.bounding_box()
        if box["height"] < 48 or box["width"] < 48:
            found.append((path, each.inner_text(), box))
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_are_fit_for_everybody(browser, live_server, sent, language):
    page = browser.new_page()
    found = []
    long = sent.mailing.campaign.mailings.get(period="2026-10").pk
    words = [f"notices/words/{pk}/" for pk in (sent.mailing_id, long)]
    for path in ("notices/", "notices/2025/", "notices/check/", *words):
        page.goto(f"{live_server.url}/{language}/{path}")
        found += looks(page, path)
    for typed in ("482913057", "111-111-111", "12"):
        page.goto(f"{live_server.url}/{language}/notices/check/")
        page.locator("#number").fill(typed)
        page.locator("form button").click()
        found += looks(page, f"check {typed}")
    page.close()
    assert not found


def test_a_number_is_checked_by_keyboard_and_without_script(browser, live_server, sent):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/en/")
    page.get_by_role("link", name="Check its number here").click()
    page.get_by_role("textbox", name="Announcement number").focus()
    page.keyboard.type("482-913-057")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Yes, we sent a mail with this number.").wait_for()
    page.get_by_role("link", name="Compare every word").click()
    page.get_by_role("heading", level=2, name="Japanese").wait_for()
    page.get_by_role("main").get_by_role("link", name="What we have sent").click()
    page.get_by_role("heading", level=1, name="What we have sent").wait_for()
    context.close()
