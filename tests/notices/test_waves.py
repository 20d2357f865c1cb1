from collections import defaultdict
from datetime import date, timedelta

import pytest
from builders import make_campaign, make_holdout
from desk import make_mailing
from django.utils import translation
from rounds import DAY, at

from campaign.models import Holdout, WavePlan
from campaign.plan.campaigns import NotPossible
from notices import planning, waves
from notices.models import Mailing, Notice

pytestmark = pytest.mark.django_db
NOW = at(8)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def decide(campaign, **given) -> WavePlan:
    values = {"waves_wanted": 3, "first_day": DAY, "days_between": 7, "now": NOW}
    return waves.decide(campaign_id=campaign.pk, **values | given)


def announce(campaign) -> dict[int, list[date]]:
    """Plan the announcement; the days of its notices by wave, in the order in which they go out."""
    mailing = planning.plan_now(campaign_id=campaign.pk, kind=Mailing.Kind.ANNOUNCEMENT, today=DAY, now=NOW)
    found = defaultdict(list)
    notices = Notice.objects.for_mailing(mailing).order_by("send_after")
    for wave, day in notices.values_list("holdout__wave", "slot_on"):
        found[wave].append(day)
    return found


def test_the_announcement_goes_wave_by_wave_and_each_waits_for_its_day(settings):
    settings.NOTICE_DAILY_CAP = 2
    campaign = make_campaign(starts_on=DAY)
    for _ in range(9):
        make_holdout(campaign)
    decide(campaign)
    days = announce(campaign)
    for wave, begin in ((1, DAY), (2, DAY + timedelta(days=7)), (3, DAY + timedelta(days=14))):
        assert days[wave] == [begin, begin, begin + timedelta(days=1)]


def test_waves_with_too_few_days_between_follow_each_other_without_a_gap(settings):
    settings.NOTICE_DAILY_CAP = 1
    campaign = make_campaign(starts_on=DAY)
    for _ in range(6):
        make_holdout(campaign)
    decide(campaign, days_between=1)
    days = announce(campaign)
    open_days = [DAY + timedelta(days=number) for number in (0, 1, 2, 3, 6, 7)]  # over a weekend
    assert [day for wave in (1, 2, 3) for day in days[wave]] == open_days


def test_whoever_has_no_wave_yet_is_drawn_for_one_before_the_announcement_is_planned():
    campaign = make_campaign(starts_on=DAY)
    make_holdout(campaign)
    decide(campaign)
    make_holdout(campaign)
    announce(campaign)
    assert not Holdout.objects.filter(wave=None).exists()


def test_without_a_decision_all_are_due_at_once():
    campaign = make_campaign(starts_on=DAY)
    for _ in range(4):
        make_holdout(campaign)
    assert announce(campaign) == {None: [DAY] * 4}


def test_waves_may_be_decided_anew_until_an_announcement_is_planned():
    campaign = make_campaign(starts_on=DAY)
    make_holdout(campaign)
    decide(campaign)
    make_mailing(campaign, kind="announcement", state="cancelled", period="2026-11")
    assert decide(campaign, waves_wanted=2).waves == 2
    make_mailing(campaign, kind="announcement", state="planned", period="2026-12")
    with pytest.raises(NotPossible, match="can no longer be changed"):
        decide(campaign)


def test_there_are_no_waves_once_the_time_for_the_announcement_is_over():
    over = make_campaign(starts_on=DAY - timedelta(days=60))
    with pytest.raises(NotPossible, match="The time for the announcement is over"):
        decide(over)
    assert decide(make_campaign(name="local_port25", starts_on=DAY - timedelta(days=20))).waves == 3
