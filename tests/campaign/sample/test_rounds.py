"""The sample's rounds: an announcement by waves in the first month, reminders after it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from builders import make_campaign, make_customer, make_holdout, make_user

from campaign.models import Holdout, WavePlan
from campaign.sample import rounds
from notices.models import Mailing, Notice

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
FIRST = date(2026, 6, 1)  # a Monday
MORNING = datetime(2026, 5, 31, 15, tzinfo=UTC)


@pytest.fixture
def campaign():
    made = make_campaign(starts_on=FIRST)
    for number in range(30):
        customer = make_customer(f"person{number}@isp.example")
        make_holdout(made, customer, first_legacy_on=date(2026, 5, 20), last_legacy_on=date(2026, 5, 30))
    return made


@pytest.fixture
def approver_id():
    return make_user("sato").pk


def planned(day: date, approver_id: int) -> int:
    return rounds.prepare(day, zone=TOKYO, approver_id=approver_id)


def test_the_waves_are_decided_once_in_the_first_month(campaign, approver_id):
    rounds.decide_waves(campaign, FIRST, now=MORNING, user_id=approver_id)
    plan = WavePlan.objects.get()
    assert (plan.waves, plan.first_day, plan.days_between, plan.decided_by_id) == (3, FIRST, 7, approver_id)
    rounds.decide_waves(campaign, FIRST, now=MORNING, user_id=approver_id)
    assert WavePlan.objects.get().seed == plan.seed


def test_they_are_not_decided_later_and_not_where_nothing_can_be_announced_any_more(campaign, approver_id):
    rounds.decide_waves(campaign, date(2026, 7, 1), now=MORNING, user_id=approver_id)
    rounds.decide_waves(campaign, date(2026, 6, 30), now=MORNING, user_id=approver_id)
    assert not WavePlan.objects.exists()


def test_the_announcement_goes_out_by_waves_and_only_their_days_are_busy(campaign, approver_id):
    rounds.decide_waves(campaign, FIRST, now=MORNING, user_id=approver_id)
    assert rounds.is_busy(FIRST, zone=TOKYO)
    assert planned(FIRST, approver_id) == 30
    assert planned(FIRST, approver_id) == 0  # a day that was cut off goes on
    mailing = Mailing.objects.get()
    assert (mailing.kind, mailing.state) == ("announcement", "sending")
    assert {Holdout.objects.filter(wave=wave).count() for wave in (1, 2, 3)} == {10}
    days = set(Notice.objects.values_list("slot_on", "holdout__wave"))
    assert days == {(date(2026, 6, 1), 1), (date(2026, 6, 8), 2), (date(2026, 6, 15), 3)}
    Notice.objects.filter(holdout__wave=1).update(state="accepted", accepted_at=MORNING, ended_at=MORNING)
    busy = [day for day in range(2, 31) if rounds.is_busy(date(2026, 6, day), zone=TOKYO)]
    assert busy[0] == 8 and {5, 6, 7}.isdisjoint(busy)


def test_from_the_second_month_on_it_is_a_reminder(campaign, approver_id):
    assert planned(date(2026, 7, 1), approver_id) == 30
    assert Mailing.objects.get().kind == "reminder"
