"""The kept cells say of every choice what the rows say."""

import random
from datetime import timedelta
from itertools import product

import pytest
from at_once import Other, Stop
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use, noon
from django.db import connection

from campaign import brands
from campaign.customers import chosen, counts
from campaign.customers.chosen import GROUPS, NO_WAVE, UNKNOWN, Chosen, wanted_rows
from campaign.customers.rollup import bring_up_to_date
from campaign.models import Holdout, HoldoutCounts, Reason, Standing
from campaign.submissions.ranges import range_of

pytestmark = pytest.mark.django_db

BRANDS = """
[[brand]]
slug = "main"
name = { ja = "みほん", en = "Mihon" }
domains = ["isp.example"]

[[brand]]
slug = "aozora"
name = { ja = "あおぞら", en = "Aozora" }
domains = ["aozora.example", "mail.aozora.example"]
site = "https://mail.aozora.example"
"""
RANGES = ["", "192.0.2.0/24", "198.51.100.0/24", "2001:db8:1::/48"]


@pytest.fixture
def two_brands(settings, tmp_path):
    file = tmp_path / "brands.toml"
    file.write_text(BRANDS)
    settings.BRANDS_FILE = str(file)
    assert len(brands.brands()) == 2


@pytest.fixture
def crowd(two_brands):
    campaign, chance = make_campaign(), random.Random(3)
    for number in range(150):
        domain = chance.choice(["isp.example", "aozora.example", "mail.aozora.example", "hosted.example"])
        standing = chance.choice(Standing.values)
        left = standing in ("holdout", "mixed")
        make_holdout(
            campaign,
            make_customer(f"person{number}@{domain}"),
            standing=standing,
            relapsed=left and chance.random() < 0.3,
            reason=chance.choice(["", *Reason.values]) if left else "",
            client_program=chance.choice(["", "becky", "thunderbird"]),
            wave=chance.choice([None, 1, 2]),
            last_range=chance.choice(RANGES),
            last_auth_on=chance.choice([None, TODAY]),
        )
    make_holdout(make_campaign(name="local_port25"), client_program="becky")  # another campaign's
    counts.count(campaign, today=TODAY)
    return campaign


def choices() -> list[dict[str, str]]:
    """Every value alone, and a good many together."""
    values = {
        "standing": list(GROUPS),
        "reason": [UNKNOWN, *Reason.values],
        "program": [UNKNOWN, "becky", "nobody-has-it"],
        "wave": [NO_WAVE, "1", "2", "9"],
        "brand": ["main", "aozora"],
        "range": RANGES[1:],
    }
    alone = [{field: value} for field, each in values.items() for value in each]
    pairs = product(["left", "moved", "relapsed", "silent"], [UNKNOWN, "becky"], ["1", NO_WAVE], ["main", "aozora"])
    fields = ("standing", "program", "wave", "brand")
    together = [dict(zip(fields, each, strict=True)) for each in pairs]
    return [{}, *alone, *together, *({**each, "range": RANGES[2]} for each in together)]


def test_cells_and_rows_agree_whatever_is_chosen(crowd):
    kept = counts.kept(crowd)
    seen = 0
    for asked in choices():
        wanted = Chosen(crowd.name, **asked)
        rows = Holdout.objects.filter(wanted_rows(wanted), campaign=crowd)
        cells = kept.wanted(wanted)
        assert sum(cell.holdouts for cell in cells) == rows.count(), asked
        assert sum(cell.begun for cell in cells) == rows.filter(last_auth_on__isnull=False).count(), asked
        seen += rows.count()
    assert seen > 1000


def test_cells_are_read_again_only_when_they_are_others(crowd, django_assert_num_queries):
    counts.kept(crowd)
    with django_assert_num_queries(1):
        before = counts.kept(crowd)
    make_holdout(crowd)
    counts.count(crowd, today=TODAY)
    after = counts.kept(crowd)
    assert sum(cell.holdouts for cell in after.wanted(Chosen(crowd.name))) == 151
    assert sum(cell.holdouts for cell in before.wanted(Chosen(crowd.name))) == 150


def test_only_the_ranges_with_most_customers_left_have_cells_of_their_own():
    campaign = make_campaign()
    for number in range(counts.TOP_RANGES + 3):
        for _ in range(2 if number else 1):
            make_holdout(campaign, last_range=f"192.0.{number}.0/24")
    make_holdout(campaign, last_range="203.0.113.0/24", standing="migrated")
    counts.count(campaign, today=TODAY)
    ranges = counts.kept(campaign).ranges
    assert len(ranges) == counts.TOP_RANGES
    assert not set(ranges) & {"192.0.0.0/24", "203.0.113.0/24"}


def test_a_range_of_few_is_counted_when_somebody_asks(crowd):
    make_holdout(crowd, last_range="203.0.113.0/24", standing="migrated")
    make_holdout(crowd, last_range="203.0.114.0/24", standing="migrated")
    counts.count(crowd, today=TODAY)
    asked = Chosen(crowd.name, range="203.0.114.0/24")
    assert counts.kept(crowd).wanted(asked) == []
    assert (
        sum(
            cell.holdouts
            for cell in counts.with_range(counts.kept(crowd), crowd, asked.range, today=TODAY).wanted(asked)
        )
        == 1
    )


