"""Mailings pause by themselves, and go on by themselves once the relay takes mail again; no other pause does."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Max
from relays import Relay, nobody_there, refusing, running
from rounds import at, clock, numbers, sending, state_of

from notices import mailings, pace, tasks
from notices.dispatch import send_batch, try_again
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis", "a_fast_pace")]
MORNING = at(10)


def send(mailing: Mailing, *, now=MORNING, limit: int = 100) -> int:
    return send_batch(mailing_id=mailing.pk, clock=clock(now), limit=limit)


def fresh(mailing: Mailing) -> Mailing:
    mailing.refresh_from_db()
    return mailing


def paused_for_the_relay(settings, holdouts: int = 3) -> Mailing:
    mailing = sending(holdouts)
    with nobody_there(settings):
        for _ in range(5):
            send(mailing)
    assert (fresh(mailing).state, mailing.pause_cause) == ("paused", "relay")
    return mailing


@pytest.fixture
def set_clock(monkeypatch):
    def to(now) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    return to


def test_a_relay_that_is_down_for_an_hour_pauses_the_mailing_and_it_goes_on_by_itself(settings, set_clock):
    mailing, now = sending(3), MORNING
    tried = []
    with nobody_there(settings):
        while now < MORNING + timedelta(hours=1):  # beat knocks every 15 seconds
            set_clock(now)
            tasks.send_due()
            if fresh(mailing).tries > len(tried):
                tried.append(now)
            now += timedelta(seconds=15)
    assert (mailing.state, mailing.pause_cause, "refused" in mailing.pause_reason) == ("paused", "relay", True)
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == sorted(waits)
    assert 5 <= len(tried) <= 8
    with running(Relay(), settings) as relay:
        while state_of(mailing) != "finished":
            assert now < MORNING + timedelta(minutes=76), "a quarter of an hour after the relay is back at the latest"
            set_clock(now)
            tasks.send_due()
            now += timedelta(seconds=15)
    assert len(relay.accepted) == len(set(relay.accepted)) == 3
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
    assert (fresh(mailing).pause_cause, mailing.pause_reason, mailing.try_again_at) == ("", "", None)


def test_a_pause_by_a_person_never_ends_by_itself(settings):
    mailing = sending()
    mailings.pause(mailing_id=mailing.pk, reason="lunch", now=MORNING)
    with running(Relay(), settings) as relay:
        assert not try_again(mailing_id=mailing.pk, clock=clock(MORNING + timedelta(hours=5)))
    assert (state_of(mailing), relay.connections) == ("paused", 0)
    assert (fresh(mailing).pause_cause, mailing.try_again_at) == ("person", None)


def test_a_person_can_make_a_pause_for_the_relays_sake_a_lasting_one(settings):
    mailing = paused_for_the_relay(settings)
    mailings.pause(mailing_id=mailing.pk, reason="we move the relay tonight", now=MORNING)
    with running(Relay(), settings) as relay:
        assert not try_again(mailing_id=mailing.pk, clock=clock(MORNING + timedelta(hours=1)))
    assert relay.connections == 0
    assert (fresh(mailing).pause_cause, mailing.pause_reason) == ("person", "we move the relay tonight")
    with pytest.raises(mailings.NotAllowed):
        mailings.pause(mailing_id=mailing.pk, reason="again", now=MORNING)


def test_a_person_can_resume_at_once_what_would_have_waited(settings):
    mailing = paused_for_the_relay(settings)
    mailings.resume(mailing_id=mailing.pk, now=MORNING)
    with running(Relay(), settings):
        assert send(mailing) == 3
    assert state_of(mailing) == "finished"


def test_a_cancelled_mailing_is_not_tried_again(settings):
    mailing = paused_for_the_relay(settings)
    mailings.cancel(mailing_id=mailing.pk, now=MORNING)
    with running(Relay(), settings) as relay:
        assert not try_again(mailing_id=mailing.pk, clock=clock(MORNING + timedelta(hours=1)))
    assert relay.connections == 0


def test_of_two_workers_one_tries(settings):
    mailing = paused_for_the_relay(settings)
    now = MORNING + timedelta(hours=1)
    assert [mailings.take_try(mailing_id=mailing.pk, now=now) for _ in range(2)] == [True, False]
    assert fresh(mailing).try_again_at == now + pace.try_after(1)


def test_a_try_costs_one_notice_at_most_and_a_deferring_relay_is_tried_later(settings):
    mailing = sending(12)
    with running(Relay(content=lambda envelope: "451 4.3.0 later"), settings) as relay:
        send(mailing)
        assert (fresh(mailing).state, mailing.pause_cause, mailing.pause_reason[-15:]) == (
            "paused",
            "relay",
            "451 4.3.0 later",
        )
        attempts = sum(Notice.objects.values_list("attempts", flat=True))
        connections = relay.connections
        now = mailing.try_again_at
        assert not try_again(mailing_id=mailing.pk, clock=clock(now))
        assert relay.connections == connections + 1
        assert sum(Notice.objects.values_list("attempts", flat=True)) == attempts + 1
    assert fresh(mailing).try_again_at == now + pace.try_after(1)
    with running(Relay(), settings):
        assert try_again(mailing_id=mailing.pk, clock=clock(mailing.try_again_at))
        assert state_of(mailing) == "sending"
        send(mailing, now=Notice.objects.aggregate(last=Max("send_after"))["last"])
    assert numbers(mailing).accepted == 12


def test_with_nothing_due_a_connection_is_enough(settings):
    mailing = paused_for_the_relay(settings)
    Notice.objects.update(send_after=at(16))
    with running(Relay(), settings) as relay:
        assert try_again(mailing_id=mailing.pk, clock=clock(MORNING + timedelta(hours=1)))
    assert (state_of(mailing), relay.connections, len(relay.letters)) == ("sending", 1, 0)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_pauses_and_the_right_one_ends_it(settings):
    from aiosmtpd.smtp import AuthResult

    def authenticator(server, session, envelope, mechanism, login):
        return AuthResult(success=(login.login, login.password) == (b"campaign", b"secret"), handled=False)

    mailing = sending(2)
    settings.RELAY_USER, settings.RELAY_PASSWORD = "campaign", "wrong"
    options = {"authenticator": authenticator, "auth_require_tls": False, "auth_required": True}
    with running(Relay(), settings, **options):
        for _ in range(5):
            send(mailing)
        assert (fresh(mailing).pause_cause, mailing.recent_attempts) == ("relay", "bbbbb")
        assert "RELAY_PASSWORD" in mailing.pause_reason
        assert not try_again(mailing_id=mailing.pk, clock=clock(mailing.try_again_at))
        settings.RELAY_PASSWORD = "secret"
        assert try_again(mailing_id=mailing.pk, clock=clock(fresh(mailing).try_again_at))
    assert Notice.objects.filter(state="accepted").count() == 1


def test_refusals_are_final_so_only_a_person_lets_more_of_them_happen(settings):
    mailing = sending(12)
    with running(Relay(recipient=refusing(reply="550 5.1.1 no such user")), settings) as relay:
        send(mailing)
        assert (fresh(mailing).state, mailing.pause_cause, mailing.try_again_at) == ("paused", "refusals", None)
        connections = relay.connections
        assert not try_again(mailing_id=mailing.pk, clock=clock(MORNING + timedelta(hours=5)))
    assert relay.connections == connections
    assert numbers(mailing).refused == 10


def test_a_text_that_fails_waits_for_a_person(settings):
    mailing = sending(2)
    settings.PROVIDER_NAME = {"en": "Mihon Net"}
    with running(Relay(), settings):
        send(mailing)
    assert (fresh(mailing).state, mailing.pause_cause, mailing.try_again_at) == ("paused", "text", None)
    assert set(Notice.objects.values_list("state", "attempts")) == {("waiting", 0)}


def test_too_many_connections_leave_those_that_there_are_and_count_for_nothing(settings):
    mailing = sending(3)
    working = pace.Place(url=settings.REDIS_URL)
    assert working.take()
    with running(Relay(greeting="421 4.3.2 too many connections"), settings) as relay:
        for _ in range(9):
            assert send(mailing) == 0
        assert relay.connections == 1, "the others stay away for a while"
    assert (fresh(mailing).state, mailing.recent_attempts) == ("sending", "")
    assert set(Notice.objects.values_list("state", "attempts")) == {("waiting", 0)}
    working.close()
    with running(Relay(), settings):
        assert send(mailing) == 3


def test_too_many_connections_without_any_of_ours_is_a_relay_in_trouble(settings):
    mailing = sending(3)
    with running(Relay(greeting="421 4.3.2 too many connections"), settings):
        for _ in range(5):
            send(mailing)
    assert (fresh(mailing).state, mailing.pause_cause) == ("paused", "relay")
    assert "421 4.3.2 too many connections" in mailing.pause_reason
    assert set(Notice.objects.values_list("state", "attempts")) == {("waiting", 0)}


@pytest.fixture(params=[False, True], ids=["one command at a time", "in groups"])
def in_groups(request) -> bool:
    return request.param


def test_a_pause_while_a_slow_relay_takes_a_letter_lets_no_other_go(settings, in_groups):
    mailing, now = sending(5), [MORNING]

    def takes_three_seconds(envelope):
        now[0] += timedelta(seconds=3)
        return "250 2.0.0 Ok: queued as 4XyzQ1"

    def somebody_pauses_meanwhile():
        if relay.letters and state_of(mailing) == "sending":
            mailings.pause(mailing_id=mailing.pk, reason="", now=now[0])
        return now[0]

    with running(Relay(in_groups=in_groups, content=takes_three_seconds), settings) as relay:
        send_batch(mailing_id=mailing.pk, clock=somebody_pauses_meanwhile, limit=5)
    assert len(relay.accepted) == 1
    assert sorted(Notice.objects.values_list("state", "attempts")) == [("accepted", 1)] + [("waiting", 0)] * 4


def test_a_slow_relay_gets_all_of_a_mailing(settings, in_groups):
    mailing, now = sending(5), [MORNING]

    def takes_three_seconds(envelope):
        now[0] += timedelta(seconds=3)
        return "250 2.0.0 Ok: queued as 4XyzQ1"

    with running(Relay(in_groups=in_groups, content=takes_three_seconds), settings) as relay:
        assert send_batch(mailing_id=mailing.pk, clock=lambda: now[0], limit=20) == 5
    assert len(relay.accepted) == len(set(relay.accepted)) == 5
    assert state_of(mailing) == "finished"
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
