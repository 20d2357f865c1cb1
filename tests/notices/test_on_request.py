"""The guide to one customer who asks: at once, once, with the ledger's guarantees; over a real SMTP server."""

import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from builders import make_campaign, make_customer, make_holdout, make_user
from databases import database_url
from desk import make_suppression
from django.conf import settings as django_settings
from django.db import connection
from django.utils import translation
from relays import Relay, running
from rounds import AFTERNOON, DAY, at, clock, sending

from campaign.models import Customer, Exemption, Holdout, Standing
from campaign.plan.campaigns import NotPossible
from notices import lift, mailings, mutes, on_request, pace, planning, selection
from notices.dispatch import send_batch, try_again
from notices.models import Mailing, Mute, Notice, SendingDay
from notices.tasks import send_asked_for, send_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis", "a_fast_pace")]
NIGHT = at(22)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def holdout() -> Holdout:
    customer = make_customer("hanako@isp.example", language="en", client_program="thunderbird", name="Sato Hanako")
    return make_holdout(make_campaign(), customer)


def ask(holdout: Holdout, *, program: str = "", now=AFTERNOON) -> Notice:
    return on_request.send_guide(holdout_id=holdout.pk, program=program, user_id=None, now=now)


def sent(notice: Notice, settings, *, now=AFTERNOON, **given) -> list:
    with running(Relay(**given), settings) as relay:
        send_batch(mailing_id=notice.mailing_id, clock=clock(now), limit=1)
    return [message_from_bytes(letter, policy=policy.default) for letter in relay.letters]


def worker(mailing: Mailing, settings) -> subprocess.Popen:
    own = {"DATABASE_URL": database_url(), "DATA": str(django_settings.DATA), "PYTHONPATH": str(ROOT)}
    own |= {"RELAY_HOST": settings.RELAY_HOST, "RELAY_PORT": str(settings.RELAY_PORT)}
    command = [sys.executable, ROOT / "tests/notices/worker.py", str(mailing.pk), AFTERNOON.isoformat()]
    return subprocess.Popen(command, env=os.environ | own, cwd=ROOT, stdout=subprocess.PIPE)


def state(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def test_it_goes_at_once_with_the_steps_of_the_program_and_is_in_the_ledger(settings, holdout):
    notice = ask(holdout)
    (mail,) = sent(notice, settings)
    assert "What to do in Thunderbird" in mail.get_content() and mail["To"] == "hanako@isp.example"
    assert mail["Subject"].endswith("the steps you asked for") and mail["Message-ID"] == f"<{notice.message_id}>"
    assert state(notice) == "accepted"
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.kind, mailing.only_for) == ("finished", "guide", holdout)
    report = mailings.report(mailing_id=mailing.pk)
    assert (report.planned, report.accepted) == (1, 1)


def test_it_goes_at_night_and_on_a_holiday_when_no_round_does(settings, holdout):
    assert len(sent(ask(holdout, now=NIGHT), settings, now=NIGHT)) == 1
    new_year = at(10, day=date(2027, 1, 1))
    assert len(sent(ask(holdout, now=new_year), settings, now=new_year)) == 1


def test_a_full_day_does_not_hold_it_back_and_it_counts_in_the_days_cap(settings, holdout):
    settings.NOTICE_DAILY_CAP = 1
    round_of_day = sending(2, campaign=holdout.campaign, customers=[make_customer(), make_customer()])
    Mailing.objects.filter(pk=round_of_day.pk).update(hold_until=None)
    with running(Relay(), settings) as relay:
        assert send_batch(mailing_id=round_of_day.pk, clock=clock(AFTERNOON), limit=10) == 1
        notice = ask(Holdout.objects.order_by("pk").first())
        assert send_batch(mailing_id=notice.mailing_id, clock=clock(AFTERNOON), limit=1) == 1
    assert len(relay.letters) == 2
    assert SendingDay.objects.get(day=DAY).taken == 2
    assert pace.take_from_day(DAY, wanted=1, cap=1) == 0


