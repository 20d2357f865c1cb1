"""The pages behind a link in a real browser: accessible, narrow, dark, by keyboard; and the look that goes on."""

from datetime import timedelta

import pytest
from brands import two_brands
from builders import TODAY, make_use, noon
from django.utils import timezone
from playwright.sync_api import expect
from sight import COLOURS, look, small, stop_clock, unfit

from campaign.models import AttributedDay, CallBack, DailyUse, Exemption, Standing

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
AUTH = {"last_auth_on": TODAY - timedelta(days=5), "last_auth_at": noon(TODAY - timedelta(days=5))}


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


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, paths, language):
    wrong = []
    for path in paths(language):
        page.goto(path)
        for width, scheme, rules in ((320, "light", ()), (1280, "light", ()), (1280, "dark", COLOURS)):
            look(page, width, scheme)
            wrong += unfit(page, rules=rules)
        wrong += small(page.locator("main button:visible, main a.button:visible, label.choice:visible"))
    assert not wrong


def test_what_was_wrong_is_read_out_and_nothing_of_it_needs_script(open_tab, paths):
    page = open_tab(java_script_enabled=False)
    page.goto(paths("en")[0])
    page.get_by_role("link", name="Ask us to call you").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Phone number").fill("0312345")
    page.get_by_role("radio", name="Wednesday, November 25, 2026").check()
    page.get_by_role("radio", name="in the morning").check()
    page.get_by_role("button", name="Please call me").click()
    expect(page.get_by_role("alert")).to_contain_text("with its area code")
    expect(page.get_by_role("textbox", name="Phone number")).to_have_value("0312345")
    page.get_by_role("textbox", name="Phone number").fill("03-1234-5678")
    page.get_by_role("textbox", name="Phone number").press("Enter")
    page.get_by_text("at the number that ends in 5678").wait_for()
    assert CallBack.objects.count() == 2

    page.get_by_role("link", name="Ask for more time").click()
    page.get_by_role("radio", name="I am ill or away").check()
    page.get_by_role("radio", name="Tuesday, April 13, 2027").check()
    page.get_by_role("button", name="Ask for more time").click()
    page.get_by_text("you have more time: for you the old way works until April 13, 2027").wait_for()


def test_the_page_goes_on_looking_until_all_is_well(page, make_notice, path_of):
    notice = make_notice(old="iphone")
    customer = notice.holdout.customer
    stop_clock(page)
    page.goto(path_of(notice))
    page.get_by_role("heading", name="Your mail still goes the old way.").wait_for()

    now = timezone.now()
    use = make_use(customer, "pop_before_smtp", timezone.localdate(now), last_at=now, auth_failed=1)
    notice.holdout.reason = "auth_failed"
    notice.holdout.save()
    page.clock.run_for(11_000)
    page.get_by_role("heading", name="Almost there: the password does not seem to be right.").wait_for()
    page.get_by_text("The password was refused for the last mail.").wait_for()
    page.clock.run_for(1_000)
    expect(page.get_by_role("status")).to_have_text("Something has changed: please read the first lines of this page.")

    for number in range(17):  # to the last look but one of these three minutes
        read = {"attributed_at": noon(TODAY) + timedelta(minutes=number)}
        AttributedDay.objects.update_or_create(day=TODAY, defaults=read)
        page.clock.run_for(10_000)
        expect(page.locator("#as-of")).to_contain_text(f"12:{number:02}")  # it has dealt with the answer
    make_use(customer, "smtp_auth", use.day, last_at=now + timedelta(seconds=1), client_program="iphone")
    notice.holdout.standing = Standing.MIXED
    notice.holdout.save()
    page.clock.run_for(10_000)
    page.get_by_role("heading", name="Your last mail went the new way.").wait_for()
    expect(page.get_by_text("Nothing changes? It is usually one of these")).to_have_count(0)
    looks = []
    page.on("request", lambda request: looks.append(request.url))
    page.clock.run_for(60_000)
    assert looks == []  # all is well: nothing more to look for
