"""The first page of some of the customers: what follows the filters, and what says that it does not."""

from datetime import timedelta

import pytest
from builders import TODAY, make_customer, make_holdout, make_user, noon
from desk import count_all, make_forecast

from campaign.customers import counts, past
from campaign.dashboard import contact_figures
from campaign.dashboard import progress as page
from campaign.dashboard.narrowing import Narrowed
from campaign.dashboard.progress import progress
from campaign.models import Contact, Holdout, HoldoutCounts, PastOfSome, StandingChange
from notices import funnel
from notices.models import Mailing, SendingDay

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def narrowed(staff, **filters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return staff.get(f"/staff/?campaign=pop_before_smtp&{query}").content.decode()


def test_narrowed_the_tiles_and_the_list_behind_them_have_the_filter(world, staff):
    make_holdout(world, make_customer(client_program="becky"), reason="auth_failed")
    count_all(world)
    text = narrowed(staff, program="becky")
    assert "1 of 1 customers still send the old way" in text
    assert "/staff/customers/?campaign=pop_before_smtp&amp;standing=left&amp;program=becky" in text
    assert '/staff/customers/?campaign=pop_before_smtp&amp;program=becky">List these customers' in text
    assert "Data up to" in text


def test_what_cannot_follow_a_filter_says_so(world, staff):
    make_forecast(world)
    whole, text = narrowed(staff), narrowed(staff, program="thunderbird")
    assert "this does not follow the filters" not in whole
    assert (whole.count('<dd class="value">'), text.count('<dd class="value">')) == (
        7,
        5,
    )  # no share of mail, no forecast
    assert (
        text.count("this does not follow the filters") == 3
    )  # the last mailing, what notices do, contacts per hundred
    assert "What is foretold is foretold for all customers together." in text
    for_all = "For the whole campaign: this list does not follow the filters."
    assert (whole.count(for_all), text.count(for_all)) == (0, 1)


@pytest.mark.parametrize("filters", [{"standing": "left"}, {"reason": "never_tried", "program": "thunderbird"}])
def test_by_standing_or_reason_no_days_before_today_are_shown(world, staff, filters):
    text = narrowed(staff, **filters)
    assert "The days before today cannot be shown by standing or reason" in text
    assert 'id="burn-down-wide-title"' not in text
    assert "a week ago" not in text


def test_by_anything_else_the_days_are_those_of_the_customers_who_match(world, staff):
    for holdout in Holdout.objects.all():
        StandingChange.objects.create(holdout=holdout, day=TODAY - timedelta(days=9), standing=holdout.standing)
    Holdout.objects.filter(standing="moving").update(wave=2)
    moved = Holdout.objects.get(standing="moving")
    StandingChange.objects.create(holdout=moved, day=TODAY, standing="moving", previous="holdout")
    StandingChange.objects.filter(holdout=moved, day=TODAY - timedelta(days=9)).update(standing="holdout")
    count_all(world)
    found = progress(campaign=world, today=TODAY, now=NOW, narrowed=Narrowed(world.name, wave="2"))
    assert [(totals.left, totals.moved) for totals in found.history[-2:]] == [(1, 0), (0, 1)]
    assert found.history[0].identified == 0
    assert (found.week_before.left, found.now.left) == (1, 0)
    assert "a week ago 1 (−1)" in narrowed(staff, wave="2")


def test_of_many_holdouts_a_job_counts_the_days_of_some_and_nobody_waits(world, staff, monkeypatch):
    for holdout in Holdout.objects.all():
        StandingChange.objects.create(holdout=holdout, day=TODAY - timedelta(days=9), standing=holdout.standing)
    monkeypatch.setattr(page, "SMALL", 7)
    text = narrowed(staff, program="thunderbird")
    assert "The days of these customers are being counted" in text
    assert "by how many a day they become fewer is not known" in text
    assert "The same as a table, week by week" in narrowed(staff)
    past.count_waiting(now=NOW)
    text = narrowed(staff, program="thunderbird")
    assert "are being counted" not in text and "a week ago 4 (±0)" in text


def test_of_many_nobody_is_asked_for_where_none_match_and_a_name_too_long_to_ask_for_is_counted_at_once(
    world, staff, monkeypatch
):
    monkeypatch.setattr(page, "SMALL", 7)
    long = "電" * 64
    assert "Nobody matches" in narrowed(staff, program="becky") and "Nobody matches" in narrowed(staff, program=long)
    make_holdout(world, make_customer(client_program=long))
    count_all(world)
    text = narrowed(staff, program=long)
    assert "1 of 1 customers" in text and "are being counted" not in text
    assert not PastOfSome.objects.exists()


def test_where_nobody_matches_the_page_says_which_filter_to_remove(world, staff):
    text = narrowed(staff, program="becky", wave="none")
    assert "Nobody matches" in text
    assert "Without “Becky!” there are 8." in text
    assert "Without “In no wave yet”" not in text


def test_before_the_customers_are_counted_a_narrowed_page_says_so(world, staff):
    HoldoutCounts.objects.all().delete()
    assert "The customers are being counted" in narrowed(staff, program="thunderbird")
    assert "These are being counted, which takes a minute or so." in narrowed(staff)


def test_filters_that_do_not_exist_narrow_nothing(world, staff):
    asked = {"standing": "nonsense", "reason": "x", "wave": "-1", "brand": "no", "range": "192.0.2.1/24", "round": "x"}
    text = narrowed(staff, **asked, campaign="nope")
    for name, value in (asked | {"campaign": "nope"}).items():
        assert f"The filter {name}={value} is not known and was left out." in text
    assert "Only these customers" not in text and "4 of 8 customers still send the old way" in text


def test_who_sees_numbers_alone_narrows_the_page_and_gets_no_list(world, client):
    client.force_login(make_user("numbers"))
    client.cookies["django_language"] = "en"
    text = narrowed(client, program="thunderbird")
    assert "Only these customers" in text and "/staff/customers/" not in text


def test_the_way_of_the_notices_is_that_of_the_chosen_round_and_customers(world, staff):
    text = " ".join(narrowed(staff).split())
    assert 'Opened the guide from the link</th> <td class="number">1</td> <td class="number soft">100.0%' in text
    mailing = Mailing.objects.get()
    funnel.count(world, mailing, now=NOW)
    text = " ".join(narrowed(staff, round=mailing.pk, standing="mixed").split())
    assert 'Notice sent</th> <td class="number">0</td>' in text
    assert f'standing=mixed&amp;round={mailing.pk}" aria-current="true"' in text
    Holdout.objects.filter(standing="mixed").update(last_range="203.0.113.0/24")
    counts.count(world, today=TODAY)  # the way is not counted anew yet
    assert "For this address range it is not counted" in narrowed(staff, range="203.0.113.0/24")


def test_contacts_follow_the_filters_and_their_rate_does_not(world, staff):
    person = Holdout.objects.filter(standing="mixed").get().customer
    values = {"channel": "phone", "minutes": 5, "outcome": "solved"}
    Contact.objects.create(customer=person, at=NOW, topic="password", **values)
    Contact.objects.create(customer=person, at=NOW - timedelta(days=8), topic="how_to", **values)
    Contact.objects.create(customer=make_customer(), at=NOW, topic="genuine", **values)
    Contact.objects.create(customer=person, at=NOW - timedelta(days=28), topic="error", **values)
    count_all(world)
    whole, some = narrowed(staff), narrowed(staff, standing="mixed")
    assert "is the mail genuine" in whole and "is the mail genuine" not in some
    assert "password unknown or wrong" in some and "error message" not in whole
    found = contact_figures.of(counts.kept(world), Narrowed(world.name, standing="mixed"), today=TODAY)
    assert (found.total, found.week, found.week_before) == (2, 1, 1)
    assert "assumed: nothing has been measured yet" in whole
    rate = {"contacts_per_hundred": 4.26, "contacts_at_least": 3.1, "contacts_at_most": 5.6}
    SendingDay.objects.create(day=TODAY, decided_at=NOW, **rate)
    assert "nine times out of ten from 3.1 to 5.6" in narrowed(staff, standing="mixed")
