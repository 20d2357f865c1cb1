"""`manage.py bounce` as a mail server starts it: a process with a message on its standard input."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from maillog import accepted
from returned import dsn, sender_of
from rounds import AFTERNOON, sending, take

from notices import tasks
from notices.models import Delivery, Notice, ReturnedMail

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"

FAILED = b"taken in: a delivery that failed"


def database_url() -> str:
    found = connection.settings_dict
    if connection.vendor != "postgresql":
        return f"sqlite:///{found['NAME']}"
    user, password, host = (quote(found[name], "") for name in ("USER", "PASSWORD", "HOST"))
    return f"postgresql://{user}:{password}@{host}:{found['PORT']}/{found['NAME']}"


def bounce(content: bytes, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    given = {**os.environ, "DATABASE_URL": database_url(), **environment}
    command = [sys.executable, str(MANAGE), "bounce", *arguments]
    return subprocess.run(command, input=content, env=given, capture_output=True, timeout=300)


@pytest.fixture
def notice(transactional_db) -> Notice:
    return accepted(sending().notices.get(), AFTERNOON)


def test_a_message_on_standard_input_is_taken_in(notice):
    done = bounce(dsn(sender_of(notice)))
    assert (done.returncode, done.stdout.strip()) == (0, FAILED)
    assert Delivery.objects.get().fate == "bounced"


def test_the_recipient_comes_from_the_transport_or_the_environment(notice):
    assert bounce(dsn("x@isp.example"), f"--recipient={sender_of(notice)}").stdout.strip() == FAILED
    assert bounce(dsn("x@isp.example"), ORIGINAL_RECIPIENT=sender_of(notice)).stdout.strip() == FAILED
    assert ReturnedMail.objects.count() == 1


def test_what_is_nobody_s_is_refused_without_a_bounce(notice):
    done = bounce(dsn("notice+0123456789abcdef01234567@isp.example"))
    assert (done.returncode, done.stdout.strip()) == (0, b"not taken in: it names no notice of ours")


def test_more_than_it_wants_to_see_is_read_to_the_end(notice):
    assert bounce(dsn(sender_of(notice)) + b"x" * (9 << 20)).returncode == 0


@pytest.mark.parametrize("content", [b"", b"\0\xff\n" * 1000])
def test_what_is_no_message_is_no_trouble(transactional_db, content):
    assert bounce(content).returncode == 0


@pytest.mark.parametrize(
    "url", ["postgresql://nobody:nothing@127.0.0.1:9/nowhere", "sqlite:////nowhere/at/all.sqlite3"]
)
def test_without_its_database_it_asks_the_mail_server_to_keep_the_message(url):
    done = bounce(b"To: x@isp.example\n\n", DATABASE_URL=url)
    assert done.returncode == 75
    assert b"not yet" in done.stderr


def test_a_notice_that_is_just_being_sent_is_kept_too(transactional_db):
    notice = sending().notices.get()
    take(notice, now=AFTERNOON)
    assert bounce(dsn(sender_of(notice))).returncode == 75


@pytest.fixture
def home(tmp_path) -> Path:
    """An installation as `deploy/bounce.sh` expects one."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / ".venv/bin/python").chmod(0o755)
    (tmp_path / "manage.py").symlink_to(MANAGE)
    (tmp_path / "campaign.env").write_text(f"DATABASE_URL='{database_url()}'\n")
    return tmp_path


def by_script(home: Path, content: bytes, *arguments: str) -> int:
    script = MANAGE.parent / "deploy/bounce.sh"
    given = {**os.environ, "CAMPAIGN_HOME": str(home), "CAMPAIGN_ENV": str(home / "campaign.env")}
    return subprocess.run([script, *arguments], input=content, env=given, capture_output=True, timeout=300).returncode


def test_the_script_for_postfix_hands_the_message_on(notice, home):
    assert by_script(home, dsn("x@isp.example"), "--recipient", sender_of(notice)) == 0
    assert Delivery.objects.get().fate == "bounced"


@pytest.mark.parametrize("missing", [".venv/bin/python", "manage.py", "campaign.env"])
def test_a_broken_installation_loses_no_message(transactional_db, home, missing):
    (home / missing).unlink()
    assert by_script(home, b"To: x@isp.example\n\n") == 75


def test_wrong_settings_lose_no_message(transactional_db, home):
    (home / "campaign.env").write_text("NOTICE_PER_SECOND=many\n")
    assert by_script(home, b"To: x@isp.example\n\n") == 75


def test_a_mailbox_is_read_by_the_command_and_by_the_clock(notice, tmp_path, settings, capsys, empty_redis):
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    (tmp_path / "box/new/1.a.b").write_bytes(dsn(sender_of(notice)))
    call_command("bounce", mailbox=f"maildir:{tmp_path / 'box'}")
    assert capsys.readouterr().out.strip() == "1 read (failed: 1), 0 left for the next time"
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path / 'box'}"
    (tmp_path / "box/new/2.a.b").write_bytes(b"To: x@isp.example\n\n")
    tasks.read_bounces()
    assert sorted(ReturnedMail.objects.values_list("kind", flat=True)) == ["failed", "foreign"]


def test_a_mailbox_that_is_away_is_told_in_the_log(settings, caplog, empty_redis):
    settings.BOUNCE_MAILBOX = "maildir:/nowhere/at/all"
    tasks.read_bounces()
    assert "no maildir" in caplog.text
    settings.BOUNCE_MAILBOX = ""
    caplog.clear()
    tasks.read_bounces()
    assert not caplog.text
