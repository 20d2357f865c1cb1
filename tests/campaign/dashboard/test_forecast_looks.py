"""The forecast, the board's page and the first page with all their parts, in a real browser."""

from datetime import timedelta

import pytest
from builders import TODAY, make_customer, make_user, noon
from desk import count_day, make_lift, make_mailing, make_relay, make_shadow, make_world
from sight import become, look, speak, unfit, unfold

from campaign.dashboard import bulk_offer
from campaign.models import CallBack, Campaign, CutoffChange, OpenDoor, StandingCount
from notices import forecast

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
SIZES = {"1280-light-en": (1280, "light", "en"), "360-dark-ja": (360, "dark", "ja")}
PAGES = (
    "/staff/",
    "/staff/?standing=foo&program=becky",
    "/staff/forecast/?under=3000",
    "/staff/forecast/?under=abc",
    "/staff/benefit/",
    "/staff/customers/?standing=foo&wave=abc&campaign=nope",
)
BULK = (bulk_offer.MAY, *bulk_offer.ALSO.values())


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
def logged_in(page):
    """The browser of one who sees all of it."""
    campaign = make_world()
    campaign.cutoff_on = TODAY + timedelta(days=50)
    campaign.save()
    make_course(campaign)
    make_shadow(campaign)
    make_relay("192.0.2.1", TODAY, 30)
    make_mailing(campaign, period="2026-12", state="planned")
    for period in ("2026-08", "2026-09", "2026-10"):  # begun on one day
        begun = noon(TODAY - timedelta(days=40))
        make_lift(make_mailing(campaign, period=period, state="finished", started_at=begun))
    customer = make_customer()
    CallBack.objects.create(customer=customer, phone="0312345678", day=TODAY, part="any", asked_at=noon(TODAY))
    moved = {"changed_at": noon(TODAY - timedelta(days=40)), "old": TODAY, "new": campaign.cutoff_on}
    CutoffChange.objects.create(campaign=campaign, reason="more time", **moved)
    for ago in (8, 1):
        day = TODAY - timedelta(days=ago)
        forecast.make(campaign_id=campaign.pk, day=day, now=noon(TODAY), unreached=214)
    become(page, make_user("suzuki", "campaign.view_campaign", "campaign.view_customer", *BULK))
    return page


@pytest.mark.parametrize("name", SIZES)
def test_the_pages_are_fit_for_everybody(logged_in, name):
    width, scheme, language = SIZES[name]
    look(logged_in, width, scheme)
    speak(logged_in, language)
    for address in PAGES:
        assert logged_in.goto(address).status == 200
        unfold(logged_in)
        assert unfit(logged_in) == []


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
