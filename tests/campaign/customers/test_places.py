"""Whose mail came from a network of addresses, of both versions of IP and on both databases."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, make_user
from django.test import Client

from campaign.customers import places
from campaign.customers.places import customers_from, is_nearly_one, network_in
from campaign.models import Campaign, Customer, HoldoutCounts

pytestmark = pytest.mark.django_db
SINCE = TODAY - timedelta(days=30)
WAY = "pop_before_smtp"


@pytest.mark.parametrize(
    ("typed", "nearly"),
    [
        ("198.18.1.999", True),
        ("198.18.1.0/99", True),
        ("198.18.1/24", True),
        ("１９８.１８.１.９９９", True),
        ("2001:db8:::1", True),
        ("2001:db8::/200", True),
        ("198.18.1.9", False),
        ("198.18.1.9/24", False),
        ("2001:db8::1", False),
        ("2001:db8::/32", False),
        ("198.18", False),
        ("12/345", False),
        ("482-913-057", False),
        ("fujita722", False),
        ("", False),
    ],
)
def test_what_was_meant_as_an_address_and_is_none_is_known(typed, nearly):
    assert is_nearly_one(typed) is nearly


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def held(campaign: Campaign, login: str, address: str, *, range: str, ago: int = 1) -> None:
    day = TODAY - timedelta(days=ago)
    customer = make_customer(f"{login}@isp.example")
    make_holdout(campaign, customer, last_range=range, last_legacy_on=day)
    make_use(customer, WAY, day, addresses=[address])


@pytest.fixture
def people(campaign) -> Campaign:
    held(campaign, "a", "192.0.2.7", range="192.0.2.0/24")
    held(campaign, "b", "192.0.2.200", range="192.0.2.0/24", ago=9)
    held(campaign, "c", "198.51.100.9", range="198.51.100.0/24")
    held(campaign, "long-ago", "192.0.2.9", range="192.0.2.0/24", ago=40)
    held(campaign, "v6", "2001:db8:1:2::5", range="2001:db8:1::/48")
    held(campaign, "v6-too", "2001:db8::9", range="2001:db8::/48")
    held(campaign, "v6-else", "2001:db9::9", range="2001:db9::/48")
    moved = make_customer("moved@isp.example")  # in no campaign, and sends with a password
    make_use(moved, "smtp_auth", TODAY, addresses=["10.1.1.1", "192.0.2.250"])
    return campaign


def found(campaign: Campaign, network: str, *, at_most: int = 100) -> set[str]:
    keys = customers_from(campaign, ip_network(network), since=SINCE, at_most=at_most)
    people = {each.pk: each.login.partition("@")[0] for each in Customer.objects.all()}
    return {people[key] for key in keys}


@pytest.mark.parametrize(
    ("network", "who"),
    [
        ("192.0.2.0/24", {"a", "b", "moved"}),
        ("192.0.2.0/25", {"a"}),
        ("192.0.2.128/25", {"b", "moved"}),
        ("192.0.2.7/32", {"a"}),
        ("192.0.2.8/32", set()),
        ("192.0.0.0/16", {"a", "b"}),  # a wide one is told by the last mail sent the old way
        ("192.0.0.0/8", {"a", "b"}),
        ("0.0.0.0/0", {"a", "b", "c"}),
        ("198.51.100.0/22", {"c"}),
        ("2001:db8::/32", {"v6", "v6-too"}),
        ("2001:db8:1::/48", {"v6"}),
        ("2001:db8:1:2::/64", {"v6"}),
        ("2001:db8:1:3::/64", set()),
        ("2001:db8::/31", {"v6", "v6-too", "v6-else"}),
        ("::/0", {"v6", "v6-too", "v6-else"}),
    ],
)
def test_a_network_finds_those_with_evidence_from_it(people, network, who):
    assert found(people, network) == who


@pytest.mark.parametrize("network", ["2001:db8:0:1::/64", "2001:db8:0:0:1::/80", "2001:db8:0:100::/56"])
def test_a_network_inside_a_range_is_found_whatever_zeros_its_text_leaves_out(campaign, network):
    inside = ip_network(network)[9]
    held(campaign, "inside", str(inside), range="2001:db8::/48")
    held(campaign, "outside", "2001:db8:0:7777::9", range="2001:db8::/48")
    assert found(campaign, network) == {"inside"}


def test_a_network_inside_a_large_range_finds_those_in_it_among_all_of_the_range(campaign):
    for number in range(7):
        held(campaign, f"outside{number}", f"2001:db8:1:7777::{number}", range="2001:db8:1::/48")
    held(campaign, "inside", "2001:db8:1:2::9", range="2001:db8:1::/48")
    assert found(campaign, "2001:db8:1:2::/64", at_most=3) == {"inside"}


def test_no_more_are_looked_at_than_are_wanted(people):
    assert len(found(people, "0.0.0.0/0", at_most=2)) == 2
    assert len(found(people, "192.0.2.0/24", at_most=2)) == 2


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        (" 192.0.2.77/24 ", "192.0.2.0/24"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("１９２．０．２．０／２４\u3000", "192.0.2.0/24"),
        ("192.0.2.0", None),
        ("192.0.2.0/33", None),
        ("a/b", None),
        ("/", None),
    ],
)
def test_what_is_a_network(typed, network):
    assert str(network_in(typed) or "") == (network or "")


def test_ranges_are_read_once_until_holdouts_are_counted_anew(people, django_assert_num_queries):
    kept = HoldoutCounts.objects.create(campaign=people, counted_at="2026-11-24T00:00Z", version="places-1", cells=[])
    assert "192.0.2.0/24" in places.known_ranges(people)
    with django_assert_num_queries(1):
        places.known_ranges(people)
    held(people, "new", "203.0.113.5", range="203.0.113.0/24")
    assert "203.0.113.0/24" not in places.known_ranges(people)
    kept.version = "places-2"
    kept.save()
    assert "203.0.113.0/24" in places.known_ranges(people)


def test_the_list_finds_them_and_says_from_where(client: Client, people):
    client.force_login(make_user("suzuki", "campaign.view_customer"))
    client.cookies["django_language"] = "en"
    text = client.get("/staff/customers/?campaign=pop_before_smtp&q=192.0.2.5/24").content.decode()
    assert "sent from 192.0.2.0/24" in text and "moved@isp.example" in text and "c@isp.example" not in text
    text = client.get("/staff/customers/?campaign=pop_before_smtp&q=2001:db8::/32").content.decode()
    assert "v6@isp.example" in text and "v6-else@isp.example" not in text


def test_a_contract_with_a_stroke_is_still_found(client: Client, people):
    make_customer("stroke@isp.example", contract="12/34")
    client.force_login(make_user("suzuki", "campaign.view_customer"))
    text = client.get("/staff/customers/?campaign=pop_before_smtp&q=12/34").content.decode()
    assert "stroke@isp.example" in text
