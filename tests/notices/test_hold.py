"""The minutes after a start in which nothing goes out, whoever started it, and in which cancelling leaves nothing."""

from datetime import timedelta

import pytest
from builders import make_user
from relays import Relay, running
from rounds import at, clock, numbers, plan, state_of

from notices import ledger, mailings, tasks
from notices.dispatch import send_batch
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis", "a_fast_pace")]
HELD, ALMOST, OVER = at(10), at(10, 9) + timedelta(seconds=59), at(10, 10)


def approved(holdouts: int = 1) -> Mailing:
    mailing = plan(holdouts)
    mailings.approve(mailing_id=mailing.pk, user_id=make_user("taro").pk, now=at(8, 30))
    Notice.objects.update(send_after=at(9))
    return mailing


def started(holdouts: int = 1) -> Mailing:
    mailing = approved(holdouts)
    mailings.start(mailing_id=mailing.pk, now=HELD)
    return mailing


def send(mailing: Mailing, now) -> int:
    return send_batch(mailing_id=mailing.pk, clock=clock(now), limit=100)


def test_nothing_goes_out_in_the_hold_and_everything_after_it(settings):
    mailing = started(3)
    with running(Relay(), settings) as relay:
        assert [send(mailing, now) for now in (HELD, ALMOST)] == [0, 0]
        assert relay.connections == 0
        assert send(mailing, OVER) == 3


def test_in_the_hold_nothing_can_be_claimed_whatever_a_worker_believes():
    mailing = started(3)
    assert ledger.claim(mailing_id=mailing.pk, limit=3, now=ALMOST) == []
    assert len(ledger.claim(mailing_id=mailing.pk, limit=3, now=OVER)) == 3


def test_cancelling_in_the_hold_leaves_nothing_behind(settings):
    mailing = started(3)
    with running(Relay(), settings) as relay:
        send(mailing, ALMOST)
        mailings.cancel(mailing_id=mailing.pk, now=ALMOST)
        send(mailing, OVER)
    assert relay.accepted == []
    report = numbers(mailing)
    assert (report.planned, report.withdrawn, report.accepted, report.unknown) == (3, 3, 0, 0)


def test_what_starts_by_itself_is_held_like_everything_else(settings, monkeypatch):
    mailing = approved(2)
    with running(Relay(), settings) as relay:
        for now, accepted in ((HELD, 0), (ALMOST, 0), (OVER, 2)):
            monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
            tasks.send_due()
            assert len(relay.accepted) == accepted
    assert mailing.notices.filter(state="accepted").count() == 2


def test_a_pause_does_not_shorten_the_hold(settings):
    mailing = started()
    mailings.pause(mailing_id=mailing.pk, reason="wait", now=HELD)
    mailings.resume(mailing_id=mailing.pk, now=HELD + timedelta(minutes=2))
    with running(Relay(), settings):
        assert [send(mailing, now) for now in (ALMOST, OVER)] == [0, 1]


def test_a_mailing_that_was_paused_before_it_was_ever_started_is_held_when_it_is_resumed(settings):
    mailing = approved()
    mailings.pause(mailing_id=mailing.pk, reason="not yet", now=at(9))
    mailings.resume(mailing_id=mailing.pk, now=HELD)
    with running(Relay(), settings):
        assert [send(mailing, now) for now in (ALMOST, OVER)] == [0, 1]


def test_a_pause_in_the_middle_of_a_round_brings_no_new_hold(settings):
    mailing = started()
    mailings.pause(mailing_id=mailing.pk, reason="lunch", now=at(12))
    mailings.resume(mailing_id=mailing.pk, now=at(13))
    with running(Relay(), settings):
        assert send(mailing, at(13)) == 1


def test_who_wants_no_hold_has_none(settings):
    settings.NOTICE_HOLD = timedelta()
    mailing = started()
    assert not Mailing.objects.get().holds(HELD)
    with running(Relay(), settings):
        assert send(mailing, HELD) == 1
    assert state_of(mailing) == "finished"
