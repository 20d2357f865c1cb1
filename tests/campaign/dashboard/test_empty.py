"""A page that has nothing to show says what to do about it, and never that all is well."""

import pytest
from builders import make_campaign, make_user

from campaign import roles
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