def test_pressed_twice_it_goes_once_and_after_ten_minutes_again(settings, holdout):
    notice = ask(holdout)
    with pytest.raises(NotPossible, match="on its way"):
        ask(holdout, now=AFTERNOON + timedelta(seconds=1))
    sent(notice, settings)
    with pytest.raises(NotPossible, match="mailed at 16:30: within 10 minutes"):
        ask(holdout, now=AFTERNOON + timedelta(minutes=9))
    later = AFTERNOON + timedelta(minutes=11)
    assert len(sent(ask(holdout, now=later), settings, now=later)) == 1


def test_eight_presses_at_one_moment_make_one_notice(settings, holdout):
    ready, made, refused = threading.Barrier(8), [], []

    def press() -> None:
        try:
            ready.wait(120)
            made.append(ask(holdout))
        except NotPossible as error:
            refused.append(str(error))
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(8)]
    for each in presses:
        each.start()
    for each in presses:
        each.join(300)
    assert (len(made), len(refused)) == (1, 7)
    assert Mailing.objects.count() == Notice.objects.count() == 1


def exempt(holdout: Holdout) -> None:
    given = {"reason": "in hospital", "from_day": DAY, "until": DAY}
    Exemption.objects.create(campaign=holdout.campaign, customer=holdout.customer, **given)


def stand(standing: Standing):
    return lambda holdout: Holdout.objects.filter(pk=holdout.pk).update(standing=standing)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (exempt, "an exemption is in force"),
        (stand(Standing.MOVING), "has moved, the quiet days"),
        (stand(Standing.MIGRATED), "this customer has moved"),
        (lambda holdout: make_suppression(holdout.customer), "no mail reaches"),
        (lambda holdout: Customer.objects.update(contact_address="no address"), "this is not a mail address"),
        (lambda holdout: Customer.objects.update(contact_address="花子@isp.example"), "not ASCII"),
    ],
    ids=["exempt", "moving", "moved", "suppressed", "no address", "not ASCII"],
)
def test_who_is_not_to_be_written_to_is_refused_with_the_reason(holdout, change, reason):
    change(holdout)
    with pytest.raises(NotPossible, match=reason):
        ask(holdout)
    assert not Mailing.objects.exists()


def test_who_moves_between_the_press_and_the_sending_gets_none(settings, holdout):
    notice = ask(holdout)
    stand(Standing.MIGRATED)(holdout)
    assert not sent(notice, settings)
    assert (state(notice), notice.reply) == ("withdrawn", "has moved")


def test_who_wants_no_more_reminders_still_gets_the_guide_that_was_asked_for(settings, holdout):
    asked_before = ask(holdout)
    mutes.mute(holdout_id=holdout.pk, by=Mute.By.STAFF, now=AFTERNOON)
    assert len(sent(asked_before, settings)) == 1
    asked_after = ask(holdout, now=AFTERNOON + timedelta(hours=1))
    assert state(asked_after) == "waiting"


def test_after_the_cutoff_who_can_no_longer_send_still_gets_the_guide(settings, holdout):
    holdout.campaign.cutoff_on = DAY - timedelta(days=3)
    holdout.campaign.save()
    assert len(sent(ask(holdout), settings)) == 1
    with pytest.raises(NotPossible, match="closed for a month"):
        ask(holdout, now=AFTERNOON + timedelta(days=40))


def test_a_program_learnt_on_the_phone_is_the_customers_and_the_mail_has_its_steps(settings, holdout):
    notice = ask(holdout, program="iphone")
    (mail,) = sent(notice, settings)
    assert "What to do in" in mail.get_content() and "Thunderbird" not in mail.get_content()
    holdout.customer.refresh_from_db()
    assert (holdout.customer.client_program, holdout.customer.client_told_on) == ("iphone", DAY)
    with pytest.raises(NotPossible, match="no such guide"):
        ask(holdout, program="nothing", now=AFTERNOON + timedelta(hours=1))


