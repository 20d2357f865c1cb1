"""What we have sent, and whether a number is ours, in a real browser: accessible, narrow, dark, without script."""

from itertools import product

import pytest
from builders import TODAY, make_campaign, noon
from desk import make_mailing, make_notice
from sight import COLOURS, look, small, unfit

from notices.models import TextVersion

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

RULES = {"light": (), "dark": COLOURS}
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


def looks(page, name: str) -> list[str]:
    """What is in somebody's way and what is small to press, at both ends of widths and colours."""
    found = []
    for width, scheme in product((320, 1280), ("light", "dark")):
        look(page, width, scheme)
        found += unfit(page, name, rules=RULES[scheme])
    return found + small(page.locator("button:visible, a.button:visible, .sent a, .years a, input:visible"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_are_fit_for_everybody(page, sent, language):
    found = []
    long = sent.mailing.campaign.mailings.get(period="2026-10").pk
    words = [f"notices/words/{pk}/" for pk in (sent.mailing_id, long)]
    for path in ("notices/", "notices/2025/", "notices/check/", *words):
        page.goto(f"/{language}/{path}")
        found += looks(page, "")
    for typed in ("482913057", "111-111-111", "12"):
        page.goto(f"/{language}/notices/check/")
        page.locator("#number").fill(typed)
        page.locator("form button").click()
        page.locator(".answer, #wrong").wait_for()
        found += looks(page, f"check {typed}")
    assert not found


def test_a_number_is_checked_by_keyboard_and_without_script(open_tab, sent):
    page = open_tab(java_script_enabled=False)
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
