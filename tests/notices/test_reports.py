from datetime import timedelta

import pytest
from rounds import at, numbers, plan, sending

from campaign.celery import app
from notices import mailings, reports
from notices.models import Mailing, Notice, ReportCounts

pytestmark = pytest.mark.django_db
NOW = at(10)


def shown(mailing, *, now) -> mailings.Report:
    return reports.shown(Mailing.objects.get(pk=mailing.pk), now=now)


def test_a_small_round_is_counted_when_somebody_looks():
    mailing = sending(2)
    assert reports.count_due(now=NOW) == 0
    Notice.objects.for_mailing(mailing).withdraw("moved", now=NOW)
    assert shown(mailing, now=NOW) == numbers(mailing)
    assert numbers(mailing).withdrawn == 2


def test_a_large_round_is_shown_as_the_job_counted_it(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 2)
    mailing = sending(3)
    assert reports.count_due(now=NOW) == 1
    counted = numbers(mailing)
    Notice.objects.for_mailing(mailing).withdraw("moved", now=NOW)
    assert shown(mailing, now=NOW + timedelta(minutes=1)) == counted != numbers(mailing)
    assert reports.count_due(now=NOW + timedelta(minutes=2)) == 1
    assert shown(mailing, now=NOW + timedelta(minutes=3)) == numbers(mailing)


def test_what_no_job_counts_any_more_is_counted_when_somebody_looks(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 0)
    mailing = sending(1)
    reports.count_due(now=NOW)
    Notice.objects.for_mailing(mailing).withdraw("moved", now=NOW)
    late = NOW + reports.TOO_OLD
    assert shown(mailing, now=late) == numbers(mailing)
    assert numbers(mailing).withdrawn == 1


def test_a_round_that_ended_long_ago_is_counted_once_a_day(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 0)
    mailing = sending(2)
    Mailing.objects.update(state="finished", ended_at=NOW)
    late = NOW + reports.ENDED + timedelta(minutes=1)
    assert reports.count_due(now=late) == 1
    counted = numbers(mailing)
    Notice.objects.for_mailing(mailing).withdraw("moved", now=late)
    later = late + reports.SELDOM_AFTER - timedelta(minutes=1)
    assert reports.count_due(now=later) == 0
    assert shown(mailing, now=later) == counted != numbers(mailing)
    assert reports.count_due(now=late + reports.SELDOM_AFTER) == 1
    assert shown(mailing, now=late + reports.SELDOM_AFTER) == numbers(mailing)
    gone = late + 2 * reports.SELDOM_AFTER + reports.TOO_OLD
    Notice.objects.all().delete()
    assert shown(mailing, now=gone) == numbers(mailing)  # where no job is at work


def test_until_then_it_is_counted_each_minute_and_none_waits_in_the_queue(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 0)
    sending(1)
    Mailing.objects.update(state="finished", ended_at=NOW)
    assert [reports.count_due(now=NOW + timedelta(minutes=minute)) for minute in range(3)] == [1, 1, 1]
    entry = next(each for each in app.conf.beat_schedule.values() if each["task"] == "notices.tasks.settle")
    assert entry["options"]["expires"] == entry["schedule"].total_seconds()


def test_the_newest_round_is_the_one_that_was_not_cancelled(monkeypatch):
    monkeypatch.setattr(reports, "LARGE", 0)
    first = plan(1)
    second = Mailing.objects.create(
        campaign=first.campaign, period="2027-01", planned_at=at(9), expires_on=NOW.date(), daily_cap=1
    )
    assert reports.newest([first, second]) == second
    mailings.cancel(mailing_id=second.pk, now=NOW)
    second.refresh_from_db()
    assert reports.newest([first, second]) == first
    assert reports.newest([second]) is None
    reports.count_due(now=NOW)
    assert [each.mailing_id for each in ReportCounts.objects.all()] == [first.pk]
