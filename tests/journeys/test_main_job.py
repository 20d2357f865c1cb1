"""The main job from one end to the other, on real servers: logs, standings, a round, mailboxes, dashboard."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from builders import make_campaign, make_user
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from journeys.clients import PASSWORD, Servers, Smtp, collect
from journeys.mailboxes import notices_of
from journeys.people import ALONE, AWAY, EVERYBODY, MOVED, OFFICE, OWN_NETWORK, OUTLOOK, a_message, mailbox
from journeys.rotation import Cut, earlier

from campaign.models import Campaign, DailyUse, Holdout, Standing, SubmissionClass
from campaign.plan import calendar
from notices import dispatch, mailings
from notices.deliveries import record
from notices.models import Mailing, Notice

pytestmark = [pytest.mark.daemons, pytest.mark.django_db(transaction=True)]

SURE = {mailbox(name) for name in (*ALONE, "zenji", "aoi", "dan", "eiji")}
ONLY_PROBABLE = {mailbox(name) for name in OFFICE}


@pytest.fixture
def product(settings, provider, live_server, tmp_path, empty_redis):
    """The settings of this provider; the day's notices go out within a second."""
    settings.OWN_NETWORKS = (ip_network(OWN_NETWORK),)
    settings.SEGMENTS = tmp_path / "segments"
    settings.RELAY_PORT = provider.postfix.relay_port
    settings.PUBLIC_URL = live_server.url
    settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR = 0, 24
    settings.NOTICE_DAILY_CAP, settings.NOTICE_PER_SECOND = 1_000_000, 1000


@pytest.fixture
def campaigns() -> tuple[Campaign, Campaign]:
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=200), "cutoff_on": today + timedelta(days=126)}
    return make_campaign(**dates), make_campaign(name="local_port25", **dates)


def ingest(*paths) -> None:
    call_command("ingest", *map(str, paths), verbosity=0)


def holdouts(campaign: Campaign) -> set[str]:
    return set(Holdout.objects.filter(campaign=campaign).values_list("customer__login", flat=True))


def daily_use() -> list[tuple]:
    return sorted(
        DailyUse.objects.values_list("customer__login", "submission_class", "day", "submissions", "confirmed")
    )


def on_a_working_day(now: datetime) -> datetime:
    """`now`, or the same time on the last working day: on other days no notice goes out."""
    days = (now - timedelta(days=days) for days in range(15))
    return next(day for day in days if calendar.is_working_day(timezone.localdate(day)))


def send_by_two_workers(mailing: Mailing) -> int:
    """Both at once on the same ledger; how many notices they sent together."""
    clock = lambda: on_a_working_day(timezone.now())  # noqa: E731

    def work(_) -> int:
        try:
            return dispatch.send_batch(mailing_id=mailing.pk, clock=clock, limit=100)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        return sum(workers.map(work, range(2)))


def test_standings_come_from_the_logs_of_two_days(product, campaigns, provider, afternoon, tmp_path):
    pop_before_smtp, local_port25 = campaigns
    now = timezone.now()
    ingest(*[earlier(log, tmp_path / "logs", days=4, now=now) for log in provider.logs])
    assert holdouts(pop_before_smtp) == SURE
    assert holdouts(local_port25) == {mailbox("yuki")}

    third_day = [earlier(log, tmp_path / "logs", days=3, now=now) for log in provider.logs]
    ingest(*third_day)
    assert holdouts(pop_before_smtp) == SURE | ONLY_PROBABLE, "probable evidence counts from the second day on"
    assert holdouts(local_port25) == {mailbox("yuki"), mailbox("wataru")}
    assert set(Holdout.objects.values_list("standing", flat=True)) == {Standing.HOLDOUT}
    authenticated = DailyUse.objects.filter(submission_class=SubmissionClass.SMTP_AUTH)
    assert set(authenticated.values_list("customer__login", flat=True)) == {mailbox(name) for name in MOVED}

    before = daily_use()
    for log in third_day:
        shutil.copy(log, tmp_path / f"renamed-{log.name}")
        ingest(tmp_path / f"renamed-{log.name}")
    assert daily_use() == before, "the same bytes under another name are nothing new"


def test_a_round_reaches_each_holdout_once(product, campaigns, provider, afternoon, tmp_path):
    campaign = campaigns[0]
    logged_so_far = Cut(provider.logs, tmp_path / "today")
    mailing = plan_and_approve(campaign, provider, tmp_path)
    assert send_by_two_workers(mailing) == len(SURE | ONLY_PROBABLE)
    provider.wait_for_empty_queue()

    ledger = dict(Notice.objects.values_list("holdout__customer__login", "message_id"))
    assert ledger.keys() == SURE | ONLY_PROBABLE
    for login in EVERYBODY:
        found = [mail["Message-ID"].strip("<>") for mail in notices_of(provider.dovecot, login)]
        assert [one for one in found if one in ledger.values()] == ([ledger[login]] if login in ledger else [])

    ingest(*logged_so_far.rest())
    record.settle(now=timezone.now())
    report = mailings.report(mailing_id=mailing.pk)
    assert (report.planned, report.accepted, report.delivered) == (len(ledger),) * 3
    assert report.refused == report.withdrawn == report.unknown == report.waiting == report.bounced == 0


def plan_and_approve(campaign: Campaign, provider, tmp_path) -> Mailing:
    now = timezone.now()
    for days in (4, 3):
        ingest(*[earlier(log, tmp_path / "logs", days=days, now=now) for log in provider.logs])
    planner, approver = make_user("planner"), make_user("approver")
    then = on_a_working_day(now)
    mailing = mailings.plan_reminder(
        campaign_id=campaign.pk,
        today=timezone.localdate(then),
        now=then - timedelta(minutes=1),
        planned_by_id=planner.pk,
    )
    with pytest.raises(mailings.NotAllowed):
        mailings.approve(mailing_id=mailing.pk, user_id=planner.pk, now=then)
    mailings.approve(mailing_id=mailing.pk, user_id=approver.pk, now=then)
    mailings.start(mailing_id=mailing.pk, now=then)
    return mailing