def test_what_changed_other_than_by_evidence_is_counted_by_the_next_job():
    campaign = make_campaign()
    assert counts.kept(campaign) is None
    assert counts.count_due(today=TODAY) == 1
    assert counts.count_due(today=TODAY) == 0
    counts.mark_stale(campaign.pk)
    assert counts.count_due(today=TODAY) == 1
    assert not HoldoutCounts.objects.get().stale


def test_who_dies_while_counting_leaves_the_old_cells_and_that_they_are_old(monkeypatch):
    campaign = make_campaign()
    counts.count(campaign, today=TODAY)
    before = HoldoutCounts.objects.get().version
    counts.mark_stale(campaign.pk)

    def killed(*_given, **_named):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(counts, "_contacts", killed)
        with pytest.raises(RuntimeError):
            counts.count(campaign, today=TODAY)
    row = HoldoutCounts.objects.get()
    assert (row.version, row.stale) == (before, True)
    assert counts.count_due(today=TODAY) == 1


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_somebody_counts_is_for_the_next_and_a_slow_count_never_comes_last(monkeypatch):
    campaign = make_campaign()
    counts.count(campaign, today=TODAY)
    real = counts._all_cells

    def beside(act) -> None:
        """Somebody does so while a count has been made and is not written down yet."""
        stop = Stop()
        monkeypatch.setattr(counts, "_all_cells", stop.after(real))
        counting = Other(lambda: counts.count(campaign, today=TODAY))
        stop.reached()
        other = Other(act)
        other.until_it_waits()
        assert other.at_work or connection.vendor != "postgresql", "whoever changes something waits for the count"
        stop.go_on()
        counting.result()
        other.result()

    def count_with_one_more() -> None:
        make_holdout(campaign)
        counts.count(campaign, today=TODAY)

    beside(count_with_one_more)
    assert sum(cell.holdouts for cell in counts.kept(campaign).by_range[""]) == 1
    beside(lambda: counts.mark_stale(campaign.pk))
    assert HoldoutCounts.objects.get().stale


class Emptied(dict):
    """As if another thread emptied it whenever something was put in."""

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.clear()


def test_what_is_remembered_is_given_although_another_thread_forgets_it_all():
    kept = counts.Kept(noon(TODAY), {}, Emptied())
    assert kept.remembered("waves", lambda: [1]) == [1]
    assert kept.remembered("waves", lambda: None) is None
    made = counts.Kept(noon(TODAY), {})
    assert made.remembered("waves", lambda: None) is None
    assert made.remembered("waves", lambda: [2]) is None  # made once


def test_the_roll_up_counts_and_finds_the_range_of_the_last_mail():
    campaign = make_campaign()
    old, new = TODAY - timedelta(days=9), TODAY - timedelta(days=2)
    here, six, both = make_customer(), make_customer(), make_customer()
    make_use(here, "pop_before_smtp", old, addresses=["203.0.113.9"])
    make_use(here, "pop_before_smtp", new, addresses=["192.0.2.7", "198.51.100.1"])
    make_use(here, "smtp_auth", TODAY, addresses=["203.0.113.200"])
    make_use(six, "pop_before_smtp", new, addresses=["2001:db8:5:6::1"])
    make_use(both, "pop_before_smtp", new, addresses=[])
    bring_up_to_date(days=[old, new, TODAY], today=TODAY)
    found = dict(Holdout.objects.values_list("customer", "last_range"))
    assert found == {here.pk: "192.0.2.0/24", six.pk: "2001:db8:5::/48", both.pk: ""}
    assert counts.kept(campaign).ranges == ["2001:db8:5::/48"]  # who has moved has no row there
    here.daily_use.filter(day=new).update(addresses=["198.51.100.99"])
    bring_up_to_date(days=[new], today=TODAY)
    assert Holdout.objects.get(customer=here).last_range == "198.51.100.0/24"


def test_the_database_knows_the_rule_of_ranges():
    addresses = [
        "192.0.2.255",
        "10.0.0.1",
        "2001:db8::1",
        "2001:db8:0:1::1",
        "2001:0:1:2:3:4:5:6",
        "::1",
        "fe80::1",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "::ffff:192.0.2.7",
    ]
    bring_up_to_date(days=[], today=TODAY)  # where SQLite gets the function
    with connection.cursor() as cursor:
        for address in addresses:
            cursor.execute("SELECT campaign_range_of(%s)", [address])
            assert cursor.fetchone()[0] == range_of(address), address
        cursor.execute("SELECT campaign_range_of(%s)", ["no address:"])
        assert cursor.fetchone()[0] == ""


def test_a_choice_goes_into_an_address_without_what_is_not_chosen():
    asked = Chosen("pop_before_smtp", standing="left", range="192.0.2.0/24")
    assert asked.query() == "campaign=pop_before_smtp&standing=left&range=192.0.2.0%2F24"
    assert asked.query(range="") == "campaign=pop_before_smtp&standing=left"
    assert chosen.GROUPS["relapsed"] == ("holdout", "mixed")
