from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, noon
from desk import count_day, make_lift, make_mailing, make_notice

from notices import forecast
from notices.models import Forecast, SendingDay

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
YESTERDAY = TODAY - timedelta(days=1)


def make_due(*, now, unreached: int = 0) -> int:
    return forecast.make_due(now=now, unreached=lambda _campaign: unreached)


@pytest.fixture
def campaign():
    """Twelve weeks in which twenty a week went, of 1,000."""
    campaign = make_campaign(cutoff_on=TODAY + timedelta(days=60))
    for ago in range(84, -1, -1):
        moved = (84 - ago) * 20 // 7
        count_day(campaign, TODAY - timedelta(days=ago), holdout=1000 - moved, moving=moved)
    return campaign


def test_it_is_made_of_the_last_whole_day_and_kept(campaign):
    assert make_due(now=NOW) == 1
    told = forecast.newest(campaign, until=TODAY)
    assert (told.day, told.not_yet, told.measured) == (YESTERDAY, 0, False)
    assert told.points[0].middle == 1000 - 83 * 20 // 7
    assert told.end.day == campaign.cutoff_on - timedelta(days=1)
    assert told.end.low < told.end.middle < told.end.high < told.points[0].middle


def test_it_is_made_again_after_an_hour_a_new_day_or_a_new_date(campaign):
    make_due(now=NOW)
    assert make_due(now=NOW + timedelta(minutes=50)) == 0
    assert make_due(now=NOW + timedelta(minutes=61)) == 1
    assert Forecast.objects.count() == 1
    campaign.cutoff_on += timedelta(days=30)
    campaign.save()
    assert make_due(now=NOW + timedelta(minutes=62)) == 1
    assert Forecast.objects.get().cutoff_on == campaign.cutoff_on
    assert make_due(now=NOW + timedelta(days=1)) == 1
    assert Forecast.objects.count() == 2


def test_what_was_foretold_a_week_ago_stays(campaign):
    forecast.make(campaign_id=campaign.pk, day=TODAY - timedelta(days=8), now=NOW)
    make_due(now=NOW)
    before = forecast.newest(campaign, until=YESTERDAY - timedelta(days=7))
    assert before.day == TODAY - timedelta(days=8)
    assert before.points[0].day == before.day


def test_whom_no_mail_reaches_and_who_came_back_is_kept_with_it(campaign):
    make_holdout(campaign, relapsed=True)
    make_holdout(campaign, relapsed=True, standing="moving")
    make_due(now=NOW, unreached=7)
    told = forecast.newest(campaign, until=TODAY)
    assert (told.unreached, told.relapsed) == (7, 1)


def test_a_short_history_is_told_as_days_to_wait():
    campaign = make_campaign()
    for ago in range(10):
        count_day(campaign, YESTERDAY - timedelta(days=ago), holdout=100)
    make_due(now=NOW)
    assert forecast.newest(campaign, until=TODAY).not_yet == 29 - 10


def test_nothing_is_foretold_without_counts_or_after_the_date(campaign):
    make_campaign(name="local_port25")
    campaign.cutoff_on = YESTERDAY
    campaign.save()
    assert make_due(now=NOW) == 0


def test_more_rounds_leave_fewer_and_none_leave_more(campaign):
    make_lift(make_mailing(campaign, state="finished"))
    make_due(now=NOW)
    told = forecast.newest(campaign, until=TODAY)
    ends = {each.name: each.end.middle for each in told.what_if}
    assert told.measured
    assert ends["one_more"] < told.end.middle < ends["no_more"]
    assert ends["one_more"] < ends["half_cap"] + 40


def test_a_small_cap_reaches_fewer_of_the_round(campaign):
    make_lift(make_mailing(campaign, state="finished"))
    SendingDay.objects.create(day=TODAY, desk_cap=20)
    make_due(now=NOW)
    told = forecast.newest(campaign, until=TODAY)
    ends = {each.name: (each.cap, each.end.middle) for each in told.what_if}
    assert told.cap == 20
    assert ends["half_cap"][0] == 10 and ends["twice_cap"][0] == 40
    assert ends["twice_cap"][1] < told.end.middle < ends["half_cap"][1]


def test_notices_count_on_the_day_they_went_out_and_thanks_do_not(campaign):
    mailing, thanks = make_mailing(campaign), make_mailing(campaign, kind="thanks")
    asked = make_holdout(campaign)
    guide = make_mailing(campaign, kind="guide", only_for=asked, period="2026-11-04-093000-000000")
    for each in (mailing, mailing, thanks, guide):
        make_notice(each)
    make_notice(mailing, state="waiting")
    assert forecast.written(campaign, TODAY) == {TODAY - timedelta(days=19): 2}


def test_what_waits_and_what_the_schedule_wants_is_to_come(campaign):
    mailing = make_mailing(campaign)
    for _ in range(3):
        make_notice(mailing, state="waiting")
    until = campaign.cutoff_on - timedelta(days=1)
    running, planned, cap = forecast.rounds_to_come(campaign, day=YESTERDAY, until=until, now=NOW)
    assert [each.people for each in running] == [3]
    assert running[0].days[-1] <= mailing.expires_on
    assert cap == 500
    assert date(2026, 12, 1) in {each.days[0] for each in planned}  # December's reminder
    assert all(TODAY <= day < campaign.cutoff_on for each in planned for day in each.days)


def test_rounds_that_were_measured_alike_are_pooled_and_unlike_ones_leave_more_doubt():
    assert forecast.pooled([]) is None
    one = forecast.pooled([(0.04, 0.01)])
    assert (round(one.share, 3), round(one.spread, 3)) == (0.04, 0.01)
    alike = forecast.pooled([(0.04, 0.01), (0.04, 0.01)])
    unlike = forecast.pooled([(0.01, 0.01), (0.07, 0.01)])
    assert alike.spread < one.spread < unlike.spread
    assert alike.share == pytest.approx(unlike.share) == pytest.approx(0.04)
    assert forecast.pooled([(-0.02, 0.01)]).share == 0


def test_the_rounds_from_which_the_effect_comes_are_kept_with_it(campaign):
    first, second = (make_mailing(campaign, period=period, state="finished") for period in ("2026-09", "2026-10"))
    make_lift(first, share=0.20, by_itself=0.05, low=0.14, high=0.16)
    make_lift(second, share=0.10, by_itself=0.05, low=0.03, high=0.07)
    make_due(now=NOW)
    told = forecast.newest(campaign, until=TODAY)
    assert {each.mailing for each in told.rounds_measured} == {first.pk, second.pk}
    weighted = sum(each.more * each.weight for each in told.rounds_measured)
    assert sum(each.weight for each in told.rounds_measured) == pytest.approx(1)
    assert told.pooled == pytest.approx(100 * weighted)
    assert 5 < told.pooled < 15


def test_how_far_ahead_it_is_foretold_is_known(campaign):
    make_due(now=NOW)
    assert forecast.newest(campaign, until=TODAY).up_to_cutoff
    campaign.cutoff_on = TODAY + timedelta(days=250)
    campaign.save()
    make_due(now=NOW)
    assert not forecast.newest(campaign, until=TODAY).up_to_cutoff
