import threading
from datetime import date, timedelta

import pytest
from at_once import Other
from builders import make_campaign, make_customer, make_holdout, make_user
from django.db import IntegrityError
from rounds import DAY, at, numbers, plan, sending, state_of, take
from waiting import PATIENCE

from notices import links, mailings, planning
from notices.models import Mailing, Notice, TextVersion
from notices.tasks import plan_mailings

pytestmark = pytest.mark.django_db


def test_a_plan_has_one_waiting_notice_for_each_who_is_due():
    campaign = make_campaign()
    due = [make_holdout(campaign), make_holdout(campaign, standing="mixed"), make_holdout(campaign, identified_on=DAY)]
    for standing in ("moving", "migrated", "silent", "exempt"):
        make_holdout(campaign, standing=standing)
    mailing = planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8))
    assert (mailing.state, mailing.period, mailing.planned_by) == ("planned", "2026-12", None)
    assert set(Notice.objects.values_list("holdout", flat=True)) == {holdout.pk for holdout in due}
    assert numbers(mailing).waiting == 3


def test_planning_twice_plans_once():
    mailing = plan(3)
    again = planning.plan_reminder(campaign_id=mailing.campaign_id, today=DAY + timedelta(days=9), now=at(9))
    assert again is None
    assert Notice.objects.count() == 3


def test_the_database_itself_allows_one_notice_per_mailing_and_holdout():
    mailing = plan()
    notice = Notice.objects.get()
    notice.pk, notice.number, notice.message_id, notice.token_digest = None, "x", "x", "x"
    with pytest.raises(IntegrityError):
        notice.save()
    assert mailing.notices


def test_nothing_is_planned_when_nobody_is_due():
    campaign = make_campaign()
    make_holdout(campaign, standing="migrated")
    assert planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8)) is None
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2027, 3, 31), date(2027, 4, 1)])
def test_nothing_is_planned_before_the_campaign_or_after_its_cut_off(today):
    campaign = make_campaign(starts_on=date(2026, 4, 1), cutoff_on=date(2027, 3, 31))
    make_holdout(campaign)
    assert planning.plan_reminder(campaign_id=campaign.pk, today=today, now=at(8, day=today)) is None


def test_notices_are_spread_by_the_daily_cap_in_an_order_that_is_the_mailings_own(settings):
    settings.NOTICE_DAILY_CAP = 10
    mailing = plan(25)
    days = [at.astimezone().date() for at in Notice.objects.order_by("send_after").values_list("send_after", flat=True)]
    assert [days.count(day) for day in sorted(set(days))] == [10, 10, 5]
    order = list(Notice.objects.order_by("send_after").values_list("holdout", flat=True))
    assert order != sorted(order)
    campaign = mailing.campaign
    mailing.delete()
    planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8))
    assert list(Notice.objects.order_by("send_after").values_list("holdout", flat=True)) == order


def test_a_mailing_expires_two_weeks_after_its_last_slot_and_before_the_cut_off():
    assert plan(campaign=make_campaign()).expires_on == date(2026, 12, 15)
    near = make_campaign(name="local_port25", cutoff_on=date(2026, 12, 10))
    assert plan(campaign=near).expires_on == date(2026, 12, 9)


def test_each_notice_has_a_number_a_message_id_and_a_link_of_its_own():
    plan(20)
    notices = list(Notice.objects.all())
    assert len({notice.number for notice in notices}) == 20
    assert all(len(notice.number) == 9 and notice.number.isdigit() for notice in notices)
    assert len({notice.message_id for notice in notices}) == 20
    assert all(notice.message_id.startswith("notice.pbs.2026-12.") for notice in notices)
    assert all(notice.message_id.endswith("@isp.example") for notice in notices)
    assert all(notice.token_digest == links.digest(links.token_of(notice)) for notice in notices)


