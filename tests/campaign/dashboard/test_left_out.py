"""A filter that cannot be understood is said on the page, and never widens what is done to many."""

import pytest
from builders import make_campaign, make_customer, make_holdout, make_user
from desk import make_forecast
from django.http import QueryDict

from campaign.dashboard import bulk_offer, left_out
from campaign.dashboard.finding import filters_in
from campaign.models import BulkChange, Customer, Tagging

pytestmark = pytest.mark.django_db
MAY = ("campaign.view_customer", "campaign.export_customer", bulk_offer.MAY, *bulk_offer.ALSO.values())
SAID = "The filter %s is not known and was left out."


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def operator(client):
    client.force_login(make_user("suzuki", *MAY))
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize(
    "asked", ["standing=foo", "wave=abc", "reason=x", "brand=zz", "range=abc", "undelivered=1", "campaign=nope"]
)
def test_the_list_says_it_and_offers_no_change_to_all(world, operator, asked):
    shown = text(operator.get(f"/staff/customers/?{asked}"))
    assert SAID % asked in shown
    assert 'name="whom" value="chosen"' in shown
    assert 'name="whom" value="page"' not in shown and 'name="whom" value="all"' not in shown
    assert "Only those ticked can be changed, since a filter was left out" in shown


def test_what_is_understood_is_not_said_to_be_left_out(world, operator):
    shown = text(operator.get("/staff/customers/?campaign=pop_before_smtp&standing=left&wave=&page=x&program=outlook"))
    assert "was left out" not in shown
    assert 'name="whom" value="all"' in text(operator.get("/staff/customers/"))


def test_a_campaign_that_is_not_there_is_said_on_each_page_that_is_of_one(world, operator):
    make_forecast(world)
    for page in ("", "forecast/", "benefit/", "waves/", "customers/"):
        assert SAID % "campaign=nope" in text(operator.get(f"/staff/{page}?campaign=nope"))
        assert "was left out" not in text(operator.get(f"/staff/{page}?campaign=pop_before_smtp"))
    assert SAID % "campaign=local_port25" in text(operator.get("/staff/customers/?campaign=local_port25"))


def test_it_is_shown_as_text_and_no_longer_than_a_line():
    campaign = make_campaign()
    asked = QueryDict("standing=" + "x" * 100 + "&reason=%00%0A&wave=<b>&q=%20")
    expected = ["standing=" + "x" * left_out.LONGEST + "…", "reason=\N{REPLACEMENT CHARACTER}", "wave=<b>"]
    assert left_out.left_out(asked, filters_in(asked, campaign)) == expected


def test_strangers_write_no_markup_into_it(world, operator):
    shown = text(operator.get("/staff/customers/?standing=<script>alert(1)</script>"))
    assert "<script>alert" not in shown and "standing=&lt;script&gt;alert(1)" in shown


def test_no_file_has_everybody_for_it(world, operator):
    response = operator.get("/staff/customers/file/?standing=foo")
    assert response.status_code == 302 and response["Location"] == "/staff/customers/?standing=foo"


def test_a_change_to_all_by_a_filter_that_is_not_known_changes_nobody(operator):
    make_holdout(make_campaign(), make_customer())
    given = {"kind": "tag", "tag": "shop", "whom": "all", "typed": "1"}
    query = "campaign=pop_before_smtp&standing=foo"
    for whom in ("all", "page"):
        sent = given | {"query": query, "whom": whom, "shown": Customer.objects.get().pk}
        shown = text(operator.post("/staff/customers/bulk/", sent, follow=True))
        assert "Nothing was changed: the filter standing=foo is not known." in shown
    assert not BulkChange.objects.exists() and not Tagging.objects.exists()
    operator.post("/staff/customers/bulk/", given | {"query": "campaign=pop_before_smtp&standing=left"})
    assert Tagging.objects.count() == 1
