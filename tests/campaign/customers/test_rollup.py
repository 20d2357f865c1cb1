import random
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_use, noon
from worlds import (
    LEGACY,
    OTHER_LEGACY,
    attribute,
    expected,
    expected_programs,
    open_campaigns,
    random_world,
    stored,
    stored_programs,
)

from campaign.customers.rollup import bring_up_to_date, covers, unsettled_days
from campaign.models import AttributedDay, Coverage, DailyUse, Exemption, Holdout, Standing, StandingChange
from campaign.models.holdouts import Sign

pytestmark = pytest.mark.django_db


def ago(days: int):
    return TODAY - timedelta(days=days)


def cover(*, first: int = 90, last: int = 0, without: tuple[int, ...] = ()) -> None:
    """Both streams on the days from `first` to `last` days ago."""
    for number in range(last, first + 1):
        for stream in ("logins", "mail") if number not in without else ("mail",):
            Coverage.objects.create(day=ago(number), stream=stream, events=9, last_at=noon(ago(number)))


def holdout_with(*uses: tuple[str, int], quiet_days: int = 30, today=TODAY, **given) -> Holdout:
    """Uses as `("smtp_auth", 3)`: three days ago."""
    campaign = make_campaign(quiet_days=quiet_days)
    customer = make_customer()
    for submission_class, number in uses:
        make_use(customer, submission_class, ago(number), **given)
    bring_up_to_date(days=[ago(number) for _, number in uses], today=today)
    return Holdout.objects.get(campaign=campaign)


def counts(day=TODAY) -> dict[str, int]:
    from campaign.models import StandingCount

    rows = StandingCount.objects.filter(day=day, campaign__name=LEGACY)
    return {standing: number for standing, number in rows.values_list("standing", "holdouts") if number}


def agrees(world, today) -> None:
    for name in (LEGACY, OTHER_LEGACY):
        assert stored(name) == expected(world, name, today)
    assert stored_programs() == expected_programs(world, today)


@pytest.mark.parametrize("seed", range(6))
def test_the_set_work_finds_what_the_plain_rules_find_one_by_one(seed):
    world = random_world(seed)
    open_campaigns(world)
    for day in world.days:
        attribute(world, day)
    bring_up_to_date(days=world.days, today=world.days[-1])
    agrees(world, world.days[-1])


@pytest.mark.parametrize("seed", range(6, 9))
def test_days_in_any_order_and_read_wrongly_at_first_come_to_the_same(seed):
    world, chance = random_world(seed, length=24, people=8), random.Random(seed)
    open_campaigns(world)
    readings = [(day, True) for day in chance.sample(world.days, 12)] + [(day, False) for day in world.days]
    chance.shuffle(readings)
    readings += [(day, False) for day, wrongly in readings if wrongly]
    for day, wrongly in readings:
        attribute(world, day, wrongly=wrongly)
        bring_up_to_date(days=[day], today=world.days[-1])
    agrees(world, world.days[-1])


@pytest.mark.parametrize("seed", range(9, 12))
def test_day_by_day_with_late_logs_comes_to_the_same(seed):
    world, chance = random_world(seed, length=24, people=8), random.Random(seed)
    open_campaigns(world)
    late = set()
    for today in world.days:
        arrived = {day for day in late if chance.random() < 0.3}
        late -= arrived
        if chance.random() < 0.3:
            late.add(today)
        else:
            arrived.add(today)
        for day in arrived:
            attribute(world, day)
        if arrived and chance.random() < 0.8:  # on some days nobody comes to it
            bring_up_to_date(days=arrived, today=today)
        else:
            late |= arrived
    for day in late:
        attribute(world, day)
    bring_up_to_date(days=late | {world.days[-1]}, today=world.days[-1])
    agrees(world, world.days[-1])


def test_once_more_changes_nothing():
    world = random_world(99)
    open_campaigns(world)
    for day in world.days:
        attribute(world, day)
    bring_up_to_date(days=world.days, today=world.days[-1])
    before = list(Holdout.objects.order_by("pk").values()), list(StandingChange.objects.order_by("pk").values())
    bring_up_to_date(days=world.days[20:22], today=world.days[-1])
    assert before == (
        list(Holdout.objects.order_by("pk").values()),
        list(StandingChange.objects.order_by("pk").values()),
    )


def test_one_confirmed_submission_makes_a_holdout():
    cover()
    holdout = holdout_with((LEGACY, 4))
    assert (holdout.identified_on, holdout.first_legacy_on) == (ago(4), ago(4))
    assert (holdout.last_legacy_on, holdout.last_legacy_at) == (ago(4), noon(ago(4)))


