"""The customer's page mails the guide by one press, says why not where it must not, and shows what became of it."""

import re
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_suppression
from rounds import take

from campaign.models import AuditEntry, Customer
from notices.models import Mailing, Mute, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def holdout():
    customer = make_customer("hanako@isp.example", name="佐藤 花子", language="en", client_program="thunderbird")
    return make_holdout(make_campaign(), customer)


@pytest.fixture
def desk(client):
    client.force_login(make_user("suzuki", "campaign.view_customer", "notices.send_guide"))
    client.cookies["django_language"] = "en"
    return client


def page(client, holdout) -> str:
    return " ".join(client.get(f"/staff/customers/{holdout.customer_id}/").content.decode().split())


def press(client, holdout, **given):
    values = {"in": "pop_before_smtp", "program": "thunderbird"} | given
    return client.post(f"/staff/customers/{holdout.customer_id}/guide/", values, follow=True).content.decode()


def test_one_press_mails_it_and_the_timeline_has_it_with_who_did_it(desk, holdout):
    assert "Mail the guide now" in page(desk, holdout)
    told = press(desk, holdout)
    assert re.search("The guide for .*Thunderbird.* goes to hanako@isp.example within seconds", told)
    notice = Notice.objects.get()
    shown = page(desk, holdout)
    assert "The guide, as asked for, Nov. 24, 2026: waits to be sent" in shown
    assert re.search(r"Thunderbird[^·]* · suzuki", shown)
    assert "A guide for this customer is on its way: being sent." in shown and "Mail the guide now" not in shown
    take(notice, now=noon(TODAY))
    notice.accept("250 2.0.0 Ok", now=noon(TODAY))
    assert "The guide, as asked for, Nov. 24, 2026: sent" in page(desk, holdout)


def test_the_program_that_the_customer_tells_is_the_one_of_all_buttons(desk, holdout):
    make_use(holdout.customer, "pop_before_smtp", TODAY - timedelta(days=2), client_program="thunderbird")
    assert "Open the guide: Thunderbird" in page(desk, holdout)
    press(desk, holdout, program="becky")
    Notice.objects.update(state="accepted", accepted_at=noon(TODAY) - timedelta(hours=1))
    Mailing.objects.update(state="finished", planned_at=noon(TODAY) - timedelta(hours=1))
    shown = page(desk, holdout)
    assert re.search("Open the guide: Becky", shown) and "program=becky" in shown
    assert '<option value="becky" selected>' in shown and '<option value="thunderbird" selected>' not in shown
    Customer.objects.update(client_told_on=None, client_program="thunderbird")  # the logs of a later day
    assert "Open the guide: Thunderbird" in page(desk, holdout)


def test_a_double_click_makes_one_and_says_so(desk, holdout):
    press(desk, holdout)
    assert "A guide for this customer is on its way" in press(desk, holdout)
    assert Mailing.objects.count() == Notice.objects.count() == 1
    assert AuditEntry.objects.filter(kind="guide").count() == 1


def test_the_audit_has_who_mailed_which_guide_to_whom(desk, holdout):
    press(desk, holdout, program="iphone")
    entry = AuditEntry.objects.get(kind="guide")
    assert (entry.act, entry.by_name, entry.customer_id) == ("sent", "suzuki", holdout.customer_id)
    assert entry.after == {"in": "pop_before_smtp", "program": "iphone"}


def test_another_guide_makes_its_program_the_customers(desk, holdout):
    press(desk, holdout, program="iphone")
    assert "as the customer said on Nov. 24, 2026" in page(desk, holdout)
    assert Notice.objects.get().client_program == "iphone"


def test_the_page_says_why_it_cannot_be_mailed_and_a_press_all_the_same_is_refused(desk, holdout):
    make_suppression(holdout.customer)
    shown = page(desk, holdout)
    assert "no mail reaches this customer" in shown and "Mail the guide now" not in shown
    assert "no mail reaches this customer" in press(desk, holdout)
    assert not Notice.objects.exists()


def test_the_page_offers_the_guide_to_who_wants_no_more_reminders(desk, holdout):
    Mute.objects.create(holdout=holdout, by="page", at=noon(TODAY))
    assert "Mail the guide now" in page(desk, holdout)
    press(desk, holdout)
    assert Notice.objects.get().state == "waiting"


def test_who_may_not_is_offered_nothing_and_gets_403(staff, holdout):
    assert "Mail the guide now" not in page(staff, holdout)
    assert staff.post(f"/staff/customers/{holdout.customer_id}/guide/", {"in": "pop_before_smtp"}).status_code == 403


def test_what_one_asked_for_is_not_in_the_list_of_mailings(desk, holdout):
    press(desk, holdout)
    assert "The guide, as asked for" not in desk.get("/staff/mailings/").content.decode()
    found = desk.get(f"/staff/mailings/{Mailing.objects.get().pk}/").content.decode()
    assert "The guide, as asked for" in found
