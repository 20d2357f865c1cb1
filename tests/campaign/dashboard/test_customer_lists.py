"""What staff do with the list: filters, views that are kept, changes to many, and the file."""

import csv
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from brands import two_brands
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user, noon
from desk import make_mailing, make_notice, make_suppression
from django.db import connection

from campaign import roles
from campaign.dashboard import bulk_offer, finding
from campaign.dashboard.finding import Filters, find, keys
from campaign.models import AuditEntry, BulkChange, Customer, DailyUse, Exemption, Holdout, SavedView, Tagging, WavePlan
from campaign.plan import bulk, records
from campaign.roles import Role

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
LOOK = ("campaign.view_campaign", "campaign.view_customer")
ALL = (*LOOK, bulk_offer.MAY, *bulk_offer.ALSO.values(), "campaign.export_customer")
PAGE = "/staff/customers/"


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def operator(client):
    client.user = make_user("suzuki", *ALL)
    client.force_login(client.user)
    client.cookies["django_language"] = "en"
    return client


def held(campaign, login: str, ago: int = 0, **given) -> Holdout:
    customer = make_customer(f"{login}@isp.example" if "@" not in login else login)
    return make_holdout(campaign, customer, last_legacy_on=TODAY - timedelta(days=ago), **given)


def plan_waves(campaign, waves: int = 3) -> None:
    values = {"waves": waves, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": NOW, "drawn": True}
    WavePlan.objects.create(campaign=campaign, **values)


def logins(campaign, **filters) -> list[str]:
    chosen = Filters(campaign.name, **filters)
    found = find(campaign, chosen, today=TODAY)
    listed = keys(campaign, chosen, found, slice(None), today=TODAY)
    people = Customer.objects.in_bulk(listed)
    return [people[key].login.partition("@")[0] for key in listed]


def test_the_list_is_narrowed_by_wave_tag_delay_and_what_does_not_arrive(campaign):
    a, b, c = held(campaign, "a", 1, wave=1), held(campaign, "b", 2, wave=2), held(campaign, "c", 3)
    records.tag(customer_id=a.customer_id, name="shop", now=NOW, user_id=None)
    Exemption.objects.create(
        campaign=campaign, customer=b.customer, reason="ill", from_day=TODAY, until=TODAY + timedelta(days=1)
    )
    Exemption.objects.create(
        campaign=campaign,
        customer=c.customer,
        reason="ill",
        from_day=TODAY - timedelta(days=9),
        until=TODAY - timedelta(days=1),
    )
    make_suppression(c.customer)
    assert logins(campaign, wave="2") == logins(campaign, delayed="yes") == ["b"]
    assert logins(campaign, wave="none") == logins(campaign, undelivered="yes") == ["c"]
    assert logins(campaign, tag="shop") == logins(campaign, tag="shop", wave="1") == ["a"]
    assert logins(campaign, tag="shop", wave="2") == logins(campaign, tag="nothing") == []


def test_a_search_goes_together_with_every_filter(campaign):
    a, b = held(campaign, "hana1", wave=1), held(campaign, "hana2", wave=2)
    outside = make_customer("hana3@isp.example")
    for each in (b.customer, outside):
        records.tag(customer_id=each.pk, name="shop", now=NOW, user_id=None)
    assert logins(campaign, q="hana", wave="1") == ["hana1"]
    assert logins(campaign, q="hana", tag="shop") == ["hana2", "hana3"]
    assert logins(campaign, q="hana", tag="shop", delayed="yes") == [] and a.wave == 1


def test_brands_are_told_apart_by_domain_and_the_main_one_has_the_rest(campaign, settings, tmp_path):
    two_brands(settings, tmp_path)
    for number, login in enumerate(["a", "b@aozora.example", "c@aozora.example", "d@stranger.example"]):
        held(campaign, login, number)
    assert logins(campaign, brand="mihon") == ["a", "d"]
    assert logins(campaign, brand="aozora") == ["b", "c"]
    assert logins(campaign, brand="aozora", q="c") == ["c"]


def test_an_address_of_the_logs_finds_who_sent_from_it_while_the_logs_are_kept(campaign, settings):
    settings.RETENTION_DAYS = 30
    for login, ago, addresses in [
        ("a", 1, ["198.51.100.7"]),
        ("b", 30, ["203.0.113.9", "198.51.100.7"]),
        ("c", 31, ["198.51.100.7"]),
        ("d", 1, ["198.51.100.77"]),
        ("e", 1, ["2001:db8::7"]),
    ]:
        make_use(
            held(campaign, login, ago).customer, "pop_before_smtp", TODAY - timedelta(days=ago), addresses=addresses
        )
    outside = make_customer("f@isp.example")
    make_use(outside, "smtp_auth", TODAY, addresses=["198.51.100.7"])
    assert logins(campaign, q="198.51.100.7") == ["a", "b", "f"]
    assert logins(campaign, q="2001:DB8:0::7") == ["e"]
    assert logins(campaign, q="198.51.100") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [("10.1.0.0/16", True), ("2001:db8::/64", True), ("10.1.0.0/22", False), ("10.1.0.7", False), ("a/b", False)],
)
def test_a_search_for_a_wide_range_says_that_the_last_mail_alone_is_looked_at(operator, campaign, typed, said):
    held(campaign, "a", last_range="10.1.0.0/24")
    sentence = "this search finds those whose last mail sent the old way came from it. Who sent from it earlier, or"
    page = " ".join(operator.get("/staff/customers/", {"campaign": campaign.name, "q": typed}).content.decode().split())
    assert (sentence in page) is said


