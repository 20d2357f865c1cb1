"""The list of customers by relapse and range, and what it says where it is empty."""

import pytest

from campaign.models import Holdout

pytestmark = pytest.mark.django_db


def test_an_empty_list_says_without_which_filter_there_would_be_somebody(world, staff):
    text = staff.get("/staff/customers/?standing=left&program=thunderbird&reason=forwarder").content.decode()
    assert "Nobody matches" in text
    assert "Without “A mail server sends for others” there are 4." in text
    assert "?campaign=pop_before_smtp&amp;standing=left&amp;program=thunderbird" in text
    assert "Without “Thunderbird" not in text


def test_those_who_fell_back_and_those_of_a_range_can_be_listed(world, staff):
    back = Holdout.objects.filter(standing="mixed").get()
    Holdout.objects.filter(pk=back.pk).update(relapsed=True, last_range="2001:db8:5::/48")
    for query in ("standing=relapsed", "range=2001:db8:5::/48", "range=2001:db8:5::/48&standing=relapsed"):
        text = staff.get(f"/staff/customers/?{query}").content.decode()
        assert back.customer.login in text and "1 customer" in text
    assert "Last sent the old way from 2001:db8:5::/48" in text
    assert "Had moved, and fell back" in text
    assert "Remove the filter" not in staff.get("/staff/customers/?range=nonsense").content.decode()
