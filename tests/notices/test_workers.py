"""Several workers at once, and workers that die: nobody gets two copies, nobody is forgotten."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from at_once import Other
from databases import database_url
from django.conf import settings as django_settings
from relays import Relay, running
from rounds import AFTERNOON, clock, numbers, sending, state_of
from waiting import until

from notices.deliveries import record
from notices.dispatch import send_batch
from notices.models import Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis", "a_fast_pace")]
ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")


def environment() -> dict[str, str]:
    own = {"DATABASE_URL": database_url(), "DATA": str(django_settings.DATA), "PYTHONPATH": str(ROOT)}
    return os.environ | own


def worker(mailing, settings) -> subprocess.Popen:
    relay = {"RELAY_HOST": settings.RELAY_HOST, "RELAY_PORT": str(settings.RELAY_PORT)}
    pace = {"NOTICE_PER_SECOND": str(settings.NOTICE_PER_SECOND)}
    command = [sys.executable, WORKER, str(mailing.pk), AFTERNOON.isoformat()]
    return subprocess.Popen(command, env=environment() | relay | pace, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def slowly(seconds: float):
    """For `content`: takes each letter, after so long."""

    def take(envelope) -> str:
        time.sleep(seconds)
        return "250 2.0.0 Ok: queued as 4XyzQ1"

    return take


def test_two_processes_on_one_mailing_send_nobody_twice(settings):
    mailing = sending(60)
    with running(Relay(), settings) as relay:
        workers = [worker(mailing, settings) for _ in range(2)]
        sent = [int(one.communicate(timeout=300)[0]) for one in workers]
    assert sum(sent) == 60
    assert len(relay.accepted) == len(set(relay.accepted)) == 60
    assert set(relay.message_ids().values()) == {1}
    assert numbers(mailing).accepted == 60
    assert state_of(mailing) == "finished"


def act_on(mailing, act: str) -> None:
    """By the command, as a process of its own."""
    command = [sys.executable, "manage.py", "mailings", act, "--campaign", "pop_before_smtp"]
    subprocess.run(command, env=environment(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(("act", "seconds"), [("pause", 0), ("cancel", 0.7)], ids=["pause", "cancel, slow relay"])
def test_pause_and_cancel_from_the_command_hold_within_five_seconds(settings, act, seconds):
    settings.NOTICE_PER_SECOND = 10_000 if seconds else 2
    in_five_seconds = int(5 / seconds) if seconds else 5 * 2  # a busy machine sends no more than an idle one
    mailing = sending(500)  # for minutes, in which the command can start
    with running(Relay(in_groups=True, content=slowly(seconds)), settings) as relay:
        working = worker(mailing, settings)
        until(lambda: len(relay.letters) > 2)
        act_on(mailing, act)
        done = len(relay.letters)
        working.communicate(timeout=300)
        assert len(relay.letters) - done <= in_five_seconds
    report = numbers(mailing)
    assert 0 < report.accepted == len(relay.accepted) == len(set(relay.accepted)) < report.planned
    assert report.waiting + report.withdrawn == report.planned - report.accepted
    assert not Notice.objects.filter(state="claimed").exists()


def test_resuming_from_the_command_lets_the_rest_go(settings):
    mailing = sending(20)
    act_on(mailing, "pause")
    with running(Relay(), settings) as relay:
        assert worker(mailing, settings).communicate(timeout=300)[0] == "0\n"
        act_on(mailing, "resume")
        assert worker(mailing, settings).communicate(timeout=300)[0] == "20\n"
    assert len(relay.accepted) == 20


def test_many_threads_keep_to_the_days_cap(settings):
    settings.NOTICE_DAILY_CAP = 25
    mailing = sending(40)

    def batches():
        for _ in range(4):
            send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=4)

    with running(Relay(), settings) as relay:
        threads = [Other(batches) for _ in range(4)]
        for thread in threads:
            thread.result()
        for _ in range(10):
            send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=4)
    assert len(relay.accepted) == len(set(relay.accepted)) == 25
    assert numbers(mailing).waiting == 15


def test_a_worker_killed_before_the_reply_leaves_one_unknown_and_the_others_go_on(settings):
    settings.NOTICE_PER_SECOND = 10
    mailing = sending(4)
    with running(Relay(answers=False), settings) as relay:
        dying = worker(mailing, settings)
        until(lambda: relay.letters)
        os.kill(dying.pid, signal.SIGKILL)
        dying.wait(60)
        assert numbers(mailing).waiting == 4
        assert Notice.objects.filter(state="claimed").count() == 1
        relay.answers = True
        send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=100)
    assert (numbers(mailing).accepted, numbers(mailing).waiting) == (3, 1)
    assert len(relay.accepted) == len(set(relay.accepted)) == 4
    record.settle(now=AFTERNOON + settings.NOTICE_LEASE)
    assert Notice.objects.filter(state="claimed").count() == 1
    record.settle(now=AFTERNOON + settings.NOTICE_LEASE * 2)
    assert (numbers(mailing).unknown, numbers(mailing).waiting) == (1, 0)
    assert "before it could write down" in Notice.objects.get(state="unknown").reply
