"""A page that has nothing to show says what to do about it, and never that all is well."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_user, noon
from desk import count_day, cover

from campaign import roles
from campaign.models import AttributedDay, LogFile
from campaign.roles import Role

pytestmark = pytest.mark.django_db
OPEN_ONE = "manage.py campaigns open"
READ_THEM = "manage.py ingest"
WITHOUT_CAMPAIGN = ["", "customers/", "delays/", "unreachable/", "mailings/", "texts/", "plan/", "benefit/", "waves/"]
WITHOUT_LOGS = ["", "cutoff/", "relays/", "sources/", "programs/unknown/"]


@pytest.fixture
def administrator(client):
    user = make_user("suzuki")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize("page", WITHOUT_CAMPAIGN)
def test_without_a_campaign_a_page_says_how_to_open_one(administrator, page):
    assert OPEN_ONE in administrator.get(f"/staff/{page}").content.decode()


@pytest.mark.parametrize("page", WITHOUT_LOGS)
def test_without_logs_a_page_says_how_to_read_some(administrator, page):
    make_campaign()
    text = administrator.get(f"/staff/{page}").content.decode()
    assert READ_THEM in text
    assert "Every line was understood" not in text and "Nothing in the last" not in text


def test_without_a_mailing_the_list_leads_to_the_plan(administrator):
    make_campaign()
    assert '<a class="button" href="/staff/plan/">' in administrator.get("/staff/mailings/").content.decode()


def test_an_audit_without_entries_does_not_blame_the_filters(administrator):
    assert "Nothing has been noted yet" in administrator.get("/staff/audit/").content.decode()
    assert "No entry matches" in administrator.get("/staff/audit/?by=nobody").content.decode()


def test_while_the_sample_is_made_the_first_page_says_so_and_how_far_it_is(administrator, settings):
    settings.SAMPLE = True
    make_customer("hanako@isp.example")
    shown = administrator.get("/staff/").content.decode()
    assert "The sample provider is being made" in shown and "Customers known: 1." in shown
    assert OPEN_ONE not in shown and "live.js" in shown and 'data-live="beginning"' in shown
    LogFile.objects.create(digest="d", digest_length=1, name="mail.log", lines=1234, read_at=noon(TODAY))
    cover(TODAY)
    AttributedDay.objects.create(day=TODAY, stale=True)
    shown = administrator.get("/staff/").content.decode()
    assert "Lines of logs read so far: 1,234, up to Nov. 24, 2026" in shown
    assert "0 of 1 days are done" in shown and "Customers known" not in shown
    assert "See how far it is" in administrator.get("/staff/benefit/").content.decode()
    make_campaign()
    assert "is being made" not in administrator.get("/staff/").content.decode()


def test_without_a_campaign_a_page_says_what_was_read_beside_how_to_open_one(administrator):
    LogFile.objects.create(digest="d", digest_length=1, name="mail.log", lines=1234, read_at=noon(TODAY))
    shown = administrator.get("/staff/").content.decode()
    assert "Lines of logs read so far: 1,234." in shown and OPEN_ONE in shown


def test_while_the_sample_has_not_come_to_today_its_logs_are_not_called_late(administrator, settings):
    count_day(make_campaign(), TODAY - timedelta(days=9), holdout=3)
    cover(TODAY - timedelta(days=9))
    assert "logs are late: find out why." in administrator.get("/staff/").content.decode()
    settings.SAMPLE = True
    shown = administrator.get("/staff/").content.decode()
    assert "its logs have come to Nov. 15, 2026" in shown
    assert "prove nothing, so nobody counts" not in shown and "late: find out why." not in shown
    cover(TODAY)
    assert "its logs have come to" not in administrator.get("/staff/").content.decode()
