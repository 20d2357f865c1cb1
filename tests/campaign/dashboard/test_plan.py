from datetime import date, timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from desk import make_mailing, make_notice

from notices import due, mailings
from notices.models import Mailing, MailingPlan, Mute

pytestmark = pytest.mark.django_db

REMINDER = "/staff/plan/pop_before_smtp/reminder/"


def shown(browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def planner(client):
    client.force_login(make_user("keiko", "notices.run_mailing"))
    client.cookies["django_language"] = "en"
    return client


def test_the_plan_tells_each_kind_to_whom_and_when(staff):
    campaign = make_campaign()
    make_mailing(campaign, planned_at=noon(campaign.starts_on))
    campaign.mailing_plans.create(kind="thanks", active=False, good_for_days=1)
    campaign.mailing_plans.create(
        kind="reminder", audience={"standings": ["mixed"], "reasons": ["unknown"], "waves": [1, 2]}, good_for_days=10
    )
    text = shown(staff, "/staff/plan/")
    for says in (
        "First announcement",
        "Where they stand: One device is left; Why they are left: Reason not known; Waves: 1, 2",
        "10 days after the last slot",
        "switched off",
        "March 17, 2027",
        "March 26, 2027",
        "March 30, 2027",
        "Dec. 1, 2026",
        "Nobody gets two notices within 7 days",
    ):
        assert says in text, says


def test_each_campaign_has_its_own_plan(staff):
    make_campaign()
    make_campaign(name="local_port25", cutoff_on=date(2027, 6, 30))
    assert "March 31, 2027" in shown(staff, "/staff/plan/")
    assert "June 30, 2027" in shown(staff, "/staff/plan/?campaign=local_port25")


def test_without_a_campaign_there_is_no_plan(staff):
    assert "There is no campaign yet" in shown(staff, "/staff/plan/")


def test_a_kind_tells_who_would_be_written_to_today_and_why_others_would_not(staff):
    campaign = make_campaign()
    for _ in range(3):
        make_holdout(campaign)
    make_holdout(campaign, standing="moving")
    Mute.objects.create(holdout=make_holdout(campaign), by="page", at=noon(TODAY))
    lately = make_notice(make_mailing(campaign, state="finished"))
    lately.accepted_at = noon(TODAY - timedelta(days=2))
    lately.save()
    text = shown(staff, REMINDER)
    assert "3 customers would be written to." in text
    for reason in (
        "has moved, the quiet days are not over",
        "wants no more reminders",
        "got a notice only some days ago",
    ):
        assert f'<th scope="row">{reason}</th><td class="number">1</td>' in text


def test_of_a_large_campaign_a_job_counts_and_the_page_says_when(planner, monkeypatch):
    campaign = make_campaign()
    for _ in range(3):
        make_holdout(campaign)
    monkeypatch.setattr(due, "SMALL", 1)
    waiting = shown(planner, REMINDER)
    assert "is being counted. Load the page again" in waiting and "Plan it now" in waiting
    assert "would be written to.</strong>" not in waiting
    assert due.count_waiting(now=noon(TODAY)) == 1
    text = shown(planner, REMINDER)
    assert "3 customers would be written to." in text and "As of 12:00:00." in text and "Plan it now" in text


def test_a_final_notice_to_more_than_a_day_takes_is_warned_of(staff, settings):
    settings.NOTICE_DAILY_CAP = 2
    campaign = make_campaign()
    for _ in range(3):
        make_holdout(campaign)
    warning = "This notice has one day only, and at most 2 go out on a day. 1 customer would not get it."
    assert warning in shown(staff, "/staff/plan/pop_before_smtp/last_day/")
    assert warning not in shown(staff, REMINDER)


def test_the_plan_is_changed_by_who_may(planner):
    make_campaign()
    form = {"standings": ["mixed"], "languages": ["ja"], "programs": ["becky", "unknown"], "waves": "1、 2"}
    response = planner.post(REMINDER, form | {"active": "1", "good_for_days": "９"})
    assert (response.status_code, response["Location"]) == (303, REMINDER)
    plan = MailingPlan.objects.get()
    chosen = {"standings": ["mixed"], "programs": ["becky", "unknown"], "waves": [1, 2], "languages": ["ja"]}
    assert (plan.kind, plan.active, plan.good_for_days, plan.audience) == ("reminder", True, 9, chosen)
    assert plan.changed_by.username == "keiko"
    text = shown(planner, REMINDER)
    assert "The plan is changed." in text and "keiko" in text
    assert 'value="becky" checked' in text and 'value="1, 2"' in text
    planner.post(REMINDER, {"good_for_days": "9"})
    plan.refresh_from_db()
    assert (plan.active, plan.audience) == (False, {})


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"good_for_days": "x"}, "from 0 to 60"),
        ({"good_for_days": "61"}, "from 0 to 60"),
        ({}, "from 0 to 60"),
        ({"good_for_days": "9", "waves": "0"}, "&#39;0&#39; is not the number of a wave"),
        ({"good_for_days": "9", "standings": "moving"}, "&#39;moving&#39; is not one of holdout, mixed"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(planner, form, says):
    make_campaign()
    response = planner.post(REMINDER, form | {"languages": "en"})
    assert response.status_code == 422
    text = response.content.decode()
    assert says in text and 'value="en" checked' in text
    assert not MailingPlan.objects.exists()


def test_without_permission_the_plan_is_shown_and_not_changed(staff):
    make_campaign()
    assert "Save the plan" not in shown(staff, REMINDER)
    assert staff.post(REMINDER, {"good_for_days": "9"}).status_code == 403


@pytest.mark.parametrize("address", ["/staff/plan/pop_before_smtp/", "/staff/plan/pop_before_smtp/spam/"])
def test_what_there_is_not_is_not_found(staff, address):
    make_campaign()
    assert staff.get(address).status_code == 404


def test_another_campaign_is_not_found(staff):
    make_campaign()
    assert staff.get("/staff/plan/local_port25/reminder/").status_code == 404


def test_the_list_of_mailings_leads_to_the_plan(staff):
    make_campaign()
    make_holdout(make_campaign(name="local_port25"), make_customer())
    assert "/staff/plan/?campaign=local_port25" in shown(staff, "/staff/mailings/?campaign=local_port25")


def test_a_mailing_is_planned_by_a_button_and_again_after_it_was_cancelled(planner):
    make_holdout(make_campaign())
    assert "Plan it now" in shown(planner, REMINDER)
    response = planner.post(REMINDER, {"plan_now": "1"})
    first = Mailing.objects.get()
    assert (response.status_code, response["location"]) == (303, f"/staff/mailings/{first.pk}/")
    assert (first.kind, first.planned_by.username, first.state) == ("reminder", "keiko", "planned")
    response = planner.post(REMINDER, {"plan_now": "1"})
    assert response.status_code == 422 and "Nothing planned" in response.content.decode()
    mailings.cancel(mailing_id=first.pk, now=noon(TODAY))
    planner.post(REMINDER, {"plan_now": "1"})
    assert Mailing.objects.latest("pk").attempt == 2


def test_who_may_not_plan_has_no_button_and_cannot_post_it(staff):
    make_holdout(make_campaign())
    assert "Plan it now" not in shown(staff, REMINDER)
    assert staff.post(REMINDER, {"plan_now": "1"}).status_code == 403
    assert not Mailing.objects.exists()
