"""Back from today, change by change."""

import logging
import random
from collections import Counter
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, noon
from django.db import OperationalError

from campaign.customers import past
from campaign.customers.chosen import Chosen, chosen_in
from campaign.models import Holdout, PastOfSome, Standing, StandingChange, StandingCount


def ago(days: int):
    return TODAY - timedelta(days=days)


def test_each_day_is_the_next_one_without_its_changes():
    moves = {ago(0): [("migrated", "holdout", 2)], ago(1): [("holdout", "", 3)]}
    found = past.unwound({"holdout": 1, "migrated": 2}, moves, [ago(2), ago(0), ago(1)])
    assert [day for day, _standings in found] == [ago(2), ago(1), ago(0)]
    assert found[0][1].get("holdout", 0) == 0 and found[0][1].get("migrated", 0) == 0
    assert (found[1][1]["holdout"], found[1][1].get("migrated", 0)) == (3, 0)
    assert (found[2][1]["holdout"], found[2][1]["migrated"]) == (1, 2)
    assert "" not in found[0][1]


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"program": "becky", "wave": "1", "brand": "main", "range": "192.0.2.0/24"}, True),
        ({"standing": "left"}, False),
        ({"reason": "never_tried", "program": "becky"}, False),
    ],
)
def test_standing_and_reason_have_no_past(chosen, told):
    assert past.can_be_told(Chosen("pop_before_smtp", **chosen)) == told


@pytest.mark.django_db
def test_the_chosen_are_followed_alone_and_every_day_is_as_their_own_histories_say():
    campaign, chance = make_campaign(), random.Random(5)
    histories = []
    for number in range(60):
        program = ("becky", "thunderbird")[number % 2]
        days = sorted(chance.sample(range(20), 3), reverse=True)
        stood = [(day, chance.choice(Standing.values)) for day in days]
        holdout = make_holdout(campaign, client_program=program, standing=stood[-1][1], wave=chance.choice([1, 2]))
        previous = ""
        for day, standing in stood:
            StandingChange.objects.create(holdout=holdout, day=ago(day), standing=standing, previous=previous)
            previous = standing
        histories.append((holdout, stood))
    chosen = Chosen(campaign.name, program="becky", wave="2")
    mine = [stood for holdout, stood in histories if (holdout.client_program, holdout.wave) == ("becky", 2)]
    now = Counter(stood[-1][1] for stood in mine)
    found = past.of(campaign, chosen, now=now, first=ago(20), last=ago(0))
    assert len(found) == 21 and len(mine) > 5
    for day, standings in found:
        held = [[standing for on, standing in stood if ago(on) <= day] for stood in mine]
        expected = Counter(each[-1] for each in held if each)
        assert {name: number for name, number in standings.items() if number} == dict(expected), day


def followed(campaign) -> Holdout:
    """One who moved three days ago, in a campaign that is counted since ten days."""
    holdout = make_holdout(campaign, client_program="becky", standing="migrated")
    StandingChange.objects.create(holdout=holdout, day=ago(9), standing="holdout")
    StandingChange.objects.create(holdout=holdout, day=ago(3), standing="migrated", previous="holdout")
    for day in range(11):
        StandingCount.objects.create(campaign=campaign, day=ago(day), standing="holdout", holdouts=1)
    return holdout


@pytest.mark.django_db
def test_a_job_counts_what_was_asked_for_once_and_again_when_it_is_old():
    campaign = make_campaign()
    followed(campaign)
    becky, now = Chosen(campaign.name, program="becky", range="192.0.2.0/24"), noon(TODAY)
    Holdout.objects.update(last_range="192.0.2.0/24")
    assert past.known(campaign, becky, last=TODAY, now=now) is None
    assert past.known(campaign, becky, last=TODAY, now=now) is None
    assert past.count_waiting(now=now) == 1
    assert past.count_waiting(now=now) == 0
    days = past.known(campaign, becky, last=TODAY, now=now)
    assert len(days) == 11 and days[-1] == (TODAY, {"migrated": 1})
    assert days[6] == (ago(4), {"migrated": 0, "holdout": 1})
    later = now + timedelta(hours=21)
    assert past.known(campaign, becky, last=TODAY, now=later) == days  # while the job is yet to count anew
    assert past.count_waiting(now=later) == 1
    assert past.count_waiting(now=later + timedelta(days=15)) == 0
    assert not PastOfSome.objects.exists()


@pytest.mark.django_db
def test_a_question_waits_until_there_is_anything_to_count():
    campaign = make_campaign()
    assert past.known(campaign, Chosen(campaign.name, wave="1"), last=TODAY, now=noon(TODAY)) is None
    past.count_waiting(now=noon(TODAY))
    assert PastOfSome.objects.get().waiting


@pytest.mark.django_db
def test_an_answer_of_long_ago_is_not_shown_and_is_asked_for_again():
    campaign, now = make_campaign(), noon(TODAY)
    followed(campaign)
    becky = Chosen(campaign.name, program="becky")
    assert past.known(campaign, becky, last=TODAY, now=now) is None
    past.count_waiting(now=now)
    assert past.known(campaign, becky, last=TODAY + past.TOO_OLD, now=now)
    assert not PastOfSome.objects.get().waiting
    assert past.known(campaign, becky, last=TODAY + past.TOO_OLD + timedelta(days=1), now=now) is None
    assert PastOfSome.objects.get().waiting


@pytest.mark.django_db
def test_what_cannot_be_answered_is_closed_logged_and_keeps_no_other_waiting(caplog):
    """Such as by a brand that is no longer in the file of brands."""
    campaign, now = make_campaign(), noon(TODAY)
    followed(campaign)
    bad, good = Chosen(campaign.name, brand="no-more"), Chosen(campaign.name, program="becky")
    for minute, chosen in enumerate((bad, good)):
        past.known(campaign, chosen, last=TODAY, now=now + timedelta(minutes=minute))
    with caplog.at_level(logging.ERROR):
        assert past.count_waiting(now=now) == 2
    assert "cannot be answered" in caplog.text
    assert past.known(campaign, good, last=TODAY, now=now)
    assert past.known(campaign, bad, last=TODAY, now=now) is None
    assert past.count_waiting(now=now) == 0
    past.known(campaign, bad, last=TODAY, now=now + timedelta(hours=21))
    assert past.count_waiting(now=now + timedelta(hours=21)) == 1


@pytest.mark.django_db
def test_where_the_database_does_not_answer_the_question_waits_on(monkeypatch):
    campaign, now = make_campaign(), noon(TODAY)
    followed(campaign)
    past.known(campaign, Chosen(campaign.name, program="becky"), last=TODAY, now=now)

    def away(*_given, **_named):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(past, "of", away)
        past.count_waiting(now=now)
    assert PastOfSome.objects.get().waiting
    past.count_waiting(now=now)
    assert PastOfSome.objects.get().last == TODAY


def test_an_address_that_no_row_has_room_for_is_not_kept():
    long = Chosen("pop_before_smtp", program="電" * 64)
    assert not past.can_be_kept(long) and chosen_in(long.query()) == long
    assert past.can_be_kept(Chosen("pop_before_smtp", program="x" * 64, wave="12", range="2001:db8:1234:5678::/64"))