@pytest.mark.parametrize(("typed", "said"), [("198.18.1.999", True), ("198.18.1.0/99", True), ("198.18.1.9", False)])
def test_what_is_no_address_is_said_to_be_searched_as_a_word(operator, campaign, typed, said):
    page = operator.get("/staff/customers/", {"campaign": campaign.name, "q": typed}).content.decode()
    assert (f"“{typed}” is neither an IP address nor a range" in page) is said


@pytest.mark.parametrize(("typed", "chip"), [("子", "begins with “子”"), ("子子", "found by “子子”")])
def test_a_chip_says_that_a_single_character_begins_what_is_found(operator, campaign, typed, chip):
    assert chip in operator.get("/staff/customers/", {"campaign": campaign.name, "q": typed}).content.decode()


def test_a_search_for_a_range_says_how_many_there_are(operator, campaign, monkeypatch):
    monkeypatch.setattr(finding, "SEARCHED", 2)
    for number in range(5):
        standing = "holdout" if number else "mixed"
        held(campaign, f"r{number}", last_range=f"10.1.{number}.0/24", standing=standing)
    text = operator.get(f"{PAGE}?campaign={campaign.name}&q=10.1.0.0/16").content.decode()
    assert "At least 5 customers of this range; these are 2 of them." in text
    text = operator.get(f"{PAGE}?campaign={campaign.name}&q=10.1.0.0/16&standing=holdout").content.decode()
    assert "At least 4 customers of this range" in text
    monkeypatch.setattr(finding, "COUNTED", 3)
    text = operator.get(f"{PAGE}?campaign={campaign.name}&q=10.1.0.0/16").content.decode()
    assert "More than 3 customers of this range; these are 2 of them." in text


