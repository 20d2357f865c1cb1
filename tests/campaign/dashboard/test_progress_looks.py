"""The first page, narrowed and not, in a real browser: for everybody's eyes, hands and screens."""

from datetime import timedelta

import pytest
from brands import two_brands
from builders import TODAY, make_customer, make_holdout, make_user, noon
from desk import count_all, count_day, make_mailing, make_notice, make_world
from playwright.sync_api import expect
from sight import become, look, speak, stop_clock, unfit, unfold

from campaign.models import Campaign, Contact, StandingChange, StandingCount
from notices import funnel
from notices.models import SendingDay, Visit

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
SIZES = {
    "1280-light-en": (1280, "light", "en"),
    "1280-dark-ja": (1280, "dark", "ja"),
    "360-light-ja": (360, "light", "ja"),
    "320-dark-en": (320, "dark", "en"),
}
ADDRESSES = {
    "whole": "/staff/",
    "a program": "/staff/?campaign=pop_before_smtp&program=becky",
    "four filters": "/staff/?campaign=pop_before_smtp&standing=left&reason=auth_failed&wave=2&brand=aozora",
    "a range": "/staff/?campaign=pop_before_smtp&range=192.0.1.0/24",
    "nobody": "/staff/?campaign=pop_before_smtp&program=becky&wave=1&range=203.0.113.0/24",
    "nobody in the list": "/staff/customers/?campaign=pop_before_smtp&program=becky&wave=9",
}


def make_crowd() -> Campaign:
    """Of two brands, in two waves, with many programs and ranges, written to, and asking."""
    campaign = make_world()
    mailing = make_mailing(campaign, period="2026-10")
    programs = ("becky", "outlook-express", "", *(f"program{number}" for number in range(10)))
    for number in range(60):
        domain = "aozora.example" if number % 4 == 0 else "isp.example"
        customer = make_customer(f"crowd{number}@{domain}")
        standing = ("holdout", "mixed", "migrated")[number % 3]
        left = standing != "migrated"
        holdout = make_holdout(
            campaign,
            customer,
            standing=standing,
            reason="auth_failed" if left and number % 2 == 0 else "",
            relapsed=left and number % 5 == 0,
            client_program=programs[number % len(programs)],
            wave=1 + number // 4 % 2 if number % 7 else None,
            last_range=f"192.0.{number % 13}.0/24",
            last_legacy_on=TODAY - timedelta(days=40 if standing == "migrated" else 2),
            last_auth_at=noon(TODAY),
        )
        StandingChange.objects.create(holdout=holdout, day=TODAY - timedelta(days=12), standing="holdout")
        if not left:
            moved = {"day": TODAY - timedelta(days=3), "standing": standing, "previous": "holdout"}
            StandingChange.objects.create(holdout=holdout, **moved)
        notice = make_notice(mailing, holdout, fate="delivered" if number % 8 else "bounced")
        if number % 3 == 0:
            Visit.objects.create(notice=notice, act="guide", at=noon(TODAY))
        at = noon(TODAY) - timedelta(days=number % 20)
        values = {"channel": "phone", "minutes": 5, "outcome": "solved", "topic": ("password", "how_to")[number % 2]}
        Contact.objects.create(customer=customer, at=at, **values)
    rate = {"contacts_per_hundred": 4.26, "contacts_at_least": 3.1, "contacts_at_most": 5.6}
    SendingDay.objects.create(day=TODAY, decided_at=noon(TODAY), **rate)
    StandingCount.objects.all().delete()
    for ago in range(20, -1, -1):
        count_day(campaign, TODAY - timedelta(days=ago), holdout=23 + ago, mixed=21, migrated=21 - ago, moving=1)
    count_all(campaign)
    funnel.count(campaign, mailing, now=noon(TODAY))
    return campaign


@pytest.fixture
def crowd(page, settings, tmp_path) -> Campaign:
    two_brands(settings, tmp_path)
    campaign = make_crowd()
    become(page, make_user("suzuki", "campaign.view_customer"))
    return campaign


@pytest.mark.parametrize("name", SIZES)
def test_narrowed_or_not_it_is_fit_for_everybody(page, crowd, name):
    width, scheme, language = SIZES[name]
    look(page, width, scheme)
    speak(page, language)
    for shown, address in ADDRESSES.items():
        assert page.goto(address).status == 200
        unfold(page, "main details")
        assert unfit(page) == [], shown


def test_a_row_narrows_the_page_and_a_chip_takes_it_back_by_keyboard(page, crowd):
    speak(page, "en")
    page.goto("/staff/")
    row = page.get_by_role("region", name="Of which brand they are").get_by_role("link", name="Aozora Net")
    row.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**brand=aozora")
    page.get_by_role("region", name="How far the waves are").get_by_role("link", name="Wave 2").click()
    page.wait_for_url("**wave=2&brand=aozora")
    chip = page.get_by_role("link", name="Remove the filter: Brand: Aozora Net")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**wave=2")
    expect(page.get_by_role("link", name="Remove the filter: Wave 2")).to_have_count(1)
    page.get_by_role("link", name="List these customers").click()
    page.wait_for_url("**/staff/customers/?campaign=pop_before_smtp&wave=2")


def test_a_narrowed_page_renews_what_it_shows_and_stays_narrowed(page, crowd):
    speak(page, "en")
    stop_clock(page)
    page.goto("/staff/?campaign=pop_before_smtp&program=becky")
    for _ in range(777):
        make_holdout(crowd, client_program="becky")
    count_all(crowd)
    page.clock.run_for(16_000)
    page.locator("dl.tiles").get_by_text("78", exact=False).first.wait_for()
    assert "program=becky" in page.url