def test_an_address_that_is_none_is_refused_in_the_plan_with_the_reason():
    mailing = plan(customers=[make_customer("nodomain"), make_customer()])
    refused = Notice.objects.get(state="refused")
    assert (refused.holdout.customer.login, refused.reply) == ("nodomain", "not sent: this is not a mail address")
    assert (numbers(mailing).refused, numbers(mailing).waiting) == (1, 1)


def test_who_still_has_a_notice_under_way_gets_no_second_one():
    mailing = sending(2)
    Mailing.objects.update(expires_on=date(2027, 1, 31))  # its cap was so small
    new = make_holdout(mailing.campaign)
    january = date(2027, 1, 5)
    next_one = planning.plan_reminder(campaign_id=mailing.campaign_id, today=january, now=at(8, day=january))
    assert [notice.holdout for notice in next_one.notices.all()] == [new]


def test_a_second_person_approves():
    keiko, taro = make_user("keiko"), make_user("taro")
    campaign = make_campaign()
    make_holdout(campaign)
    mailing = planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8), planned_by_id=keiko.pk)
    with pytest.raises(mailings.NotAllowed):
        mailings.approve(mailing_id=mailing.pk, user_id=keiko.pk, now=at(9))
    assert state_of(mailing) == "planned"
    mailings.approve(mailing_id=mailing.pk, user_id=taro.pk, now=at(9))
    mailing.refresh_from_db()
    assert (mailing.state, mailing.approved_by, mailing.approved_at) == ("approved", taro, at(9))


