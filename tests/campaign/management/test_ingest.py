"""`manage.py ingest`, and `--follow`: from a line in the log to the customer's own page."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import make_campaign, noon
from databases import database_url
from django.core.management import CommandError, call_command
from django.utils import timezone
from loglines import login, message
from waiting import until

from campaign.customers.following import Follower
from campaign.management.commands.ingest import Command
from campaign.models import DailyUse, Holdout, LogFile
from campaign.turns import only_one
from notices import links
from notices.models import Mailing, Notice

ROOT = Path(__file__).resolve().parents[3]
HANAKO, HOME, FAR = "hanako@isp.example", "198.51.100.7", "friend@elsewhere.example"


@pytest.fixture
def log(tmp_path, settings) -> Path:
    settings.SEGMENTS = tmp_path / "segments"
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "mail.log"


def legacy(at: datetime) -> str:
    return login(HANAKO, HOME, at) + message(HOME, HANAKO, FAR, at=at + timedelta(minutes=1))


def moved(at: datetime) -> str:
    return message(HOME, HANAKO, FAR, at=at, sasl=HANAKO, tag="postfix/submission/smtpd")


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def personal_page(holdout: Holdout) -> str:
    today = timezone.localdate()
    values = {"campaign": holdout.campaign, "period": "2026-11", "planned_at": timezone.now()}
    mailing = Mailing.objects.create(expires_on=today + timedelta(days=30), daily_cap=10, **values)
    message_id = "notice.pbs.2026-11.482913057@isp.example"
    notice = Notice.objects.create(
        mailing=mailing,
        holdout=holdout,
        number="482913057",
        message_id=message_id,
        token_digest=links.digest(links.token_for(message_id)),
        language="en",
        send_after=noon(today),
    )
    return f"/en/p/{links.token_of(notice)}/"


@pytest.mark.django_db
def test_a_line_in_the_log_is_on_the_personal_page_after_one_pass(log, client, empty_redis):
    now, seconds = timezone.localtime(), [0]
    begin = now.replace(tzinfo=None) - timedelta(minutes=10)
    make_campaign(starts_on=now.date(), cutoff_on=now.date() + timedelta(days=90))
    append(log, legacy(begin))
    follower = Follower([log], now=now, clock=lambda: seconds[0])
    follower.step(now=now, today=now.date())
    page = personal_page(Holdout.objects.get())
    assert "Your mail still goes the old way." in client.get(page).text

    append(log, moved(begin + timedelta(minutes=5)))
    seconds[0] += 10  # the pause after the last attribution is over
    follower.step(now=now + timedelta(seconds=10), today=now.date())
    assert "Your mail still goes the old way." not in client.get(page).text


@pytest.mark.django_db
def test_while_the_worker_reads_the_follower_waits_and_without_redis_it_does_not(log, settings, empty_redis):
    now = timezone.localtime()
    append(log, legacy(now.replace(tzinfo=None) - timedelta(minutes=10)))
    follower = Follower([log], now=now)
    with only_one("read_logs"):
        Command().look(follower, now)
    assert not LogFile.objects.exists()
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    Command().look(follower, now)
    assert LogFile.objects.get().lines == 6


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_no_file_that_was_read(log, capsys):
    append(log, legacy(timezone.localtime().replace(tzinfo=None) - timedelta(minutes=10)))
    gone = log.with_name("nosuch.log")
    with pytest.raises(SystemExit):
        call_command("ingest", str(gone), str(log))
    told = capsys.readouterr()
    assert f"{gone}: No such file" in told.err and "nosuch.log" not in told.out
    assert "\n1 files read, " in told.out


@pytest.mark.django_db
def test_what_is_left_out_as_of_the_future_is_in_no_count_of_what_was_not_understood(log, capsys):
    begin = timezone.localtime().replace(tzinfo=None) - timedelta(minutes=10)
    append(log, legacy(begin) + "".join(legacy(begin).replace("Login: user=<", "Login user=<").splitlines(True)[:1]))
    append(log, "2099-01-01T00:00:00Z pop1 dovecot: pop3-login: Login user=<u>\n")
    with pytest.raises(SystemExit):
        call_command("ingest", str(log))
    told = capsys.readouterr().err
    assert (
        "time stamp in the future" in told and "1 of 2 lines of dovecot not understood, the first in line 7: " in told
    )
    call_command("sources")
    told = capsys.readouterr().out
    assert "2 lines, 1 not understood" in told and "not understood: 1 lines of dovecot" in told


def followed(log: Path, settings) -> subprocess.Popen:
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATA": str(settings.DATA),
        "SEGMENTS": str(settings.SEGMENTS),
        "REDIS_URL": settings.REDIS_URL,
    }
    command = [sys.executable, "manage.py", "ingest", "--follow", str(log)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def submissions() -> int:
    return sum(DailyUse.objects.values_list("submissions", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_is_killed_and_one_that_is_ended_lose_and_double_nothing(log, settings, empty_redis):
    begin = timezone.localtime().replace(tzinfo=None) - timedelta(hours=2)
    append(log, legacy(begin))
    first = followed(log, settings)
    try:
        until(lambda: submissions() == 1)
        append(log, moved(begin + timedelta(minutes=2)))
    finally:
        first.kill()
        first.wait(60)
    empty_redis.flushall()  # its turn would else run out a minute later
    append(log, moved(begin + timedelta(minutes=3)))
    log.rename(log.with_name("mail.log.1"))
    append(log, moved(begin + timedelta(minutes=4)))
    second = followed(log, settings)
    try:
        until(lambda: submissions() == 4)
        append(log, moved(begin + timedelta(minutes=5)))
        until(lambda: submissions() == 5)
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(120) == 0
    assert sorted(LogFile.objects.values_list("lines", flat=True)) == [10, 16]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no PATH given"),
        (["--follow"], "nothing to follow"),
        (["--follow", "-"], "standard input is not followed"),
        (["--follow", "--year", "2026", "mail.log"], "wanted no --year beside --follow"),
    ],
)
def test_what_cannot_be_read_or_followed_is_said(words, said, settings):
    settings.LOG_FILES = ()
    with pytest.raises(CommandError, match=said):
        call_command("ingest", *words)
