from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout
from desk import make_mailing, make_notice

from campaign.customers import counts
from campaign.dashboard import finding
from campaign.dashboard.customers import rows
from campaign.dashboard.finding import Filters, find
from campaign.models import Holdout

pytestmark = pytest.mark.django_db


def found(campaign, **filters) -> list[str]:
    chosen = Filters(campaign.name, **filters)
    listed = find(campaign, chosen, today=TODAY)
    shown = [row.login for row in rows(campaign, chosen, listed, slice(0, 50), today=TODAY)]
    assert listed.total == len(shown)
    return shown


def holdout(campaign, login: str, ago: int = 0, *, program: str = "", **given) -> Holdout:
    customer = make_customer(f"{login}@isp.example", client_program=program)
    return make_holdout(campaign, customer, last_legacy_on=TODAY - timedelta(days=ago), **given)


def test_who_sent_the_old_way_last_comes_first():
    campaign = make_campaign()
    for login, ago in [("b", 2), ("c", 3), ("a", 1)]:
        holdout(campaign, login, ago)
    make_customer("outside@isp.example")
    assert found(campaign) == ["a@isp.example", "b@isp.example", "c@isp.example"]


def test_filters_narrow_together():
    campaign = make_campaign()
    holdout(campaign, "a", program="outlook", reason="never_tried")
    holdout(campaign, "b", program="outlook", reason="auth_failed", standing="mixed")
    holdout(campaign, "c", standing="migrated")
    assert found(campaign, standing="left") == ["a@isp.example", "b@isp.example"]
    assert found(campaign, standing="moved") == found(campaign, program="unknown") == ["c@isp.example"]
    assert found(campaign, standing="mixed") == found(campaign, reason="auth_failed") == ["b@isp.example"]
    assert found(campaign, program="outlook", reason="never_tried") == ["a@isp.example"]
    assert found(campaign, reason="unknown") == ["c@isp.example"]
    assert found(campaign, standing="silent") == []


def test_a_search_keeps_the_order_and_finds_customers_outside_the_campaign_last():
    campaign = make_campaign()
    make_customer("han@isp.example")
    for login, ago in [("hana", 2), ("hanako", 1), ("taro", 0)]:
        holdout(campaign, login, ago)
    holdout(make_campaign(name="local_port25"), "hanae")
    assert found(campaign, q="han") == [
        "hanako@isp.example",
        "hana@isp.example",
        "han@isp.example",
        "hanae@isp.example",
    ]
    assert found(campaign, q="han", standing="left") == ["hanako@isp.example", "hana@isp.example"]
    assert found(campaign, q="han", program="outlook") == []


def test_a_search_that_finds_too_many_says_so(monkeypatch, staff):
    monkeypatch.setattr(finding, "SEARCHED", 2)
    campaign = make_campaign()
    for number in range(3):
        holdout(campaign, f"hana{number}")
    listed = find(campaign, Filters(campaign.name, q="hana"), today=TODAY)
    assert (listed.total, listed.capped) == (2, True)
    assert "More than 2 customers match" in staff.get("/staff/customers/?q=hana").content.decode()


def test_a_long_list_is_counted_up_to_a_limit_and_paged(monkeypatch, staff):
    monkeypatch.setattr(finding, "COUNTED", 60)
    campaign = make_campaign()
    for number in range(70):
        holdout(campaign, f"person{number:02d}", number)
    first = staff.get("/staff/customers/?standing=left").content.decode()
    assert "More than 60 customers" in first and "Page 1 of 2" in first
    assert "?standing=left&amp;page=2" in first
    second = staff.get("/staff/customers/?standing=left&page=2").content.decode()
    assert "person50" in second and "person59" in second
    assert "person49" not in second and "person60" not in second


def test_a_row_says_what_an_agent_wants_to_know():
    campaign = make_campaign()
    held = holdout(campaign, "hanako", program="becky", standing="mixed", reason="second_device", relapsed=True)
    make_notice(make_mailing(campaign), held)
    make_notice(make_mailing(campaign, period="2026-12"), held, state="withdrawn")
    listed = find(campaign, Filters(campaign.name), today=TODAY)
    (row,) = rows(campaign, Filters(campaign.name), listed, slice(0, 50), today=TODAY)
    assert (row.standing_title, row.reason) == ("One device is left", "One device moved, another did not")
    assert (row.program, row.notices, row.relapsed) == ("Becky!", 1, True)


def test_the_number_of_queries_does_not_grow_with_the_rows(staff, django_assert_max_num_queries):
    campaign = make_campaign()
    for number in range(40):
        holdout(campaign, f"person{number}")
    for address in (
        "/staff/customers/",
        "/staff/customers/?q=person",
        "/staff/customers/?standing=left&program=outlook",
    ):
        with django_assert_max_num_queries(19):
            staff.get(address)


@pytest.mark.parametrize(
    "query", ["standing=nonsense", "reason=%00", "program=%00x", "q=%00", "q=%FF", "q=" + "a" * 3000, "campaign=x"]
)
def test_an_address_that_nobody_offered_does_no_harm(world, staff, query):
    assert staff.get(f"/staff/customers/?{query}").status_code == 200


def test_what_strangers_wrote_is_shown_as_text(staff):
    campaign = make_campaign()
    nasty = "<script>alert(1)</script>"
    customer = make_customer("hanako@isp.example", name=nasty, contract=nasty, client_program=nasty)
    make_holdout(campaign, customer)
    for query in ("", f"?q={nasty}", f"?program={nasty}"):
        text = staff.get(f"/staff/customers/{query}").content.decode()
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


def test_a_list_without_anybody_says_why(staff):
    make_campaign()
    assert "Nobody has been found yet" in staff.get("/staff/customers/").content.decode()
    assert "Nobody matches" in staff.get("/staff/customers/?q=x").content.decode()


def test_each_filter_can_be_taken_off_alone(world, staff):
    text = staff.get("/staff/customers/?standing=left&program=thunderbird&q=person").content.decode()
    assert "?campaign=pop_before_smtp&amp;program=thunderbird&amp;q=person" in text
    assert "?campaign=pop_before_smtp&amp;standing=left&amp;q=person" in text
    assert "?campaign=pop_before_smtp&amp;standing=left&amp;program=thunderbird" in text


@pytest.mark.parametrize(("kept", "counted_anew"), [(5, False), (4, True)])
def test_what_the_kept_cells_tell_to_be_too_many_is_not_counted_anew(monkeypatch, kept, counted_anew):
    monkeypatch.setattr(finding, "COUNTED", 2)
    campaign = make_campaign()
    for number in range(kept):
        holdout(campaign, f"person{number}", reason="never_tried")
    counts.count(campaign, today=TODAY)
    Holdout.objects.first().delete()
    Holdout.objects.first().delete()
    Holdout.objects.first().delete()
    listed = find(campaign, Filters(campaign.name, reason="never_tried"), today=TODAY)
    assert (listed.total, listed.capped) == ((1, False) if counted_anew else (2, True))
    assert not find(campaign, Filters(campaign.name, reason="never_tried", tag="none"), today=TODAY).total
