"""The evidence in a real browser, with lines as long and as hostile as logs have them."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from builders import make_campaign, make_holdout, make_user
from django.conf import settings
from loglines import login, message, minutes

from campaign.models import Customer
from campaign.submissions import intake

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
HANAKO, HOME, LONG = "hanako@isp.example", "198.51.100.7", "2001:db8:1234:5678:9abc:def0:1234:5678"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def customer(settings, tmp_path) -> Customer:
    settings.DATA, settings.SEGMENTS = tmp_path / "data", tmp_path / "segments"
    nasty = "<b>Mailer</b>" + "x" * 200
    (tmp_path / "maillog").write_text(
        login(HANAKO, HOME)
        + login("taro@isp.example", HOME)
        + message(HOME, HANAKO, "friend@elsewhere.example", at=minutes(5), program=nasty)
        + message(LONG, HANAKO, "friend@elsewhere.example", at=minutes(6), sasl=HANAKO)
    )
    report = intake.read([tmp_path / "maillog"], now=NOW)
    intake.attribute(report.days, now=NOW)
    found = Customer.objects.get(login=HANAKO)
    make_holdout(make_campaign(), found)
    return found


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_evidence_is_reached_from_the_customer_and_fit_for_everybody(
    page, client, live_server, customer, width, language
):
    client.force_login(make_user("suzuki", "campaign.view_customer"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    chosen = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()])
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"/staff/customers/{customer.pk}/")
    page.locator("a[href$='/proof/2026-05-04/']").first.click()
    page.wait_for_url("**/proof/2026-05-04/")
    assert page.locator("h1").count() == 1 and page.locator(".proof").count() == 2
    assert page.locator("b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
