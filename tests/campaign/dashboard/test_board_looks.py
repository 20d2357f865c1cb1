"""The pages for the board, the guide by mail and changes under way in a real browser."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import TODAY, make_user, noon
from desk import make_forecast, make_world
from django.conf import settings

from campaign.dashboard import bulk_offer
from campaign.models import BulkChange, Customer, Digest, DigestWish, Holdout, OpenDoor
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
NOW = noon(TODAY)
MAY = ("campaign.view_customer", "notices.send_guide", bulk_offer.MAY, *bulk_offer.ALSO.values())


@pytest.fixture
def user(client):
    made = make_user("suzuki", *MAY)
    made.email = "suzuki.a-rather-long-name@head-office.example"
    made.save()
    client.force_login(made)
    return made


@pytest.fixture
def world(user):
    campaign = make_world()
    for ago in range(1, 22):
        numbers = {"addresses": 1200, "minutes": 90_000, "used_addresses": 100, "used_minutes": 900 + 100 * ago}
        shared = {"shared_addresses": 40, "shared_minutes": 7000, "people_behind": 130, "most_behind": 17}
        OpenDoor.objects.create(day=TODAY - timedelta(days=ago), **numbers, **shared)
    make_forecast(campaign)
    DigestWish.objects.create(user=user, language="ja", since=NOW)
    sent = {"language": "ja", "address": user.email, "state": "accepted", "ended_at": NOW, "reply": "250 2.0.0 Ok"}
    Digest.objects.create(week=TODAY - timedelta(days=8), recipient=user, message_id="x@isp.example", **sent)
    going = {"state": "running", "chosen": 45_000, "handled": 12_000, "customers": 12_000}
    made = {"campaign": campaign, "made_at": NOW, "made_by": user}
    BulkChange.objects.create(**made, kind="tag", values={"tag": "shop"}, **going)
    BulkChange.objects.create(
        **made, kind="notice", values={}, customers=0, state="stopped", trouble="None of them is in this campaign."
    )
    return campaign


@pytest.fixture
def desk(page, client, world, live_server, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


def speak(page, live_server, language: str) -> None:
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_pages_are_fit_for_everybody(desk, live_server, width, language):
    speak(desk, live_server, language)
    desk.set_viewport_size({"width": width, "height": 800})
    one = Customer.objects.order_by("pk").first()
    for name, address in {
        "benefit": "/staff/benefit/",
        "digest": "/staff/benefit/mail/",
        "customer-with-guide": f"/staff/customers/{one.pk}/?kind=delivery&days=30",
        "list-under-way": "/staff/customers/?campaign=pop_before_smtp",
    }.items():
        assert desk.goto(address).ok
        assert desk.locator("h1:not([inert] h1)").count() == 1
        if folder := os.environ.get("SCREENSHOTS"):
            desk.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(desk).response["violations"]
        assert [(name, each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_a_real_double_click_mails_one_guide(desk, live_server):
    speak(desk, live_server, "en")
    holdout = Holdout.objects.filter(standing="holdout").order_by("pk").last()
    desk.goto(f"/staff/customers/{holdout.customer_id}/")
    desk.get_by_role("button", name="Mail the guide now").dblclick()
    desk.get_by_text("on its way", exact=False).first.wait_for()
    assert Mailing.objects.filter(kind="guide").count() == 1
    assert Notice.objects.filter(mailing__kind="guide", holdout=holdout).count() == 1


def test_the_mail_is_switched_on_and_off_by_the_keyboard_alone_and_without_script(browser, client, world, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    speak(page, live_server, "en")
    page.goto("/staff/benefit/mail/")
    page.get_by_role("button", name="Switch it off").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You get no more mail with the numbers.").wait_for()
    assert not DigestWish.objects.exists()
    page.get_by_label("Language of the mail").select_option("ja")
    page.get_by_role("button", name="Switch it on").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You get the numbers by mail, each Monday.").wait_for()
    assert DigestWish.objects.get().language == "ja"
    context.close()
