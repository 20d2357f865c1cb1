"""A mailing's page in a real browser: it renews itself, counts down, and nothing moves under the pointer."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_user, noon
from desk import make_mailing, make_notice
from playwright.sync_api import expect
from sight import become, speak, stop_clock

from campaign.dashboard import pulse
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
A_LOOK = 3_100  # milliseconds


@pytest.fixture(autouse=True)
def on_a_quick_machine(monkeypatch):
    """Where counting takes long, the page looks more seldom; a busy machine must not change the tests."""
    monkeypatch.setattr(pulse, "SHARE", 0)


@pytest.fixture
def open_page(page):
    """Opens a page as one who may do everything, with the browser's clock in the test's hands."""
    may = ("campaign.view_customer", "notices.approve_mailing", "notices.run_mailing", "campaign.change_desk")
    become(page, make_user("suzuki", *may))
    speak(page, "en")
    stop_clock(page)

    def go(mailing: Mailing):
        page.goto(f"/staff/mailings/{mailing.pk}/")
        return page

    return go


def mailing_with(waiting: int, **given) -> Mailing:
    mailing = make_mailing(make_campaign(), expires_on=TODAY + timedelta(days=20), **given)
    for _ in range(waiting):
        make_notice(mailing, state="waiting")
    return mailing


def test_the_numbers_renew_themselves_and_say_when(open_page):
    mailing = mailing_with(40)
    page = open_page(mailing)
    ledger = page.locator('[data-live="ledger"]')
    assert "Waiting\n40" in ledger.inner_text().replace("\t", "\n")
    first = Notice.objects.order_by("pk").values_list("pk", flat=True)[:30]
    Notice.objects.filter(pk__in=list(first)).update(state="accepted", accepted_at=noon(TODAY))
    page.clock.run_for(A_LOOK)
    ledger.get_by_text("30", exact=True).first.wait_for()
    page.get_by_role("status").get_by_text("Being sent: 70 percent are done.").wait_for(state="attached")


def test_the_hold_is_counted_down_and_the_server_says_when_it_is_over(open_page):
    mailing = mailing_with(3, hold_until=noon(TODAY) + timedelta(seconds=2))
    page = open_page(mailing)
    left = page.locator("[data-seconds-left]")
    page.locator("[data-seconds-left]", has_text="0:02").wait_for()
    page.clock.run_for(1_000)
    page.locator("[data-seconds-left]", has_text="0:01").wait_for()
    with page.expect_response("**/pulse/"):
        page.clock.run_for(1_000)
    # The clock of the server stands still: it says that it is not over yet.
    page.locator("[data-seconds-left]", has_text="0:02").wait_for()
    Mailing.objects.update(hold_until=noon(TODAY))
    page.clock.run_for(2_000)
    left.wait_for(state="detached")
    expect(page.locator("main")).not_to_contain_text("Nothing goes out before")


def test_rows_under_the_pointer_stay_until_it_leaves(open_page):
    mailing = mailing_with(0)
    make_notice(mailing, state="refused", reply="550 5.1.1 unknown")
    page = open_page(mailing)
    causes = page.locator('[data-live="causes"]')
    causes.get_by_text("550 5.1.1 unknown").hover()
    for _ in range(2):
        make_notice(mailing, state="refused", reply="554 5.7.1 blocked")
    page.clock.run_for(A_LOOK)
    page.locator('[data-live="ledger"]').get_by_text("3", exact=True).first.wait_for()
    assert causes.locator("tbody tr").count() == 1
    page.mouse.move(0, 0)
    page.clock.run_for(A_LOOK)
    causes.get_by_text("554 5.7.1 blocked").wait_for()
    assert causes.locator("tbody tr").first.inner_text().startswith("2")


def test_what_would_push_a_button_away_waits_until_the_pointer_has_left_it(open_page):
    mailing = mailing_with(5)
    page = open_page(mailing)
    button = page.get_by_role("button", name="Pause")
    button.hover()
    before = button.bounding_box()
    Mailing.objects.update(expires_on=TODAY)
    for _ in range(20):
        make_notice(mailing, accepted_at=noon(TODAY) - timedelta(minutes=1))
    page.clock.run_for(A_LOOK)
    page.locator('[data-live="ledger"]').get_by_text("25", exact=True).first.wait_for()
    assert button.bounding_box() == before


def test_a_reason_that_is_being_typed_is_not_lost_when_the_state_changes(open_page):
    mailing = mailing_with(5)
    page = open_page(mailing)
    page.get_by_label("Reason for the pause").fill("too many calls")
    Mailing.objects.update(state="finished")
    with page.expect_response("**/pulse/"):
        page.clock.run_for(A_LOOK)
    with page.expect_response("**/pulse/"):  # it looks again only after it has dealt with the first answer
        page.clock.resume()
    assert page.get_by_label("Reason for the pause").input_value() == "too many calls"


def test_a_start_is_confirmed_by_typing_the_number_and_can_be_cancelled_in_the_hold(open_page):
    mailing = mailing_with(12, state="approved")
    page = open_page(mailing)
    page.get_by_role("link", name="Start now").click()
    page.get_by_label("Number of notices").fill("21")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("type the number of its notices: 12.").wait_for()
    page.get_by_label("Number of notices").fill("１２")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing goes out before 12:10:00.").wait_for()
    page.get_by_role("link", name="Cancel for good").click()
    page.get_by_text("Nothing of it has gone out yet.").wait_for()
    page.get_by_role("button", name="Cancel for good").click()
    page.get_by_role("status").get_by_text("Nothing of it has gone out.").wait_for()


def test_without_scripts_a_link_brings_the_numbers_up_to_date(open_tab):
    mailing = mailing_with(3)
    page = open_tab(java_script_enabled=False)
    become(page, make_user("sato"))
    speak(page, "en")
    page.goto(f"/staff/mailings/{mailing.pk}/")
    assert "As of 12:00:00." in page.locator("main").inner_text()
    Notice.objects.update(state="withdrawn")
    page.get_by_role("link", name="Load the numbers anew").click()
    page.get_by_text("Everything has gone out").wait_for()
