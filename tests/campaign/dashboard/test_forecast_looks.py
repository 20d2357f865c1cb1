"""The forecast, the board's page and the first page with all their parts, in a real browser."""

import json
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import TODAY, make_customer, make_user, noon
from desk import count_day, make_mailing, make_relay, make_shadow, make_world
from django.conf import settings

from campaign.models import CallBack, Campaign, CutoffChange, OpenDoor, StandingCount
from notices import forecast

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
SIZES = {"1280-light-en": (1280, "light", "en"), "360-dark-ja": (360, "dark", "ja")}
PAGES = ("/staff/", "/staff/forecast/?under=3000", "/staff/benefit/")


def make_course(campaign: Campaign) -> None:
    """Four months in which ever fewer of 15,000 are left, and the doors of as many days."""
    StandingCount.objects.all().delete()
    left = 15_000.0
    for ago in range(120, -1, -1):
        left *= 0.991 if ago % 30 < 8 else 0.997
        moved = 15_000 - int(left)
        count_day(campaign, TODAY - timedelta(days=ago), holdout=int(left), migrated=moved)
        OpenDoor.objects.create(
            day=TODAY - timedelta(days=ago),
            addresses=9000,
            minutes=700_000,
            used_addresses=3000,
            used_minutes=100_000 + 1200 * ago,
            shared_addresses=410,
            shared_minutes=90_000,
            people_behind=1300,
            most_behind=74,
        )


@pytest.fixture
def logged_in(page, client, live_server):
    """The browser of one who sees all of it."""
    campaign = make_world()
    campaign.cutoff_on = TODAY + timedelta(days=50)
    campaign.save()
    make_course(campaign)
    make_shadow(campaign)
    make_relay("192.0.2.1", TODAY, 30)
    make_mailing(campaign, period="2026-12", state="planned")
    customer = make_customer()
    CallBack.objects.create(customer=customer, phone="0312345678", day=TODAY, part="any", asked_at=noon(TODAY))
    moved = {"changed_at": noon(TODAY - timedelta(days=40)), "old": TODAY, "new": campaign.cutoff_on}
    CutoffChange.objects.create(campaign=campaign, reason="more time", **moved)
    for ago in (8, 1):
        day = TODAY - timedelta(days=ago)
        forecast.make(campaign_id=campaign.pk, day=day, now=noon(TODAY), unreached=214)
    client.force_login(make_user("suzuki", "campaign.view_campaign", "campaign.view_customer"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


@pytest.mark.parametrize("name", SIZES)
def test_the_pages_are_fit_for_everybody(logged_in, live_server, name):
    page, (width, scheme, language) = logged_in, SIZES[name]
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    chosen = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
    page.context.add_cookies([chosen])
    for address in PAGES:
        assert page.goto(address).status == 200
        page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
        found = Axe().run(page).response["violations"]
        assert not found, json.dumps(found, ensure_ascii=False)[:2000]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.locator("h1").count() == 1


def test_the_boards_page_prints_without_what_is_for_the_screen(logged_in):
    logged_in.goto("/staff/benefit/")
    logged_in.emulate_media(media="print")
    assert not logged_in.locator(".top").is_visible()
    assert not logged_in.locator(".no-print").is_visible()
    assert logged_in.get_by_text("ABUSE_CASE_COST").is_visible()
    assert logged_in.pdf(format="A4").startswith(b"%PDF")


def test_a_number_is_asked_for_with_the_keyboard(logged_in):
    logged_in.goto("/staff/forecast/")
    logged_in.get_by_label("When will it be under").fill("12000")
    logged_in.keyboard.press("Enter")
    logged_in.get_by_text("It is under 12,000 already.").wait_for()
