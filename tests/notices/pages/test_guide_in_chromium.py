"""The guides in a real browser: accessible, by keyboard, without script, in large letters, copied from and printed."""

import re
import subprocess

import pytest
from places import ASKING, DEVICES, FIXED, GUIDES, under
from playwright.sync_api import expect
from sight import look, small, unfit, unfold

from notices.guides import catalog

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

# Every two of width, scheme and language meet in one of the four.
LOOKS = {"ja": ((320, "light"), (1280, "dark")), "en": ((320, "dark"), (1280, "light"))}
STEPS = {client.name: len(client.steps) for client in catalog.clients()}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_any_page(page, language):
    findings = []
    for path in (path for place in (*FIXED, *GUIDES) for path in under(place)):
        page.goto(f"/{language}/{path}")
        unfold(page)
        for width, scheme in LOOKS[language]:
            look(page, width, scheme)
            findings += unfit(page)
    assert not findings


@pytest.mark.parametrize("language", ["ja", "en"])
def test_large_letters_are_larger_and_still_fit_a_narrow_screen(page, language):
    look(page, 320)
    wide = []
    for place in (*ASKING, *DEVICES, *(f"guide/{name}/all/" for name in STEPS), "guide/outlook/1/"):
        page.goto(f"/{language}/{place}?size=large")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(place)
    size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.goto(f"/{language}/")
    assert size >= 1.3 * page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert not wide


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_can_be_pressed_is_large_enough(page, language):
    look(page, 360)
    found = []
    for place in (*ASKING, *DEVICES, "guide/thunderbird/", "guide/thunderbird/7/", "guide/outlook/test/"):
        page.goto(f"/{language}/{place}")
        pressed = "button:visible, a.button:visible, .choices a, .languages a, input:visible, textarea, summary"
        found += small(page.locator(pressed))
    assert not found


FOCUSED = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const [style, box] = [getComputedStyle(at), at.getBoundingClientRect()];
  const inSight = box.top >= 0 && box.bottom <= innerHeight + 1;
  return [at.tagName, at.innerText, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && inSight];
}"""


@pytest.mark.parametrize("place", ["", "find/", "setup/", "which/windows/", "guide/thunderbird/7/"])
def test_wherever_the_keyboard_stops_it_can_be_seen(page, place):
    look(page, 360, height=700)
    page.goto(f"/en/{place}")
    stops = []
    while len(stops) < 100:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        stops.append(focused)
    assert 10 < len(stops) < 100
    assert not [stop for stop in stops if not stop[2]]


def test_from_not_knowing_to_the_test_by_keyboard_and_without_script(open_tab):
    page = open_tab(java_script_enabled=False)

    def press(name: str, *, to: str) -> None:
        page.get_by_role("link", name=name).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{to}")

    page.goto("/en/?size=large")
    press("Not sure? How to tell", to="/en/which/?size=large")
    press("On a computer", to="/en/which/computer/?size=large")
    press("It shows no apple", to="/en/which/windows/?size=large")
    press("Thunderbird (computer)", to="/en/guide/thunderbird/?size=large")
    press("Begin with step 1", to="/en/guide/thunderbird/1/?size=large")
    for number in range(2, STEPS["thunderbird"] + 1):
        press("Done, go on", to=f"/en/guide/thunderbird/{number}/?size=large")
        heading = page.get_by_role("heading", level=1).inner_text()
        assert heading.startswith(f"Step {number} of {STEPS['thunderbird']}:")
    press("Done, go on", to="/en/guide/thunderbird/test/?size=large")
    press("It does not work", to="/en/guide/thunderbird/trouble/?size=large")


def test_who_sees_something_else_opens_the_help_by_keyboard_without_script(open_tab):
    page = open_tab(java_script_enabled=False)
    page.goto("/en/guide/iphone/1/")
    help = page.get_by_text("This looks different on my screen")
    details = page.locator("details", has=help)
    if details.get_attribute("open") is None:
        help.focus()
        page.keyboard.press("Enter")
    expect(details.get_by_text("0120-000-000")).to_be_visible()
    assert page.get_by_role("button", name="Copy").count() == 0  # these come with a script alone


def test_a_message_is_looked_up_by_keyboard_without_script(open_tab):
    page = open_tab(java_script_enabled=False)
    page.goto("/en/")
    page.get_by_role("textbox", name="The words or the number").focus()
    page.keyboard.type("554 relay access denied")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/find/")
    page.get_by_text("Thunderbird (computer)", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Open the guide: Thunderbird (computer)").click()
    page.wait_for_url("**/en/guide/thunderbird/")
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("messages? match"))).to_be_visible()


def test_a_value_is_copied_as_it_stands_and_that_is_said(page, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto("/en/guide/thunderbird/7/")
    assert page.get_by_role("status").inner_text() == ""
    page.get_by_role("button", name="Copy: Server Name").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Copied: smtp.isp.example").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "smtp.isp.example"
    assert page.get_by_role("button", name=re.compile("^Copy: User")).count() == 0


@pytest.mark.parametrize("size", ["", "?size=large"])
def test_on_paper_there_is_the_whole_guide_and_nothing_to_press(page, needed, tmp_path, size):
    reader = needed("pdftotext", package="poppler-utils")
    page.goto(f"/en/guide/thunderbird/all/{size}")
    page.emulate_media(media="print")
    path = tmp_path / "guide.pdf"
    page.pdf(path=path, format="A4")
    text = subprocess.run([reader, path, "-"], capture_output=True, check=True, text=True).stdout
    told = " ".join(text.split())
    for number in range(1, STEPS["thunderbird"] + 1):
        assert f"Step {number} of {STEPS['thunderbird']}:" in told
    for words in ("My values until now", "smtp.isp.example", "Back to how it was", "0120-000-000"):
        assert words in told
    for words in ("Large letters", "日本語", "Copy", "Step by step instead"):
        assert words not in told
    assert text.count("\f") <= 6
