import re
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, make_user, noon
from desk import count_all, make_lift, make_mailing
from django.utils import translation

from campaign.customers import counts
from campaign.dashboard import effects
from campaign.dashboard.waves import waves_of
from campaign.models import Holdout, WavePlan
from campaign.plan import waves
from notices.models import TextVersion, WaveNotices

pytestmark = pytest.mark.django_db
FORM = {"campaign": "pop_before_smtp", "waves": "3", "first_day": str(TODAY), "days_between": "14"}


def make_plan(campaign, **given) -> WavePlan:
    values = {"waves": 2, "first_day": TODAY, "days_between": 14, "seed": "a1b2", "decided_at": noon(TODAY)}
    return WavePlan.objects.create(campaign=campaign, **values | given)


@pytest.fixture
def planner(client, staff):
    client.force_login(make_user("planner", "campaign.decide_waves"))
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_what_is_kept_of_the_waves_is_shown_until_somebody_changes_it():
    campaign = make_campaign()
    plan = make_plan(campaign)
    for wave, standing in [(1, "holdout"), (1, "migrated"), (2, "silent"), (None, "mixed"), (None, "mixed")]:
        make_holdout(campaign, wave=wave, standing=standing)
    counted = waves_of(campaign, plan)
    assert [(each.number, each.customers, each.left) for each in counted] == [(1, 2, 1), (2, 1, 0), (None, 2, 2)]
    counts.count(campaign, today=TODAY)
    assert waves_of(campaign, plan) == counted
    make_holdout(campaign, wave=2)
    assert waves_of(campaign, plan) == counted, "a minute old"
    Holdout.objects.update(wave=None)
    WavePlan.objects.update(drawn=False)
    assert waves.draw(campaign) == 6
    now = waves_of(campaign, plan)
    assert sum(each.customers for each in now) == 6 and [each.number for each in now] == [1, 2]


def test_each_wave_shows_where_its_customers_stand():
    campaign = make_campaign()
    plan = make_plan(campaign)
    for wave, standing in [(1, "holdout"), (1, "mixed"), (1, "moving"), (1, "migrated"), (2, "silent"), (2, "exempt")]:
        make_holdout(campaign, wave=wave, standing=standing)
    announced = make_mailing(campaign, kind="announcement")
    values = {"first_on": TODAY, "last_on": TODAY + timedelta(days=2), "planned": 4, "accepted": 3}
    WaveNotices.objects.create(mailing=announced, wave=1, **values)
    first, second = waves_of(campaign, plan)
    assert (first.customers, first.written, first.started, first.moved, first.left) == (4, 3, 3, 2, 2)
    assert (second.customers, second.written, second.started, second.moved, second.left) == (2, 0, 0, 0, 0)
    assert (first.begins, second.begins) == (TODAY, TODAY + timedelta(days=14))
    assert (first.last_on, second.last_on) == (TODAY + timedelta(days=2), None)


def test_who_is_in_no_wave_yet_stands_in_the_last_row():
    campaign = make_campaign()
    make_holdout(campaign)
    assert [wave.number for wave in waves_of(campaign, make_plan(campaign))] == [1, 2, None]


def test_a_cancelled_announcement_has_written_to_nobody_here():
    campaign = make_campaign()
    make_holdout(campaign, wave=1)
    cancelled = make_mailing(campaign, kind="announcement", state="cancelled")
    WaveNotices.objects.create(mailing=cancelled, wave=1, first_on=TODAY, last_on=TODAY, planned=1, accepted=0)
    assert waves_of(campaign, make_plan(campaign))[0].first_on is None


def test_the_page_says_in_a_sentence_and_a_table_what_a_round_did(staff):
    make_lift(make_mailing(make_campaign()))
    shown = text_of(staff.get("/staff/waves/"))
    assert (
        "Reminder of November 2026: Because of this round about 430 people (310 to 550) moved "
        "within 14 days of their turn" in shown
    )
    assert "10,000 6,600 compared 8.3 4.0 +4.3 +3.1 to +5.5 430 310 to 550" in shown
    assert "<svg" in staff.get("/staff/waves/").content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"low": -0.001, "high": 0.02}, "may have been nobody, and at most about 200 people"),
        ({"share": 0.03, "low": -0.02, "high": -0.004}, "about 100 people fewer (40 to 200) moved than would have"),
        ({"window_days": 1}, "within 1 day of their turn"),
    ],
)
def test_what_is_not_certain_is_not_said_as_if_it_were(given, words):
    assert words in effects.sentence(make_lift(make_mailing(make_campaign()), **given))


def test_who_got_the_announcement_is_not_called_as_who_got_any_notice_is(world, staff):
    make_plan(world)
    Holdout.objects.update(wave=1)
    count_all(world)
    heads = {page: text_of(staff.get(page)) for page in ("/staff/waves/", "/staff/")}
    assert "Customers Got the announcement Have begun" in heads["/staff/waves/"]
    assert "Customers Got any notice Begun" in heads["/staff/"]


def test_what_cannot_be_told_says_why(staff):
    make_lift(make_mailing(make_campaign()), not_told="no_control")
    shown = text_of(staff.get("/staff/waves/"))
    assert "Cannot be told: everybody was written to on the same day, so nobody is left to compare with." in shown
    assert "Because of this round" not in shown