def test_an_address_is_found_by_an_index(campaign):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads the lists of daily use; it is for small providers")
    one = make_customer("a@isp.example")
    make_use(one, "smtp_auth", TODAY, addresses=["198.51.100.7"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = DailyUse.objects.filter(addresses__lists="198.51.100.7").explain()
    assert "daily_use_by_address" in plan


def test_every_chip_takes_its_filter_away(operator, campaign):
    plan_waves(campaign)
    held(campaign, "a", wave=2)
    query = "?campaign=pop_before_smtp&standing=left&wave=2&tag=shop&undelivered=yes&delayed=yes&q=198.51.100.7"
    text = operator.get(PAGE + query).content.decode()
    for words in (
        "Wave 2",
        "Tag: shop",
        "Only those whom no mail reaches",
        "Only those with more time",
        "sent from 198.51.100.7",
    ):
        assert words in text
    assert text.partition('class="chips"')[2].partition("</ul>")[0].count("Remove the filter") == 6


def test_a_view_is_kept_shared_and_deleted_by_its_owner(operator, campaign, client):
    query = "campaign=pop_before_smtp&standing=left&delayed=yes"
    given = {"name": " More  time ", "query": query + "&page=3&nonsense=1", "shared": "yes"}
    response = operator.post(f"{PAGE}views/", given)
    assert (response.status_code, response["Location"]) == (303, f"{PAGE}?{query}")
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("More time", query, True)
    operator.post(f"{PAGE}views/", given | {"query": "campaign=pop_before_smtp&wave=1"})
    view = SavedView.objects.get()
    assert view.query == "campaign=pop_before_smtp&wave=1" and view.shared
    assert "Delete this view" in operator.get(f"{PAGE}?{view.query}").content.decode()
    client.force_login(make_user("tanaka", *LOOK))
    theirs = client.get(f"{PAGE}?{view.query}").content.decode()
    assert "More time" in theirs and "suzuki" in theirs and "Delete this view" not in theirs
    assert client.post(f"{PAGE}views/{view.pk}/delete/").status_code == 404
    client.force_login(operator.user)
    assert client.post(f"{PAGE}views/{view.pk}/delete/").status_code == 303
    assert not SavedView.objects.exists()


def test_a_view_that_is_not_shared_is_nobody_elses(operator, campaign):
    other = make_user("tanaka")
    SavedView.objects.create(owner=other, name="theirs only", query="campaign=pop_before_smtp&wave=1", at=NOW)
    assert "theirs only" not in operator.get(PAGE).content.decode()


def test_a_view_needs_a_name_and_there_are_not_endlessly_many(operator, campaign, monkeypatch):
    monkeypatch.setattr("campaign.dashboard.saved_views.MOST", 1)
    given = {"query": "campaign=pop_before_smtp&wave=1"}
    for name in ("", "x" * 61, "one", "two", "one"):
        operator.post(f"{PAGE}views/", given | {"name": name})
    assert [view.name for view in SavedView.objects.all()] == ["one"]


def change(operator, campaign, kind: str, **given):
    return operator.post(f"{PAGE}bulk/", {"kind": kind, "query": f"campaign={campaign.name}", **given})


def test_the_ticked_ones_are_moved_and_moved_back(operator, campaign):
    plan_waves(campaign)
    a, b = held(campaign, "a", wave=1), held(campaign, "b", wave=1)
    response = change(operator, campaign, "wave", customer=[str(a.customer_id)], wave="3")
    assert response.status_code == 303
    assert list(Holdout.objects.order_by("pk").values_list("wave", "wave_pinned")) == [(3, True), (1, False)]
    text = operator.get(response["Location"]).content.decode()
    assert "1 customer is changed" in text and "Moved to wave 3" in text
    made = BulkChange.objects.get()
    response = operator.post(f"{PAGE}bulk/{made.pk}/undo/", {"query": "campaign=pop_before_smtp&wave=3"})
    assert (response.status_code, response["Location"]) == (303, f"{PAGE}?campaign=pop_before_smtp&wave=3")
    assert list(Holdout.objects.order_by("pk").values_list("wave", "wave_pinned")) == [(1, False), (1, False)]
    text = operator.get(response["Location"]).content.decode()
    assert "It is undone" in text and "undone for 1 customer" in text
    assert [each.act for each in AuditEntry.objects.filter(kind="bulkchange", customer=None).order_by("pk")] == [
        "changed",
        "removed",
    ]
    assert b.wave == 1


def test_the_audit_and_the_timeline_name_each_customer_of_a_change_and_of_its_undo(operator, campaign, client):
    plan_waves(campaign)
    a, b, c = (held(campaign, login, wave=1) for login in "abc")
    change(operator, campaign, "wave", customer=[str(a.customer_id), str(b.customer_id)], wave="3")
    made = BulkChange.objects.get()
    Holdout.objects.filter(pk=b.pk).update(wave=2)  # since then
    operator.post(f"{PAGE}bulk/{made.pk}/undo/", {"query": f"campaign={campaign.name}"})
    boss = make_user("sato")
    roles.assign(boss, Role.ADMINISTRATOR)
    client.force_login(boss)
    listed = client.get("/staff/audit/").content.decode()
    assert listed.count("customers ticked: 2") == 1 and "filter: campaign" not in listed
    assert listed.count("change of several customers") == 2
    told = {}
    for each in (a, b, c):
        login, page = each.customer.login, f"{PAGE}{each.customer_id}/"
        found = client.get(f"/staff/audit/?customer={login}").content.decode()
        text = client.get(page).content.decode()
        timeline = [text.count("Moved to wave 3"), text.count("The move to wave 3 was undone")]
        told[login] = (found.count("change of several customers"), text.count("change of several customers"), timeline)
    assert list(told.values()) == [(2, 2, [1, 1]), (1, 1, [1, 0]), (0, 0, [0, 0])]


def test_all_of_the_list_are_changed_only_after_their_number_is_typed(operator, campaign):
    people = [
        held(campaign, login, standing=standing)
        for login, standing in [("a", "mixed"), ("b", "mixed"), ("c", "holdout")]
    ]
    given = {"whom": "all", "tag": "shop", "query": "campaign=pop_before_smtp&standing=mixed"}
    asked = operator.post(f"{PAGE}bulk/", {"kind": "tag", **given})
    assert asked.status_code == 200 and "Change all 2 customers of the list?" in asked.content.decode()
    wrong = operator.post(f"{PAGE}bulk/", {"kind": "tag", "typed": "3", **given})
    assert wrong.status_code == 422 and not Tagging.objects.exists()
    assert operator.post(f"{PAGE}bulk/", {"kind": "tag", "typed": "２", **given}).status_code == 303
    assert set(Tagging.objects.values_list("customer", flat=True)) == {each.customer_id for each in people[:2]}


def test_a_search_that_finds_more_than_it_lists_is_not_changed_as_a_whole(operator, campaign, monkeypatch):
    monkeypatch.setattr(finding, "SEARCHED", 1)
    for login in ("hana1", "hana2"):
        held(campaign, login)
    given = {"kind": "tag", "tag": "shop", "whom": "all", "typed": "1", "query": "campaign=pop_before_smtp&q=hana"}
    response = operator.post(f"{PAGE}bulk/", given)
    assert "The search finds more than it lists" in operator.get(response["Location"]).content.decode()
    assert not Tagging.objects.exists() and not BulkChange.objects.exists()


@pytest.mark.parametrize(
    "given", [{}, {"customer": ["x", "9" * 12]}, {"customer": ["1"], "until": "soon", "reason": "ill"}]
)
def test_what_cannot_be_done_is_said(operator, campaign, given):
    held(campaign, "a")
    response = change(operator, campaign, "exempt", **given)
    assert response.status_code == 422 and 'class="message error wrongs"' in response.content.decode()
    assert not BulkChange.objects.exists()


def test_who_may_not_is_neither_offered_nor_let(client, campaign):
    plan_waves(campaign)
    one = held(campaign, "a")
    client.force_login(make_user("support", *LOOK, *bulk_offer.ALSO.values()))
    text = client.get(PAGE).content.decode()
    assert "/customers/bulk/" not in text and "/customers/file/" not in text and 'name="customer"' not in text
    assert change(client, campaign, "tag", customer=[str(one.customer_id)], tag="x").status_code == 403
    assert change(client, campaign, "nonsense", customer=[str(one.customer_id)]).status_code == 403
    assert client.get(f"{PAGE}file/").status_code == 403
    client.force_login(make_user("operator", *LOOK, bulk_offer.MAY, bulk_offer.ALSO["tag"]))
    assert change(client, campaign, "wave", customer=[str(one.customer_id)], wave="1").status_code == 403
    made = BulkChange.objects.create(
        campaign=campaign, kind="wave", values={"wave": 1}, customers=1, made_at=NOW, made_by=make_user("boss")
    )
    assert client.post(f"{PAGE}bulk/{made.pk}/undo/").status_code == 403


def test_the_list_says_how_sure_the_last_evidence_is_and_what_comes_next(operator, campaign):
    sure, likely = held(campaign, "a", 2), held(campaign, "b", 1, reason="auth_failed")
    make_use(sure.customer, "pop_before_smtp", TODAY - timedelta(days=2), confirmed=1)
    make_use(likely.customer, "pop_before_smtp", TODAY - timedelta(days=1), confirmed=0)
    make_use(likely.customer, "pop_before_smtp", TODAY - timedelta(days=5), confirmed=1)
    page = " ".join(operator.get(f"{PAGE}?campaign=pop_before_smtp").content.decode().split())
    assert 'Nov. 22, 2026<span class="soft under">certain</span>' in page
    assert 'Nov. 23, 2026<span class="soft under">probable</span>' in page
    assert ">Go through the guide</td>" in page and ">Enter the password again</td>" in page


def told(response) -> list[list[str]]:
    whole = b"".join(response.streaming_content)
    assert whole.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")))


def test_the_file_has_what_the_filters_find_and_no_formula(operator, campaign, monkeypatch):
    monkeypatch.setattr(finding, "CHUNK", 2)
    for number in range(5):
        held(campaign, f"a{number}", number, wave=2)
    last = held(campaign, "b", standing="migrated")
    Customer.objects.filter(login="a0@isp.example").update(name='=HYPERLINK("http://x")', contract="＋1")
    first = Customer.objects.get(login="a0@isp.example")
    records.tag(customer_id=first.pk, name="shop", now=NOW, user_id=None)
    make_notice(make_mailing(campaign), first.holdouts.get())
    response = operator.get(f"{PAGE}file/?campaign=pop_before_smtp&standing=left")
    assert response["Content-Disposition"] == 'attachment; filename="customers-pop_before_smtp-2026-11-24.csv"'
    head, *lines = told(response)
    assert [line[1] for line in lines] == [f"a{number}@isp.example" for number in range(5)]
    row = dict(zip(head, lines[0], strict=True))
    assert row["Name"] == '\'=HYPERLINK("http://x")' and row["Contract"] == "'＋1"
    assert (row["Wave"], row["Tags"], row["Notices"], row["Last the old way"]) == ("2", "shop", "1", "2026-11-24 12:00")
    assert (row["Certainty"], row["Next step"]) == ("probable", "Go through the guide")
    entry = AuditEntry.objects.get(act="exported")
    assert (entry.after["rows"], entry.after["filter"]["standing"]) == (5, "left")
    assert last.customer.login == told(operator.get(f"{PAGE}file/?q=b"))[1][1]


def test_the_number_of_queries_does_not_grow_with_the_list(operator, campaign, django_assert_max_num_queries):
    plan_waves(campaign)
    for number in range(30):
        one = held(campaign, f"a{number}", number)
        records.tag(customer_id=one.customer_id, name=f"tag {number % 3}", now=NOW, user_id=operator.user.pk)
        SavedView.objects.create(owner=operator.user, name=f"view {number}", query="campaign=x", at=NOW)
        bulk.apply(
            campaign_id=campaign.pk,
            kind="tag",
            customer_ids=[one.customer_id],
            values={"tag": "all"},
            now=NOW,
            today=TODAY,
            user_id=operator.user.pk,
        )
    with django_assert_max_num_queries(22):
        operator.get(PAGE)


def test_filters_survive_paging_and_the_form(operator, campaign):
    for number in range(51):
        held(campaign, f"a{number}", number % 9, wave=1)
    plan_waves(campaign)
    text = operator.get(f"{PAGE}?campaign=pop_before_smtp&wave=1&delayed=").content.decode()
    address = text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query) == {"campaign": ["pop_before_smtp"], "wave": ["1"], "page": ["2"]}
