"""The evidence in a real browser, with lines as long and as hostile as logs have them."""

from datetime import UTC, datetime

import pytest
from builders import make_campaign, make_holdout, make_user
from loglines import login, message, minutes
from playwright.sync_api import expect
from sight import become, look, speak, unfit

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
def test_the_evidence_is_reached_from_the_customer_and_fit_for_everybody(page, customer, width, language):
    become(page, make_user("suzuki", "campaign.view_customer"))
    speak(page, language)
    look(page, width, height=740)
    assert page.goto(f"/staff/customers/{customer.pk}/").ok
    page.locator("a[href$='/proof/2026-05-04/']").first.click()
    page.wait_for_url("**/proof/2026-05-04/")
    expect(page.locator(".proof")).to_have_count(2)
    assert unfit(page) == []
    assert page.locator("b").count() == 0
