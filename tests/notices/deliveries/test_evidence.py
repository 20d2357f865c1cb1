from itertools import permutations, product

import pytest
from rounds import at

from notices.deliveries.evidence import HARD, WEIGHT, Evidence
from notices.models import Delivery

Fate, Source = Delivery.Fate, Delivery.Source


def winner(evidence):
    known = None
    for each in evidence:
        known = each if each.outweighs(known) else known
    return known


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        # (source, fate, hour) of two, whichever is heard of first
        (("log", "deferred", 10), ("log", "delivered", 11), "delivered"),
        (("log", "delivered", 10), ("log", "deferred", 11), "deferred"),  # by a second server of ours
        (("log", "delivered", 10), ("returned", "bounced", 11), "bounced"),
        (("log", "delivered", 10), ("returned", "bounced", 9), "bounced"),  # by a clock that is wrong
        (("log", "delivered", 12), ("returned", "expired", 11), "expired"),
        (("log", "delivered", 10), ("returned", "deferred", 11), "deferred"),
        (("returned", "deferred", 10), ("log", "delivered", 11), "delivered"),
        (("returned", "delivered", 12), ("returned", "bounced", 11), "bounced"),
        (("log", "deferred", 10), ("returned", "delivered", 11), "delivered"),
        (("log", "delivered", 10), ("log", "deferred", 10), "delivered"),
    ],
)
def test_of_two_one_counts_whichever_comes_first(first, second, counts):
    evidence = [Evidence(Source(source), Fate(fate), at(hour)) for source, fate, hour in (first, second)]
    assert winner(evidence).fate == winner(reversed(evidence)).fate == counts


def test_any_order_of_three_ends_the_same():
    everything = [Evidence(*pair, at(hour)) for pair, hour in product(WEIGHT, (10, 11))]
    for three in permutations(everything, 3):
        assert winner(three) == winner(sorted(three, key=str)), three


def test_every_fate_of_every_source_has_its_weight():
    assert set(WEIGHT) == set(product(Source, Fate))


@pytest.mark.parametrize("code", ["5.2.2", "5.7.1", "5.4.4", "5.0.0", "5.1.0", "5.3.4", "4.4.7", "", "5.1.12"])
def test_a_full_mailbox_or_a_policy_does_not_suppress(code):
    assert not Evidence(Source.RETURNED, Fate.BOUNCED, at(10), code).is_hard


def test_an_address_that_does_not_exist_suppresses():
    assert all(Evidence(Source.LOG, Fate.BOUNCED, at(10), code).is_hard for code in HARD)
    assert not Evidence(Source.LOG, Fate.DEFERRED, at(10), "5.1.1").is_hard