def test_probable_evidence_of_one_day_makes_no_holdout_and_that_of_two_does():
    campaign, customer = make_campaign(), make_customer()
    cover()
    make_use(customer, LEGACY, ago(9), confirmed=0, submissions=50)
    bring_up_to_date(days=[ago(9)], today=TODAY)
    assert not campaign.holdouts.exists()

    make_use(customer, LEGACY, ago(3), confirmed=0)
    bring_up_to_date(days=[ago(3)], today=TODAY)
    holdout = campaign.holdouts.get()
    assert (holdout.first_legacy_on, holdout.identified_on) == (ago(9), ago(3))
    assert counts(ago(4)) == {} and counts(ago(3)) == {"holdout": 1}


def test_a_holdout_of_one_campaign_is_none_of_the_other():
    other = make_campaign(name=OTHER_LEGACY)
    cover()
    holdout_with((LEGACY, 4))
    assert not other.holdouts.exists()


def test_evidence_that_goes_away_takes_the_holdout_with_it():
    cover()
    holdout = holdout_with((LEGACY, 4), (LEGACY, 2))
    DailyUse.objects.filter(day=ago(4)).delete()
    bring_up_to_date(days=[ago(4)], today=TODAY)
    assert Holdout.objects.get().identified_on == ago(2)
    assert counts(ago(3)) == {}

    DailyUse.objects.filter(day=ago(2)).delete()
    bring_up_to_date(days=[ago(2)], today=TODAY)
    assert not Holdout.objects.filter(pk=holdout.pk).exists()
    assert not StandingChange.objects.exists()
    assert counts() == {}


def test_a_day_that_is_no_longer_confirmed_dates_the_holdout_anew():
    cover()
    holdout_with((LEGACY, 8), (LEGACY, 5))
    DailyUse.objects.filter(day=ago(8)).update(confirmed=0)
    bring_up_to_date(days=[ago(8)], today=TODAY)
    holdout = Holdout.objects.get()
    assert (holdout.first_legacy_on, holdout.identified_on) == (ago(8), ago(5))


def test_whoever_was_written_to_stays_without_evidence_as_silent(written_to):
    cover()
    holdout = holdout_with((LEGACY, 4))
    written_to(holdout)
    DailyUse.objects.all().delete()
    bring_up_to_date(days=[ago(4)], today=TODAY)
    holdout.refresh_from_db()
    assert (holdout.standing, holdout.last_legacy_on) == (Standing.SILENT, ago(4))
    assert counts() == {"silent": 1}


@pytest.fixture
def written_to():
    from notices.models import Mailing, Notice

    def write(holdout):
        values = {"planned_at": noon(TODAY), "expires_on": TODAY, "daily_cap": 1}
        mailing = Mailing.objects.create(campaign=holdout.campaign, period="2026-11", **values)
        Notice.objects.create(mailing=mailing, holdout=holdout, language="ja", send_after=noon(TODAY))

    return write


def test_evidence_that_comes_back_counts_again(written_to):
    cover()
    holdout = holdout_with((LEGACY, 9))
    written_to(holdout)
    DailyUse.objects.all().delete()
    bring_up_to_date(days=[ago(9)], today=TODAY)
    assert Holdout.objects.get(pk=holdout.pk).last_sign == Sign.GONE
    make_use(holdout.customer, LEGACY, ago(9))
    bring_up_to_date(days=[ago(9)], today=TODAY)
    found = Holdout.objects.get(pk=holdout.pk)
    assert (found.last_sign, found.standing, found.last_legacy_on) == ("", Standing.HOLDOUT, ago(9))


def test_migrated_needs_all_the_quiet_days():
    cover()
    holdout_with((LEGACY, 30), ("smtp_auth", 29))
    holdout = Holdout.objects.get()
    assert (holdout.standing, holdout.standing_since, holdout.migrated_on) == (Standing.MIGRATED, TODAY, TODAY)
    assert counts(ago(1)) == {"moving": 1}


def test_a_gap_in_coverage_lengthens_the_quiet_days():
    cover(without=(5, 6))
    holdout = holdout_with((LEGACY, 31), ("smtp_auth", 29))
    assert (holdout.standing, holdout.migrated_on) == (Standing.MOVING, None)


def test_coverage_that_comes_late_is_taken_back_to_its_day():
    cover(without=(5, 6))
    holdout_with((LEGACY, 31), ("smtp_auth", 29))
    for number in (5, 6):
        Coverage.objects.create(day=ago(number), stream="logins", events=9, last_at=noon(ago(number)))
    bring_up_to_date(days=[ago(5), ago(6)], today=TODAY)
    assert Holdout.objects.get().migrated_on == ago(1)


def test_without_coverage_nobody_moves():
    holdout = holdout_with((LEGACY, 80), ("smtp_auth", 70))
    assert holdout.standing == Standing.MOVING


def test_a_relapse_remembers_the_first_day_migrated():
    cover()
    holdout = holdout_with((LEGACY, 60), ("smtp_auth", 50), (LEGACY, 1))
    assert (holdout.standing, holdout.standing_since) == (Standing.HOLDOUT, ago(1))
    assert (holdout.relapsed, holdout.migrated_on) == (True, ago(30))


