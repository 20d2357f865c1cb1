from collections import Counter
from datetime import timedelta
from hashlib import md5
from itertools import groupby

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from django.utils import translation

from campaign.models import Customer, Holdout, WavePlan
from campaign.plan import waves
from campaign.plan.campaigns import NotPossible

pytestmark = pytest.mark.django_db
KINDS = [("never_tried", "outlook"), ("never_tried", "thunderbird"), ("auth_failed", "outlook"), ("", "")]


def decide(campaign, **given) -> WavePlan:
    values = {"waves": 3, "first_day": TODAY, "days_between": 14, "now": noon(TODAY), "today": TODAY}
    plan = waves.decide(campaign_id=campaign.pk, **values | given)
    waves.draw(campaign)
    return plan


def make_holdouts(campaign, number: int, **given) -> list[Holdout]:
    people = Customer.objects.bulk_create(Customer(login=f"{campaign.pk}-{i}-{given}") for i in range(number))
    model = make_holdout(campaign)
    fields = {field.attname: getattr(model, field.attname) for field in Holdout._meta.concrete_fields}
    model.delete()
    fields = {name: value for name, value in fields.items() if name not in ("id", "customer_id")} | given
    return Holdout.objects.bulk_create(Holdout(customer=customer, **fields) for customer in people)


def drawn(campaign) -> dict[int, int | None]:
    return dict(Holdout.objects.filter(campaign=campaign).values_list("pk", "wave"))


def by_the_rule(people: list[tuple[int, str, str]], *, seed: str, count: int) -> dict[int, int]:
    """One by one: the same lot as in waves.sql."""

    def lot(*parts: object) -> str:
        return md5("/".join(map(str, (seed, *parts))).encode()).hexdigest()

    batch = min(pk for pk, *_kind in people)
    found = {}
    for kind, group in groupby(sorted(people, key=lambda person: person[1:]), key=lambda person: person[1:]):
        turns = sorted(range(1, count + 1), key=lambda wave: lot(batch, *kind, wave))
        for place, pk in enumerate(sorted((pk for pk, *_kind in group), key=lot)):
            found[pk] = turns[place % count]
    return found


def test_everybody_gets_a_wave_and_within_each_reason_and_program_they_are_alike_in_size():
    campaign = make_campaign()
    for reason, program in KINDS:
        make_holdouts(campaign, 31, reason=reason, client_program=program)
    decide(campaign)
    counts = Counter(Holdout.objects.values_list("reason", "client_program", "wave"))
    assert {wave for *_kind, wave in counts} == {1, 2, 3}
    assert set(counts.values()) == {10, 11}


def test_the_database_draws_as_the_rule_says():
    campaign = make_campaign()
    for number, (reason, program) in enumerate(KINDS):
        make_holdouts(campaign, 5 + 3 * number, reason=reason, client_program=program)
    plan = decide(campaign, waves=4)
    people = list(Holdout.objects.values_list("pk", "reason", "client_program"))
    assert drawn(campaign) == by_the_rule(people, seed=plan.seed, count=4)


def test_drawing_again_moves_nobody():
    campaign = make_campaign()
    make_holdouts(campaign, 20)
    decide(campaign)
    before = drawn(campaign)
    assert waves.draw(campaign) == 0
    assert drawn(campaign) == before


def test_the_same_seed_draws_the_same_waves():
    campaign = make_campaign()
    make_holdouts(campaign, 20)
    decide(campaign)
    before = drawn(campaign)
    WavePlan.objects.update(drawn=False)
    assert waves.draw(campaign) == 20
    assert drawn(campaign) == before


def test_another_decision_draws_another_lot():
    campaign = make_campaign()
    make_holdouts(campaign, 60)
    decide(campaign)
    before = drawn(campaign)
    decide(campaign)
    assert drawn(campaign) != before
    assert Counter(drawn(campaign).values()) == {1: 20, 2: 20, 3: 20}


def test_those_who_come_one_by_one_do_not_all_get_the_same_wave():
    campaign = make_campaign()
    WavePlan.objects.create(
        campaign=campaign, waves=3, first_day=TODAY, days_between=7, seed="lot", decided_at=noon(TODAY), drawn=True
    )
    for _day in range(60):
        make_holdout(campaign, make_customer())
        assert waves.draw(campaign) == 1
    counts = Counter(drawn(campaign).values())
    assert set(counts) == {1, 2, 3}
    assert max(counts.values()) <= 34  # of 60; 20 each by the lot, with 3.7 to either side


def test_whom_a_person_put_into_a_wave_stays_there_when_it_is_drawn_anew():
    campaign = make_campaign()
    make_holdouts(campaign, 9)
    pinned = make_holdout(campaign, wave=2, wave_pinned=True)
    beyond = make_holdout(campaign, wave=7, wave_pinned=True)
    decide(campaign)
    assert (drawn(campaign)[pinned.pk], drawn(campaign)[beyond.pk]) == (2, 3)
    assert None not in drawn(campaign).values()


def test_deciding_moves_nobody_before_the_lot_is_drawn():
    campaign = make_campaign()
    make_holdouts(campaign, 6)
    decide(campaign)
    before = drawn(campaign)
    values = {"waves": 5, "first_day": TODAY, "days_between": 7, "now": noon(TODAY), "today": TODAY}
    waves.decide(campaign_id=campaign.pk, **values)
    assert (drawn(campaign), WavePlan.objects.get().drawn) == (before, False)
    assert waves.draw(campaign) == 6
    assert WavePlan.objects.get().drawn


def test_without_a_decision_nobody_is_in_a_wave():
    campaign = make_campaign()
    make_holdouts(campaign, 3)
    assert waves.draw(campaign) == 0
    assert set(drawn(campaign).values()) == {None}


def test_each_campaign_has_its_own_waves():
    one, other = make_campaign(), make_campaign(name="local_port25")
    make_holdouts(one, 4)
    make_holdouts(other, 4)
    decide(one)
    assert None not in drawn(one).values()
    assert set(drawn(other).values()) == {None}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"waves": 0}, "whole number from 1 to 12"),
        ({"waves": 13}, "whole number from 1 to 12"),
        ({"days_between": 0}, "whole number from 1 to 60"),
        ({"first_day": TODAY - timedelta(days=1)}, "in the past"),
        ({"waves": 12, "days_between": 14}, "before the cut-off"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_leaves_everything_as_it_was(given, wrong):
    campaign = make_campaign(cutoff_on=TODAY + timedelta(days=100))
    make_holdouts(campaign, 3)
    with translation.override("en"), pytest.raises(NotPossible, match=wrong):
        decide(campaign, **given)
    assert not WavePlan.objects.exists()
    assert set(drawn(campaign).values()) == {None}


def test_who_decided_is_kept_and_each_wave_has_its_day():
    user = make_user("suzuki")
    plan = decide(make_campaign(), user_id=user.pk)
    assert plan.decided_by == user
    assert [plan.day_of(wave) for wave in (1, 2, 3)] == [TODAY + timedelta(days=days) for days in (0, 14, 28)]
