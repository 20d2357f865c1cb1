import json
from datetime import timedelta
from io import StringIO

import pytest
from builders import TODAY, make_campaign, make_holdout, make_user, noon
from desk import cover, make_mailing, make_notice
from django.core.management import CommandError, call_command

from campaign.models import Holdout, StandingChange, WavePlan
from notices.models import Lift

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))


def call(*arguments: str) -> str:
    out = StringIO()
    call_command("waves", *arguments, stdout=out)
    return out.getvalue()


def decide(*more: str) -> str:
    return call("decide", "--campaign", "pop_before_smtp", "--waves", "2", "--first-day", str(TODAY), *more)


def test_waves_are_decided_drawn_and_shown():
    campaign = make_campaign(starts_on=TODAY)
    for _ in range(4):
        make_holdout(campaign)
    make_user("planner", "campaign.decide_waves")
    assert decide("--by", "planner").startswith(f"pop_before_smtp: 2 waves from {TODAY}, drawn with seed ")
    assert WavePlan.objects.get().decided_by.username == "planner"
    assert not Holdout.objects.filter(wave=None).exists()
    first, second = json.loads(call("show", "--campaign", "pop_before_smtp", "--json"))
    assert (first["number"], first["customers"], first["left"]) == (1, 2, 2)
    assert second["begins"] == str(TODAY + timedelta(days=14))
    assert f"wave 1 from {TODAY}: 2 customers, 0 written to" in call("show", "--campaign", "pop_before_smtp")


def test_only_who_may_decides_in_a_name():
    make_campaign(starts_on=TODAY)
    make_user("support")
    with pytest.raises(CommandError, match=r"permission campaign\.decide_waves"):
        decide("--by", "support")
    assert not WavePlan.objects.exists()


def test_what_cannot_be_is_an_error():
    make_campaign(starts_on=TODAY)
    with pytest.raises(CommandError, match="as a whole number from 1 to 60"):
        decide("--days-between", "0")
    with pytest.raises(CommandError, match="local_port25 is not open"):
        call("show", "--campaign", "local_port25")


def test_lift_counts_and_tells():
    campaign = make_campaign(starts_on=TODAY)
    mailing = make_mailing(campaign, planned_at=noon(TODAY - timedelta(days=20)))
    for number in range(80):
        slot = TODAY - timedelta(days=20 if number % 2 else 10)
        holdout = make_holdout(campaign, standing="moving" if number % 8 == 1 else "holdout")
        if number % 8 == 1:
            day = TODAY - timedelta(days=18)
            StandingChange.objects.create(holdout=holdout, day=day, standing="moving", previous="holdout")
        make_notice(mailing, holdout, slot_on=slot, ended_at=noon(slot))
    for ago in range(1, 21):
        cover(TODAY - timedelta(days=ago))
    told = call("lift", "--campaign", "pop_before_smtp")
    assert "reminder 2026-11 moved all: +25.0 of a hundred (+" in told
    assert "within 7 days, of 80 written to" in told
    rows = json.loads(call("lift", "--campaign", "pop_before_smtp", "--json"))
    assert [(row["outcome"], row["language"]) for row in rows][:2] == [("started", ""), ("started", "en")]
    assert Lift.objects.count() == len(rows) == 4


def test_lift_leaves_out_what_one_customer_asked_for():
    campaign = make_campaign(starts_on=TODAY)
    guide = make_mailing(campaign, kind="guide", only_for=make_holdout(campaign), period="2026-11-04-093000-000000")
    make_notice(guide, guide.only_for)
    assert json.loads(call("lift", "--campaign", "pop_before_smtp", "--json")) == []
    assert not Lift.objects.exists()


def test_one_day_is_one_day():
    campaign = make_campaign(starts_on=TODAY)
    mailing = make_mailing(campaign, planned_at=noon(TODAY - timedelta(days=20)))
    for number in range(80):
        slot = TODAY - timedelta(days=10 + number % 2)
        make_notice(mailing, make_holdout(campaign), slot_on=slot, ended_at=noon(slot))
    for ago in range(1, 21):
        cover(TODAY - timedelta(days=ago))
    assert "within 1 day, of 80 written to" in call("lift", "--campaign", "pop_before_smtp")