def test_a_relay_that_is_away_is_tried_again_and_the_day_after_tomorrow_it_is_too_late(settings, holdout):
    notice = ask(holdout)
    assert not sent(notice, settings, recipient=lambda address: "450 4.2.0 later")
    assert state(notice) == "waiting"
    late = AFTERNOON + timedelta(days=2)
    mailings.tidy(now=late)
    assert (state(notice), notice.reply) == ("withdrawn", "the mailing had expired")


def test_a_worker_killed_after_the_claim_leaves_it_unknown_and_nobody_gets_two(settings, holdout):
    notice = ask(holdout)
    asked, killed = threading.Event(), threading.Event()

    def hang(envelope) -> str:
        asked.set()
        killed.wait(120)
        return "250 2.0.0 Ok: queued as 4XyzQ1"

    with running(Relay(content=hang), settings):
        working = worker(notice.mailing, settings)
        assert asked.wait(120)
        assert state(notice) == "claimed"
        working.send_signal(signal.SIGKILL)
        working.wait(60)
        killed.set()
    assert not sent(notice, settings, now=AFTERNOON + timedelta(minutes=1))
    with pytest.raises(NotPossible, match="on its way"):
        ask(holdout, now=AFTERNOON + timedelta(minutes=1))


def test_one_proved_not_to_have_gone_out_stays_away_where_it_was_asked_for_again(settings, holdout):
    first = ask(holdout)
    Notice.objects.filter(pk=first.pk).update(state="unknown", claimed_at=AFTERNOON)
    assert mailings.finish_if_done(mailing_id=first.mailing_id, now=AFTERNOON)
    assert mailings.reopen(mailing_id=first.mailing_id)
    mailings.finish_if_done(mailing_id=first.mailing_id, now=AFTERNOON)
    ask(holdout, now=AFTERNOON + timedelta(minutes=20))
    assert not mailings.reopen(mailing_id=first.mailing_id)


def test_it_is_no_round_begins_no_campaign_and_costs_nobody_the_reminder(settings, holdout):
    notice = ask(holdout)
    sent(notice, settings)
    assert selection.begun_on(holdout.campaign) is None
    assert lift.count_due(now=AFTERNOON) == 0
    facts = selection.facts_of(holdout, today=DAY)
    assert not facts & {selection.WhyNot.LATELY, selection.WhyNot.WRITTEN}
    reminder = planning.plan_reminder(campaign_id=holdout.campaign_id, today=DAY, now=AFTERNOON)
    assert [each.holdout for each in reminder.notices.all()] == [holdout]


def test_one_that_still_waits_costs_nobody_the_announcement(holdout):
    ask(holdout)
    assert selection.WhyNot.UNDER_WAY not in selection.facts_of(holdout, today=DAY)
    assert holdout in selection.due(holdout.campaign, today=DAY, kind="announcement")


def test_beat_sends_it_and_the_rounds_job_leaves_it_alone(settings, holdout, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", clock(NIGHT))
    ask(holdout, now=NIGHT)
    with running(Relay(), settings) as relay:
        send_due()
        assert not relay.letters
        send_asked_for()
        assert len(relay.letters) == 1


def test_who_mailed_it_is_kept(holdout):
    user = make_user("suzuki")
    on_request.send_guide(holdout_id=holdout.pk, program="", user_id=user.pk, now=AFTERNOON)
    assert Mailing.objects.get().planned_by == user


def test_a_relay_that_was_away_at_night_is_tried_again_at_night(settings, holdout):
    notice = ask(holdout, now=NIGHT)
    with running(Relay(greeting="554 5.3.2 not now"), settings):
        for minute in range(6):
            send_batch(mailing_id=notice.mailing_id, clock=clock(NIGHT + timedelta(minutes=minute)), limit=1)
    paused = Mailing.objects.get()
    assert (paused.state, paused.pause_cause) == ("paused", "relay")
    with running(Relay(), settings) as relay:
        assert try_again(mailing_id=paused.pk, clock=clock(NIGHT + timedelta(minutes=20)))
    assert len(relay.letters) == 1 and state(notice) == "accepted"
