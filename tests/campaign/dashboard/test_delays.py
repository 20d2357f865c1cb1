"""Who has asked for more time, and how staff end it."""

from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from django.contrib.auth.models import Permission

from campaign.dashboard import delays
from campaign.models import AuditEntry, Exemption

PAGE = "/staff/delays/"
LAST = date(2027, 4, 29)


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def make_delay(campaign):
    def make(name: str, **given) -> Exemption:
        holdout = make_holdout(campaign, make_customer(f"{name}@isp.example", name=name))
        values = {"from_day": date(2027, 3, 10), "until": LAST, "asked_at": noon(TODAY), "asked_why": "device"}
        return Exemption.objects.create(campaign=campaign, customer=holdout.customer, **values | given)

    return make


def permit(client) -> None:
    user = client.get("/staff/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="add_exemption"))


def test_each_is_listed_with_the_reason_and_the_day(staff, make_delay):
    make_delay("hanako")
    make_delay("taro", until=date(2027, 4, 6), asked_why="help")
    make_delay("bystaff", asked_at=None, asked_why="", reason="a lift")
    text = staff.get(PAGE).content.decode()
    assert text.index("hanako@isp.example") < text.index("taro@isp.example") and "bystaff" not in text
    assert "I must get a new device or program first" in text and "April 29, 2027" in text
    assert "2 customers have more time, the last until April 29, 2027" in text
    assert "/end/" not in text


def test_who_may_ends_one_and_the_audit_tells_it(staff, make_delay):
    delay = make_delay("hanako")
    path = f"{PAGE}{delay.pk}/end/"
    assert staff.post(path).status_code == 403
    permit(staff)
    assert path in staff.get(PAGE).content.decode()
    assert staff.get(path).status_code == 405
    text = staff.post(path, follow=True).content.decode()
    assert "for hanako@isp.example the old way ends on March 31, 2027, as for all." in text
    assert "ended by suzuki" in text and "0 customers have more time" in text
    delay.refresh_from_db()
    assert (delay.until, delay.ended_by.get_username()) == (TODAY - timedelta(days=1), "suzuki")
    entry = AuditEntry.objects.get(act="removed")
    assert (entry.kind, entry.customer_id, entry.before) == ("exemption", delay.customer_id, {"until": "2027-04-29"})
    assert "This exemption is over already." in staff.post(path, follow=True).content.decode()


def test_from_the_customers_page_it_leads_back_there(staff, make_delay):
    permit(staff)
    delay = make_delay("hanako")
    answer = staff.post(f"{PAGE}{delay.pk}/end/", {"from": "customer"})
    assert answer["Location"] == f"/staff/customers/{delay.customer_id}/"


def test_the_customers_page_shows_who_asked_and_offers_the_end(staff, make_delay):
    delay = make_delay("hanako")
    path = f"/staff/customers/{delay.customer_id}/"
    text = staff.get(path).content.decode()
    assert "I must get a new device or program first" in text and "asked for by the customer on Nov. 24, 2026" in text
    assert "/end/" not in text
    permit(staff)
    assert f"{PAGE}{delay.pk}/end/" in staff.get(path).content.decode()
    staff.post(f"{PAGE}{delay.pk}/end/")
    text = staff.get(path).content.decode()
    assert "ended on Nov. 24, 2026" in text and "/end/" not in text


def test_of_two_exemptions_the_one_that_is_left_is_told(staff, make_delay):
    delay = make_delay("hanako")
    values = {"campaign": delay.campaign, "customer": delay.customer, "reason": "a lift", "from_day": TODAY}
    decided = Exemption.objects.create(**values, until=date(2026, 12, 31))
    assert staff.post(f"{PAGE}{decided.pk}/end/").status_code == 403
    permit(staff)
    text = staff.post(f"{PAGE}{decided.pk}/end/", follow=True).content.decode()
    assert "Another exemption is left: for hanako@isp.example the old way ends on April 30, 2027." in text
    assert "1 customer has more time" in text


def test_they_are_counted(campaign, make_delay):
    make_delay("hanako")
    make_delay("over", from_day=TODAY - timedelta(days=9), until=TODAY - timedelta(days=1))
    make_delay("ended", until=TODAY - timedelta(days=1), ended_at=noon(TODAY))
    assert delays.count(campaign, today=TODAY) == delays.Count(open=1, asked=3, last=LAST)
    assert delays.count(campaign, today=LAST) == delays.Count(open=1, asked=3, last=LAST)
    assert delays.count(campaign, today=LAST + timedelta(days=1)) == delays.Count(open=0, asked=3, last=None)


def test_a_provider_who_grants_none_reads_so(staff, campaign, settings):
    settings.DELAYS_MOST = 0
    text = staff.get(PAGE).content.decode()
    assert "Customers are not offered more time" in text and "Nobody has asked for more time." in text


def test_without_a_campaign_the_page_says_so(staff):
    assert "There is no campaign yet" in staff.get(PAGE).content.decode()
