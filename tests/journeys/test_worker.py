"""What beat asks for every day, done by a real Celery worker on a real broker."""

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from builders import make_campaign, make_user
from django.db import connection
from django.utils import timezone
from journeys.people import ALONE, OWN_NETWORK, mailbox
from journeys.provider import wait_if_it_is_almost_midnight
from journeys.rotation import earlier
from waiting import until

from campaign.celery import app
from campaign.models import Holdout
from campaign.plan import calendar
from notices import mailings, planning
from notices.models import Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(settings, empty_redis, provider, tmp_path):
    """A worker process of two; its log says which tasks succeeded."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "SEGMENTS": str(tmp_path / "segments"),
        "LOG_FILES": str(tmp_path / "logs/*"),
        "OWN_NETWORKS": OWN_NETWORK,
        "RELAY_PORT": str(provider.postfix.relay_port),
        "NOTICE_FROM_HOUR": "0",
        "NOTICE_TO_HOUR": "24",
        "NOTICE_HOLD_MINUTES": "0",
    }
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "campaign", "worker", "--loglevel", "INFO", "--concurrency", "2"]
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=output, stderr=output)
    yield log
    process.send_signal(signal.SIGTERM)
    process.wait(120)


def ask(task: str, log: Path) -> None:
    """As beat does, by name; back when the worker has done it."""
    done = re.compile(rf"Task {re.escape(task)}\[[^]]+\] (succeeded|raised|retry)")
    before = len(done.findall(log.read_text()))
    app.send_task(task)
    until(lambda: len(done.findall(log.read_text())) > before, f"{task}\n{log.read_text()[-2000:]}")
    assert done.findall(log.read_text())[-1] == "succeeded", log.read_text()[-4000:]


def test_a_worker_does_what_beat_asks_for(worker, settings, provider, afternoon, tmp_path):
    wait_if_it_is_almost_midnight()
    today, now = timezone.localdate(), timezone.now()
    campaign = make_campaign(starts_on=today - timedelta(days=200), cutoff_on=today + timedelta(days=126))
    for log in afternoon.logs:
        earlier(log, tmp_path / "logs", days=3, now=now)
    ask("campaign.tasks.read_logs", worker)
    found = set(Holdout.objects.filter(campaign=campaign).values_list("customer__login", flat=True))
    assert found >= {mailbox(name) for name in ALONE}

    settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR, settings.NOTICE_DAILY_CAP = 0, 24, 1_000_000
    mailing = planning.plan_reminder(campaign_id=campaign.pk, today=today, now=now - timedelta(minutes=1))
    mailings.approve(mailing_id=mailing.pk, user_id=make_user("approver").pk, now=now)
    Notice.objects.update(send_after=now)
    ask("notices.tasks.send_due", worker)
    accepted = Notice.objects.filter(state=Notice.State.ACCEPTED).count()
    assert accepted == (len(found) if calendar.is_working_day(today) else 0)

    for task in {entry["task"] for entry in app.conf.beat_schedule.values()}:
        ask(task, worker)
