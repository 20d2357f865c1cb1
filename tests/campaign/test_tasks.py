from datetime import datetime, timedelta

import pytest
from builders import make_campaign
from django.conf import settings
from django.utils import timezone

from campaign import tasks
from campaign.celery import app
from campaign.customers import counts, past
from campaign.customers.chosen import Chosen
from campaign.cutoff import dryrun
from campaign.cutoff.dryrun import Question
from campaign.cutoff.weeks import Week
from campaign.models import Customer, DailyUse, Holdout, LogFile, StandingCount, WavePlan
from campaign.submissions import clocks
from campaign.submissions.intake import segments
from campaign.turns import only_one

pytestmark = pytest.mark.django_db


@pytest.fixture
def logs(tmp_path, settings, empty_redis):
    """A folder with the logs of one message by POP before SMTP, written an hour ago."""
    settings.LOG_FILES = (str(tmp_path / "*.log"),)
    settings.SEGMENTS = tmp_path / "segments"
    settings.LOCAL_DOMAINS = ("isp.example",)
    login, sent = timezone.now() - timedelta(minutes=62), timezone.now() - timedelta(minutes=60)
    _write(
        tmp_path / "dovecot.log", login, "dovecot: pop3-login: Login: user=<hanako@isp.example>, method=PLAIN, " + LOGIN
    )
    _write(tmp_path / "postfix.log", sent, *MESSAGE)
    return tmp_path


LOGIN = "rip=198.51.100.7, lip=192.0.2.25, mpid=4711, session=<abc>"
MESSAGE = (
    "postfix/smtpd[101]: connect from unknown[198.51.100.7]",
    "postfix/smtpd[101]: 3F2A14001B: client=unknown[198.51.100.7]",
    "postfix/cleanup[102]: 3F2A14001B: message-id=<a@pc.example>",
    "postfix/qmgr[103]: 3F2A14001B: from=<hanako@isp.example>, size=600, nrcpt=1 (queue active)",
    "postfix/smtp[104]: 3F2A14001B: to=<b@else.example>, relay=mx.else.example[203.0.113.5]:25, delay=1, "
    "delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
    "postfix/qmgr[103]: 3F2A14001B: removed",
    "postfix/smtpd[101]: disconnect from unknown[198.51.100.7]",
)


def _write(path, at: datetime, *lines: str) -> None:
    stamp = timezone.localtime(at).isoformat(timespec="microseconds")
    with open(path, "a") as file:
        file.writelines(f"{stamp} mx1 {line}\n" for line in lines)


def test_the_log_files_become_standings(logs):
    make_campaign()
    tasks.read_logs()
    [use] = DailyUse.objects.all()
    assert (use.customer.login, use.submission_class) == ("hanako@isp.example", "pop_before_smtp")
    assert Holdout.objects.get().standing == "holdout"
    assert StandingCount.objects.get(day=timezone.localdate(), standing="holdout").holdouts == 1


def test_a_new_holdout_is_drawn_for_a_wave(logs):
    today = timezone.localdate()
    values = {"waves": 3, "first_day": today, "days_between": 7, "seed": "lot", "decided_at": timezone.now()}
    WavePlan.objects.create(campaign=make_campaign(), **values, drawn=True)
    tasks.read_logs()
    assert Holdout.objects.get().wave in {1, 2, 3}


def test_beat_may_knock_again(logs):
    make_campaign()
    tasks.read_logs()
    before = list(DailyUse.objects.values()), list(Holdout.objects.values())
    tasks.read_logs()
    assert before == (list(DailyUse.objects.values()), list(Holdout.objects.values()))


def test_while_another_reads_nothing_happens(logs):
    with only_one("read_logs"):
        tasks.read_logs()
    assert not LogFile.objects.exists()


def test_a_file_that_is_no_log_does_not_keep_the_others_out(logs, caplog):
    (logs / "picture.log").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    tasks.read_logs()
    assert Customer.objects.get().login == "hanako@isp.example"
    assert "picture.log" in caplog.text


def test_a_question_about_a_past_week_is_answered_once(logs):
    make_campaign()
    tasks.read_logs()
    week = Week(timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 7))
    run = dryrun.ask(Question(week, dryrun.Rule.ALL), now=timezone.now())
    with only_one("compute_shadows"):
        tasks.compute_shadows()
    run.refresh_from_db()
    assert run.waiting and run.computed_at is None
    tasks.compute_shadows()
    run.refresh_from_db()
    assert not run.waiting and run.counts["with_auth"] == 0
    computed_at = run.computed_at
    tasks.compute_shadows()
    run.refresh_from_db()
    assert run.computed_at == computed_at


def test_a_new_day_begins_without_new_evidence(logs):
    make_campaign()
    tasks.begin_day()
    assert StandingCount.objects.filter(day=timezone.localdate()).count() == 6


def test_what_has_been_kept_for_long_enough_goes_whether_or_not_the_day_can_begin(logs, monkeypatch):
    tasks.read_logs()
    assert segments().days()
    now = timezone.now() + timedelta(days=settings.RETENTION_DAYS + 2)
    monkeypatch.setattr(tasks.timezone, "now", lambda: now)
    assert {"campaign.tasks.begin_day", "campaign.tasks.forget"} <= {
        each["task"] for each in app.conf.beat_schedule.values()
    }
    tasks.forget()
    assert not segments().days()


def test_no_more_than_one_request_of_a_kind_waits_for_a_busy_worker():
    often = [each for each in app.conf.beat_schedule.values() if isinstance(each["schedule"], timedelta)]
    assert often
    for each in often:
        assert each["options"]["expires"] <= each["schedule"].total_seconds(), each["task"]


def test_the_clocks_are_compared_on_yesterday_and_today(logs, monkeypatch):
    asked = []
    monkeypatch.setattr(clocks, "measure", asked.extend)
    tasks.compare_clocks()
    today = timezone.localdate()
    assert asked == [today - timedelta(days=1), today]


def test_beat_has_the_days_of_some_counted(empty_redis):
    campaign, today = make_campaign(), timezone.localdate()
    StandingCount.objects.create(campaign=campaign, day=today, standing="holdout", holdouts=0)
    some = Chosen(campaign.name, program="becky")
    assert past.known(campaign, some, last=today, now=timezone.now()) is None
    assert "campaign.tasks.count_pasts" in {each["task"] for each in app.conf.beat_schedule.values()}
    tasks.count_pasts()
    assert past.known(campaign, some, last=today, now=timezone.now()) == [(today, {})]


def test_what_changed_other_than_by_evidence_is_counted_when_the_logs_are_looked_at(logs):
    campaign = make_campaign()
    tasks.read_logs()
    before = counts.kept(campaign)
    tasks.read_logs()
    assert counts.kept(campaign) is before
    Holdout.objects.update(wave=3)
    counts.mark_stale(campaign.pk)
    tasks.read_logs()
    assert [cell.wave for cell in counts.kept(campaign).by_range[""]] == [3]