def test_a_late_log_that_fills_the_quiet_days_takes_a_migration_back():
    cover()
    holdout = holdout_with((LEGACY, 60), ("smtp_auth", 50), (LEGACY, 1))
    make_use(holdout.customer, LEGACY, ago(40))
    make_use(holdout.customer, LEGACY, ago(15))
    bring_up_to_date(days=[ago(15), ago(40)], today=TODAY)
    holdout.refresh_from_db()
    assert (holdout.standing, holdout.relapsed, holdout.migrated_on) == (Standing.HOLDOUT, False, None)


def test_an_exemption_is_in_force_from_its_first_to_its_last_day():
    cover()
    campaign, customer = make_campaign(), make_customer()
    make_use(customer, LEGACY, ago(10))
    Exemption.objects.create(campaign=campaign, customer=customer, reason="a lift", from_day=ago(6), until=ago(3))
    bring_up_to_date(days=[ago(10)], today=TODAY)
    changes = StandingChange.objects.order_by("day").values_list("day", "standing", "previous")
    assert list(changes) == [
        (ago(10), "holdout", ""),
        (ago(6), "exempt", "holdout"),
        (ago(2), "holdout", "exempt"),
    ]


def test_a_day_replaced_with_fewer_submissions_is_believed():
    cover()
    holdout = holdout_with((LEGACY, 9), (LEGACY, 2), ("smtp_auth", 5))
    assert holdout.standing == Standing.MIXED
    DailyUse.objects.filter(day=ago(2)).delete()
    bring_up_to_date(days=[ago(2)], today=TODAY)
    holdout.refresh_from_db()
    assert (holdout.standing, holdout.standing_since) == (Standing.MOVING, ago(5))
    assert holdout.last_legacy_on == ago(9)


def test_what_is_dated_after_today_waits():
    cover()
    holdout = holdout_with((LEGACY, 2))
    make_use(holdout.customer, LEGACY, TODAY + timedelta(days=3))
    bring_up_to_date(days=[TODAY + timedelta(days=3)], today=TODAY)
    holdout.refresh_from_db()
    assert holdout.last_legacy_on == ago(2)
    bring_up_to_date(days=[], today=TODAY + timedelta(days=3))
    holdout.refresh_from_db()
    assert holdout.last_legacy_on == TODAY + timedelta(days=3)


def test_days_on_which_nobody_came_to_it_are_made_up_for():
    cover()
    holdout_with((LEGACY, 40), ("smtp_auth", 35), today=ago(20))
    assert not covers(today=TODAY)
    bring_up_to_date(days=[], today=TODAY)
    assert covers(today=TODAY)
    assert Holdout.objects.get().migrated_on == ago(10)
    assert [counts(ago(number)) for number in (11, 10)] == [{"moving": 1}, {"migrated": 1}]


def test_a_day_attributed_by_a_worker_that_died_is_found():
    cover()
    holdout = holdout_with((LEGACY, 9))
    make_use(holdout.customer, LEGACY, ago(4))
    AttributedDay.objects.create(day=ago(4), attributed_at=noon(TODAY), stale=False)
    assert unsettled_days(today=TODAY) == {ago(4)}
    bring_up_to_date(days=[], today=TODAY)
    holdout.refresh_from_db()
    assert holdout.last_legacy_on == ago(4)
    assert unsettled_days(today=TODAY) == set()
    AttributedDay.objects.update(attributed_at=noon(TODAY) + timedelta(minutes=1))
    assert unsettled_days(today=TODAY) == {ago(4)}


def test_a_campaign_opened_late_gets_its_whole_history():
    cover()
    customer = make_customer()
    make_use(customer, LEGACY, ago(50))
    campaign = make_campaign(starts_on=ago(1))
    bring_up_to_date(days=[TODAY], today=TODAY)
    assert campaign.holdouts.get().identified_on == ago(50)
    assert (counts(ago(50)), counts(ago(20)), counts()) == ({"holdout": 1}, {"silent": 1}, {"silent": 1})


def test_the_program_that_still_sends_the_old_way_is_the_one_shown():
    make_campaign()
    customer = make_customer()
    make_use(customer, LEGACY, ago(9), client_program="becky")
    make_use(customer, LEGACY, ago(5))
    make_use(customer, "smtp_auth", ago(2), client_program="iphone")
    bring_up_to_date(days=[ago(9), ago(5), ago(2)], today=TODAY)
    customer.refresh_from_db()
    assert (customer.client_program, customer.client_seen_on) == ("becky", ago(9))
    assert customer.holdouts.get().client_program == "becky"

    DailyUse.objects.filter(day=ago(9)).delete()
    bring_up_to_date(days=[ago(9)], today=TODAY)
    customer.refresh_from_db()
    assert (customer.client_program, customer.client_seen_on) == ("iphone", ago(2))
    assert customer.holdouts.get().client_program == "iphone"
