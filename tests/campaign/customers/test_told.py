"""What a customer says of the program holds until the logs of a later day show one."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_use

from campaign.customers.rollup import bring_up_to_date
from campaign.customers.told import tell_program
from campaign.models import Customer, HoldoutCounts

pytestmark = pytest.mark.django_db


def program(customer: Customer) -> tuple[str, object]:
    customer.refresh_from_db()
    return customer.client_program, customer.client_told_on


def use(customer: Customer, ago: int, client_program: str) -> None:
    day = TODAY - timedelta(days=ago)
    make_use(customer, "pop_before_smtp", day, client_program=client_program)
    bring_up_to_date(days=[day], today=TODAY + timedelta(days=2))


def test_what_was_told_stays_over_the_logs_of_its_day_and_of_days_before():
    make_campaign()
    customer = make_customer()
    use(customer, 3, "outlook-express")
    assert program(customer) == ("outlook-express", None)
    assert tell_program(customer_id=customer.pk, program="thunderbird", today=TODAY)
    for ago, seen in ((2, "outlook-express"), (0, "outlook-express")):
        use(customer, ago, seen)
        assert program(customer) == ("thunderbird", TODAY)
    assert customer.holdouts.get().client_program == "thunderbird"


def test_the_logs_of_a_later_day_know_better_but_a_day_without_a_program_says_nothing():
    make_campaign()
    customer = make_customer()
    use(customer, 3, "outlook-express")
    tell_program(customer_id=customer.pk, program="thunderbird", today=TODAY)
    use(customer, -1, "")
    assert program(customer) == ("thunderbird", TODAY)
    use(customer, -2, "becky")
    assert program(customer) == ("becky", None)


def test_it_is_counted_anew_and_the_same_once_more_changes_nothing():
    campaign = make_campaign()
    holdout = make_holdout(campaign, make_customer(client_program="becky"))
    HoldoutCounts.objects.create(campaign=campaign, counted_at="2026-11-01T00:00Z", version="1", cells=[])
    assert not tell_program(customer_id=holdout.customer_id, program="becky", today=TODAY)
    assert not HoldoutCounts.objects.get().stale
    assert tell_program(customer_id=holdout.customer_id, program="iphone", today=TODAY)
    assert HoldoutCounts.objects.get().stale
