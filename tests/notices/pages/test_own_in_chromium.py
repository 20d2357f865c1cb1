"""The pages behind a link in a real browser: accessible, narrow, dark, by keyboard; and the look that goes on."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from brands import two_brands
from builders import TODAY, make_use, noon
from django.utils import timezone

from campaign.models import CallBack, DailyUse, Exemption, Standing

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
AUTH = {"last_auth_on": TODAY - timedelta(days=5), "last_auth_at": noon(TODAY - timedelta(days=5))}
OPTIONS = {"resultTypes": ["violations"]}
ONLY_COLOURS = {"runOnly": ["color-contrast"]}


@pytest.fixture
def paths(make_notice, path_of, settings, tmp_path, monkeypatch):
    """Each page behind a link, with nothing asked for, with everything, and of the second brand."""
    two_brands(settings, tmp_path)
    monkeypatch.setattr(timezone, "now", lambda: noon(TODAY))
    fresh = make_notice(old="thunderbird", reason="auth_failed")
    DailyUse.objects.update(auth_failed=1)
    other = make_notice(
        old="iphone", new="outlook", standing="mixed", number="482913058", login="taro@aozora.example", **AUTH
    )
    asked = make_notice(old="outlook", number="482913059", login="ken@isp.example")
    person = {"customer": asked.holdout.customer, "asked_at": noon(TODAY)}
    CallBack.objects.create(phone="09012345678", day=TODAY + timedelta(days=1), part="morning", **person)
    until = TODAY + timedelta(days=150)
    campaign = asked.holdout.campaign
    Exemption.objects.create(campaign=campaign, from_day=TODAY, until=until, asked_why="help", **person)

    def of(language):
        return [
            path_of(each, language) + page for each in (fresh, other, asked) for page in ("", "more-time/", "call/")
        ]

    return of


def findings(page, options) -> list[tuple[str, str]]:
    page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, live_server, paths, language):
    wrong = []
    page = browser.new_page()
    for path in paths(language):
        page.goto(live_server.url + path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            wrong += [(path, width, found) for found in findings(page, OPTIONS)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((path, width, "scrolls sideways"))
        page.emulate_media(color_scheme="dark")
        wrong += [(path, "dark", found) for found in findings(page, OPTIONS | ONLY_COLOURS)]
        page.emulate_media(color_scheme="light")
        for each in page.locator("main button:visible, main a.button:visible, label.choice:visible").all():
            if each.bounding_box()["height"] < 48:
                wrong.append((path, "small", each.inner_text()))
    page.close()
    assert not wrong


def test_what_was_wrong_is_read_out_and_nothing_of_it_needs_script(browser, live_server, paths):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto(paths("en")[0])
    page.get_by_role("link", name="Ask us to call you").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Phone number").fill("0312345")
    page.get_by_role("radio", name="Wednesday, November 25, 2026").check()
    page.get_by_role("radio", name="in the morning").check()
    page.get_by_role("button", name="Please call me").click()
    assert "with its area code" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("textbox", name="Phone number").input_value() == "0312345"
    page.get_by_role("textbox", name="Phone number").fill("03-1234-5678")
    page.get_by_role("textbox", name="Phone number").press("Enter")
    page.get_by_text("at the number that ends with 5678").wait_for()
    assert CallBack.objects.count() == 2

    page.get_by_role("link", name="Ask for more time").click()
    page.get_by_role("radio", name="I am ill or away").check()
    page.get_by_role("radio", name="Tuesday, April 13, 2027").check()
    page.get_by_role("button", name="Ask for more time").click()
    page.get_by_text("for you the old way works until April 13, 2027").wait_for()
    context.close()


def test_the_page_goes_on_looking_until_all_is_well(page, make_notice, path_of):
    notice = make_notice(old="iphone")
    customer = notice.holdout.customer
    page.clock.install()
    page.goto(path_of(notice))
    page.get_by_role("heading", name="Your mail still goes the old way.").wait_for()

    now = timezone.now()
    use = make_use(customer, "pop_before_smtp", timezone.localdate(now), last_at=now, auth_failed=1)
    notice.holdout.reason = "auth_failed"
    notice.holdout.save()
    page.clock.run_for(11_000)
    page.get_by_role("heading", name="Almost there: the password does not seem to be right.").wait_for()
    page.get_by_text("At the last mail the password was refused.").wait_for()
    page.clock.run_for(1_000)
    status = page.get_by_role("status")
    assert status.inner_text() == "There is news: please read the first lines of this page."

    page.clock.run_for(170_000)
    make_use(customer, "smtp_auth", use.day, last_at=now + timedelta(seconds=1), client_program="iphone")
    notice.holdout.standing = Standing.MIXED
    notice.holdout.save()
    page.clock.run_for(10_000)
    page.get_by_role("heading", name="Your last mail went the new way.").wait_for()
    assert page.get_by_text("Nothing changes? Mostly it is one of these").count() == 0
    looks = []
    page.on("request", lambda request: looks.append(request.url))
    page.clock.run_for(60_000)
    page.wait_for_timeout(200)
    assert looks == []  # all is well: nothing more to look for
