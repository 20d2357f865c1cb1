"""Every staff page in a real browser: axe finds nothing, the security policy holds, nothing scrolls sideways."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_user, noon
from desk import (
    make_lift,
    make_mailing,
    make_notice,
    make_relay,
    make_shadow,
    make_source,
    make_suppression,
    make_world,
)
from django.contrib.auth.models import User
from playwright.sync_api import expect
from sight import become, look, speak, stop_clock, unfit, unfold

from campaign.models import Campaign, ClockReading, Customer, Desk, StandingCount, UnknownProgram
from notices.models import Mailing

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
EVERYTHING = (
    "campaign.view_customer",
    "notices.approve_mailing",
    "notices.run_mailing",
    "notices.clear_suppression",
    "notices.export_unreachable",
    "campaign.decide_waves",
)
WIDE, PHONE = 1280, 360


@pytest.fixture
def pages(page) -> dict[str, str]:
    """The pages to look at, with the browser logged in as one who may do everything."""
    campaign = make_world()
    user = make_user("suzuki", *EVERYTHING)
    become(page, user)
    return paths(campaign, user)


def paths(campaign: Campaign, user: User) -> dict[str, str]:
    """Makes what they show, and says where they are."""
    make_campaign(name="local_port25")
    make_notice(planned := make_mailing(campaign, period="2026-12", state="planned"), state="waiting")
    approved = make_mailing(campaign, period="2026-10", state="approved")
    hold_until = noon(TODAY) + timedelta(minutes=10)
    held = make_mailing(campaign, period="2026-09", hold_until=hold_until, daily_cap=2, expires_on=TODAY)
    for mailing in (approved, held):
        for _ in range(5):
            make_notice(mailing, state="waiting")
    make_notice(held, state="refused", reply=f"550 5.1.1 <{'x' * 60}@isp.example> no such user: {'y' * 90}")
    Desk.objects.create(from_day=TODAY, seats=1, contacts_per_seat=1, changed_at=noon(TODAY), changed_by=user)
    make_evidence()
    shadow, asked = make_shadow(campaign), make_shadow(campaign, rule="hosts", scope="mx1", waiting=True)
    make_suppression(Customer.objects.order_by("pk")[0])
    sending = Mailing.objects.get(state="sending", period="2026-11").pk
    customers = Customer.objects.order_by("pk")
    return {
        "progress": "/staff/",
        "progress without numbers": "/staff/?campaign=local_port25",
        "customers": "/staff/customers/?standing=left",
        "customers not found": "/staff/customers/?q=nobody",
        "customer": f"/staff/customers/{customers[0].pk}/",
        "script": f"/staff/customers/{customers[0].pk}/script/",
        "customer outside": f"/staff/customers/{customers[9].pk}/",
        "mailings": "/staff/mailings/",
        "waves and rounds": "/staff/waves/",
        "waves to decide": "/staff/waves/?campaign=local_port25",
        "mailing": f"/staff/mailings/{sending}/",
        "mailing to approve": f"/staff/mailings/{planned.pk}/",
        "trial cut-offs": "/staff/cutoff/",
        "trial cut-off": f"/staff/cutoff/{shadow.pk}/",
        "trial cut-off on its way": f"/staff/cutoff/{asked.pk}/?before=migrated",
        "relays": "/staff/relays/",
        "sources": "/staff/sources/",
        "unknown programs": "/staff/programs/unknown/",
        "relay": "/staff/relays/192.0.2.0/24/",
        "cancel": f"/staff/mailings/{sending}/cancel/",
        "start": f"/staff/mailings/{approved.pk}/start/",
        "mailing in its hold": f"/staff/mailings/{held.pk}/",
        "help desk": "/staff/desk/",
        "plan": "/staff/plan/",
        "plan of a kind": "/staff/plan/pop_before_smtp/reminder/",
        "unreachable": "/staff/unreachable/",
        "help": "/staff/help/",
        "keys": "/staff/keys/",
    }


def make_evidence() -> None:
    """Relays, sources, clocks, programs and a round with something to say."""
    make_relay("192.0.2.1", TODAY, 30, without_logins=30)
    make_relay("198.51.100.7", TODAY - timedelta(days=60), 7)
    make_source("mx1", "postfix", until=noon(TODAY))
    make_source("pop1", "dovecot", until=noon(TODAY) - timedelta(hours=2), without=range(100, 112))
    make_source("mx1", "sshd", until=noon(TODAY), understood=False)
    ClockReading.objects.create(day=TODAY, host="pop1", against="mx1", seconds=243, votes=80)
    for value in ("Nadeshiko 3.1", "x" * 200, "<b>\u202aגשר 9"):
        UnknownProgram.objects.create(day=TODAY, value=value, submissions=1234, people=5)
    for language in ("", "ja", "en"):
        make_lift(Mailing.objects.get(state="sending", period="2026-11"), language=language)


# Every two of size, scheme and language meet in one of the four.
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (WIDE, "dark", "ja"), (PHONE, "light", "ja"), (PHONE, "dark", "en")],
    ids=["1280-light-en", "1280-dark-ja", "360-light-ja", "360-dark-en"],
)
def test_every_page_is_fit_for_everybody(page, pages, width, scheme, language):
    look(page, width, scheme, height=740)
    speak(page, language)
    for name, address in pages.items():
        assert page.goto(address).status == 200
        assert page.locator("html").get_attribute("lang") == language
        unfold(page)
        assert unfit(page) == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_page_is_fit_for_everybody(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/staff/login/")
    assert unfit(page) == []


def test_a_style_that_breaks_the_policy_would_be_seen(browser, live_server):
    page = browser.new_page(base_url=live_server.url)
    page.goto("/staff/login/")
    seen = page.evaluate("""() => new Promise(done => {
        document.addEventListener("securitypolicyviolation", event => done(event.violatedDirective));
        document.body.setAttribute("style", "color: red");
    })""")
    page.close()
    assert seen == "style-src-attr"


def test_the_pages_work_with_the_keyboard_alone(page, pages):
    page.goto(pages["progress"])
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Go to the content"
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("id") == "main"
    page.locator("#find").focus()
    page.keyboard.type("person0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/customers/?q=person0")
    expect(page.get_by_role("link", name="person0@isp.example")).to_have_count(1)


def test_an_open_page_renews_its_numbers_by_itself(page, pages):
    stop_clock(page)
    page.goto(pages["progress"])
    StandingCount.objects.filter(standing="holdout").update(holdouts=777)
    page.clock.run_for(16_000)
    page.get_by_text("777", exact=True).first.wait_for()


def test_an_open_mailing_offers_what_is_possible_in_its_new_state(page, pages):
    stop_clock(page)
    page.goto(pages["mailing"])
    page.get_by_role("button", name="Pause").wait_for()
    Mailing.objects.filter(state="sending").update(state="finished")
    page.clock.run_for(16_000)
    page.get_by_role("button", name="Pause").wait_for(state="detached")


def test_the_steps_of_a_mailing_are_taken_by_buttons(page, pages):
    page.goto(pages["mailing to approve"])
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("status").get_by_text("The mailing is approved.").wait_for()
    page.get_by_role("link", name="Cancel for good").click()
    page.get_by_role("button", name="Cancel for good").click()
    page.get_by_role("status").get_by_text("The mailing is cancelled").wait_for()
