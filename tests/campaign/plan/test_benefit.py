from datetime import date, timedelta

import pytest

from campaign.plan.benefit import Assumptions, Money, Open, money, weeks

UNTIL = date(2026, 11, 22)


def door(ago: int, minutes: int, *, used: int = 0, most: int = 0) -> Open:
    return Open(UNTIL - timedelta(days=ago), 10, minutes, used, 2, 5, most)


def test_a_week_is_the_mean_of_its_days_and_has_the_most_of_any():
    doors = [door(ago, 70 * ago, used=ago, most=ago) for ago in range(7)]
    (week,) = weeks(doors, {}, until=UNTIL, number=4)
    assert (week.until, week.days, week.addresses) == (UNTIL, 7, 10)
    assert (week.minutes, week.used_minutes, week.most_behind) == (210, 3, 6)


def test_mail_is_held_to_a_person_by_a_password_alone():
    day = UNTIL - timedelta(days=6)
    mail = {
        (day, "smtp_auth", "confirmed"): 60,
        (day, "pop_before_smtp", "confirmed"): 20,
        (day, "local_port25", "probable"): 5,
        (day, "pop_before_smtp", "ambiguous"): 10,
        (day, "unexplained_relay", "none"): 5,
        (day, "inbound", "none"): 900,
        (day - timedelta(days=1), "smtp_auth", "confirmed"): 7,
    }
    *_, week = weeks([], mail, until=UNTIL, number=2)
    assert (week.with_password, week.by_address, week.nobody, week.unexplained) == (60, 25, 15, 5)
    assert week.held == 60 / 95  # what nobody's login explains is not known to be a customer's


def test_weeks_come_oldest_first_and_those_before_the_first_evidence_are_left_out():
    doors = [door(ago, 100) for ago in range(17)]
    found = weeks(doors, {}, until=UNTIL, number=10)
    assert [week.until for week in found] == [UNTIL - timedelta(days=7), UNTIL]
    assert weeks([], {}, until=UNTIL, number=10) == []


def test_a_week_without_mail_is_held_to_nobody():
    (week,) = weeks([door(ago, 1) for ago in range(7)], {}, until=UNTIL, number=1)
    assert week.held is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (Assumptions(60, 300_000, 2), Money(60_000, 2400, 600_000, 50_000)),
        (Assumptions(0, 0, 0), Money(0, 0, 0, 0)),
    ],
)
def test_money_is_what_was_counted_times_what_is_assumed(given, found):
    assert money(given, minutes=1000, per_hundred=5.0, minutes_each=8) == found


@pytest.mark.parametrize(
    ("per_hundred", "each", "product"),
    [(5.04, 10.34, 5.0 * 10.3 * 60), (4.97, 10.26, 5.0 * 10.3 * 60), (3.14, 8, 1488)],
)
def test_what_a_hundred_notices_cost_is_the_product_of_the_factors_that_are_shown(per_hundred, each, product):
    found = money(Assumptions(60, 0, 0), minutes=0, per_hundred=per_hundred, minutes_each=each)
    assert found.support_per_hundred == product