def test_each_text_has_its_own_row_where_there_are_several(staff):
    campaign = make_campaign()
    values = {"campaign": campaign, "kind": "reminder", "language": "ja", "subject": "件名", "body": "本文"}
    japanese = TextVersion.objects.create(number=3, written_at=noon(TODAY), **values)
    mailing = make_mailing(campaign, text_ja=japanese)
    for language in ("", "ja", "en"):
        make_lift(mailing, language=language)
    (found,) = effects.of(campaign, at_most=9)
    assert [effect.text for effect in found.moved] == ["", "English text, ours, as it came", "Japanese text, version 3"]
    shown = staff.get("/staff/waves/").content.decode()
    assert shown.count("Japanese text, version 3") == 5  # a row; a line and the words of the chart, wide and narrow


def test_one_text_alone_has_no_row_of_its_own():
    mailing = make_mailing(make_campaign())
    for language in ("", "ja"):
        make_lift(mailing, language=language)
    (found,) = effects.of(mailing.campaign, at_most=9)
    assert [effect.text for effect in found.moved] == [""]


def test_the_few_first_notices_of_a_week_are_shown_only_where_they_tell_something():
    campaign = make_campaign()
    make_lift(make_mailing(campaign, kind="first", period="2026-11-09"))
    make_lift(make_mailing(campaign, kind="first", period="2026-11-16"), not_told="too_few")
    make_mailing(campaign, kind="thanks", period="2026-11-16")
    assert [found.title for found in effects.of(campaign, at_most=9)] == ["First notice of a new holdout, Nov. 9, 2026"]


def test_a_round_that_has_not_been_counted_says_so(staff):
    make_mailing(make_campaign())
    assert "Not counted yet" in text_of(staff.get("/staff/waves/"))


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (7, "7"), (99, "99"), (431, "430"), (1249, "1,200"), (-431, "−430"), (996, "1,000")]
)
def test_a_number_of_people_is_not_more_exact_than_anybody_knows(number, shown):
    assert effects.about(number) == shown


def test_the_first_page_says_what_the_newest_round_did(staff, world):
    assert "It cannot be told yet how many moved" in text_of(staff.get("/staff/"))
    make_lift(make_mailing(world, period="2026-10", planned_at=noon(TODAY - timedelta(days=50))), written=500)
    newer = make_mailing(world, period="2026-12", planned_at=noon(TODAY))
    make_lift(newer)
    make_lift(newer, outcome="started", written=1)
    assert "Reminder of December 2026: Because of this round about 430 people" in text_of(staff.get("/staff/"))


def test_waves_are_decided_on_the_page_by_who_may(planner):
    campaign = make_campaign(starts_on=TODAY)
    make_holdout(campaign)
    response = planner.post("/staff/waves/", FORM)
    assert (response.status_code, response["Location"]) == (303, "/staff/waves/?campaign=pop_before_smtp")
    plan = WavePlan.objects.get()
    assert (plan.waves, plan.first_day, plan.days_between, plan.decided_by.username) == (3, TODAY, 14, "planner")
    assert "everybody's wave is being drawn by lot" in planner.get("/staff/waves/").content.decode()
    assert waves.draw(campaign) == 1
    shown = text_of(planner.get("/staff/waves/"))
    assert "is being drawn" not in shown
    assert f"The number behind the lot is {plan.seed}" in shown
    assert "Decided by planner on" in shown


def test_who_may_not_decide_sees_no_form_and_cannot_post(staff):
    make_campaign()
    assert 'name="days_between"' not in staff.get("/staff/waves/").content.decode()
    assert staff.post("/staff/waves/", FORM).status_code == 403
    assert not WavePlan.objects.exists()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"waves": "many"}, "number of waves as a whole number"),
        ({"waves": "99"}, "whole number from 1 to 12"),
        ({"days_between": ""}, "days from one wave to the next as a whole number"),
        ({"first_day": "soon"}, "such as 2026-12-01"),
        ({"first_day": "9999-12-31"}, "before the cut-off"),
        ({"first_day": "2020-01-01"}, "in the past"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_entered_stays(planner, given, wrong):
    make_campaign(starts_on=TODAY)
    response = planner.post("/staff/waves/", FORM | given)
    assert response.status_code == 422
    assert wrong in text_of(response)
    [(field, value)] = given.items()
    assert f'name="{field}"' in response.content.decode()
    assert f'value="{value}"' in response.content.decode()
    assert not WavePlan.objects.exists()


def test_once_an_announcement_is_planned_the_waves_stand(planner):
    campaign = make_campaign()
    make_plan(campaign)
    make_mailing(campaign, kind="announcement", state="planned")
    assert 'name="days_between"' not in planner.get("/staff/waves/").content.decode()
    response = planner.post("/staff/waves/", FORM)
    assert response.status_code == 422
    assert "can no longer be changed" in text_of(response)
    assert WavePlan.objects.get().waves == 2


def test_without_a_campaign_the_page_says_how_to_begin(staff):
    assert "There is no campaign yet" in text_of(staff.get("/staff/waves/"))
    assert staff.get("/staff/waves/").status_code == 200


def test_a_campaign_that_is_not_there_cannot_be_decided_on(planner):
    make_campaign()
    assert planner.post("/staff/waves/", FORM | {"campaign": "local_port25"}).status_code == 404


def test_the_page_asks_the_database_as_often_for_many_rounds_as_for_one(staff, django_assert_max_num_queries):
    campaign = make_campaign()
    make_plan(campaign)
    for month in range(1, 13):
        mailing = make_mailing(campaign, period=f"2026-{month:02}")
        for language in ("", "ja", "en"):
            make_lift(mailing, language=language)
    with django_assert_max_num_queries(14):
        staff.get("/staff/waves/")


def test_the_numbers_are_written_as_the_language_does():
    lift = make_lift(make_mailing(make_campaign()))
    with translation.override("ja"):
        assert effects.per_hundred(lift.share) == "8.3"
        assert effects.signed(lift.low - 0.05) == "−1.9"