ACTS = {
    "approve": lambda pk, user: mailings.approve(mailing_id=pk, user_id=user.pk, now=at(9)),
    "start": lambda pk, user: mailings.start(mailing_id=pk, now=at(9)),
    "pause": lambda pk, user: mailings.pause(mailing_id=pk, reason="lunch", now=at(9)),
    "resume": lambda pk, user: mailings.resume(mailing_id=pk, now=at(9)),
    "cancel": lambda pk, user: mailings.cancel(mailing_id=pk, now=at(9)),
}
ALLOWED = {
    ("planned", "approve"): "approved",
    ("planned", "cancel"): "cancelled",
    ("approved", "start"): "sending",
    ("approved", "pause"): "paused",
    ("approved", "cancel"): "cancelled",
    ("sending", "start"): "sending",  # it has started by itself
    ("sending", "pause"): "paused",
    ("sending", "cancel"): "cancelled",
    ("paused", "resume"): "sending",
    ("paused", "cancel"): "cancelled",
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", Mailing.State.values)
def test_each_state_allows_its_own_steps_and_no_others(state, act):
    mailing, user = plan(), make_user("taro")
    Mailing.objects.update(state=state, pause_cause="person" if state == "paused" else "")
    if (state, act) in ALLOWED:
        ACTS[act](mailing.pk, user)
    else:
        with pytest.raises(mailings.NotAllowed):
            ACTS[act](mailing.pk, user)
    assert state_of(mailing) == ALLOWED.get((state, act), state)


def test_cancelling_withdraws_what_waits():
    mailing = sending(3)
    mailings.cancel(mailing_id=mailing.pk, now=at(10))
    assert numbers(mailing).withdrawn == 3
    assert set(Notice.objects.values_list("reply", flat=True)) == {"the mailing was cancelled"}


def test_a_notice_that_comes_back_after_the_mailing_was_cancelled_does_not_wait_for_ever():
    mailing = sending()
    notice = Notice.objects.get()
    take(notice, now=at(10))
    mailings.cancel(mailing_id=mailing.pk, now=at(10))
    assert notice.put_back("450 later", send_after=at(10, 5))
    assert numbers(mailing).waiting == 1
    mailings.tidy(now=at(10, 1))
    assert numbers(mailing).withdrawn == 1


@pytest.mark.parametrize(("state", "reply"), [("cancelled", "the mailing was cancelled"), ("finished", "expired")])
def test_what_comes_back_days_after_the_end_is_withdrawn_by_the_look_at_all(state, reply, monkeypatch):
    mailing = sending(2)
    Mailing.objects.update(state=state, ended_at=at(9))
    late = at(9) + mailings.LATELY + timedelta(minutes=1)
    mailings.tidy(now=late)
    assert numbers(mailing).waiting == 2  # looked at every few seconds are those that ended lately
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    plan_mailings()
    assert numbers(mailing).withdrawn == 2
    assert all(reply in each for each in Notice.objects.values_list("reply", flat=True))


def test_what_is_open_is_not_withdrawn_by_the_look_at_all():
    mailing = sending(2)
    mailings.let_nothing_wait(Mailing.objects.all(), now=at(10))
    assert numbers(mailing).waiting == 2


def test_pausing_keeps_the_reason_and_resuming_forgets_it():
    mailing = sending()
    Mailing.objects.update(recent_attempts="ccccc")
    mailings.pause(mailing_id=mailing.pk, reason="x" * 400, now=at(10))
    mailing.refresh_from_db()
    assert (mailing.paused_at, len(mailing.pause_reason)) == (at(10), 300)
    mailings.resume(mailing_id=mailing.pk, now=at(11))
    mailing.refresh_from_db()
    assert (mailing.paused_at, mailing.pause_reason, mailing.recent_attempts) == (None, "", "")
    assert mailing.started_at == at(9)


def test_a_claimed_notice_keeps_its_mailing_open_and_an_unknown_one_does_not():
    mailing = sending()
    take(Notice.objects.get(), now=at(10))
    assert not mailings.finish_if_done(mailing_id=mailing.pk, now=at(10))
    Notice.objects.update(state="unknown")
    assert mailings.finish_if_done(mailing_id=mailing.pk, now=at(11))
    assert state_of(mailing) == "finished"
    assert numbers(mailing).unknown == 1


@pytest.mark.parametrize("state", ["planned", "approved", "sending", "paused"])
def test_what_has_expired_ends_whatever_its_state(state):
    mailing = plan(2)
    Mailing.objects.update(state=state)
    mailings.tidy(now=at(23, 59, day=mailing.expires_on))
    assert state_of(mailing) == state
    mailings.tidy(now=at(0, day=mailing.expires_on + timedelta(days=1)))
    assert state_of(mailing) == "finished"
    assert numbers(mailing).withdrawn == 2


def test_the_report_counts_one_mailing_alone():
    first, other = plan(2), plan(3, campaign=make_campaign(name="local_port25"))
    assert (numbers(first).planned, numbers(other).planned) == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_the_same_moment_make_one_plan():
    campaign = make_campaign()
    for _ in range(30):
        make_holdout(campaign)
    begin, made = threading.Barrier(2), []

    def planner():
        begin.wait(PATIENCE)
        made.append(planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8)))

    for one in [Other(planner) for _ in range(2)]:
        one.result()
    assert sorted(mailing is None for mailing in made) == [False, True]
    assert Notice.objects.count() == 30


def test_the_newest_approved_texts_can_be_taken_before_the_start_and_the_approval_lapses():
    mailing = plan()
    about = {"campaign": mailing.campaign, "kind": mailing.kind, "language": "ja", "number": 1}
    text = TextVersion.objects.create(**about, subject="x", body="x", written_at=at(8), approved_at=at(8))
    mailings.approve(mailing_id=mailing.pk, user_id=make_user("hanako").pk, now=at(8))
    mailings.take_texts(mailing_id=mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.text_ja, mailing.text_en) == ("planned", text, None)
    assert (mailing.approved_at, mailing.approved_by) == (None, None)


def test_what_has_been_started_keeps_its_texts():
    mailing = sending()
    with pytest.raises(mailings.NotAllowed):
        mailings.take_texts(mailing_id=mailing.pk)
    assert state_of(mailing) == "sending"


def test_a_start_that_comes_after_the_start_changes_nothing():
    mailing = sending()
    assert mailings.start(mailing_id=mailing.pk, now=at(15)) is False
    before = (mailing.started_at, mailing.hold_until)
    mailing.refresh_from_db()
    assert (mailing.started_at, mailing.hold_until) == before
