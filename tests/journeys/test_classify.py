"""`classify` against what was really done: class, user and attribution of every message."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from journeys.people import DOMAIN, OWN_NETWORK, Sent
from journeys.provider import TIME_ZONE

CORPUS = Path(__file__).parents[1] / "corpus"
FOUND = "queue_id", "message_id", "class", "user", "attribution", "client_ip", "client_program", "auth_failed"


def classify(logins: Path, mail: Path, *, year: int) -> list[dict]:
    command = [sys.executable, settings.BASE_DIR / "manage.py", "classify", "--login-log", logins, "--smtp-log", mail]
    options = ["--local-domain", DOMAIN, "--own-network", OWN_NETWORK, "--default-domain", DOMAIN]
    done = subprocess.run(
        [*command, *options, "--year", str(year), "--time-zone", TIME_ZONE], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def plain(value):
    """Brackets around a Message-ID, and what stands for nothing, make no difference."""
    return value.strip("<>") if isinstance(value, str) else "" if value is None else value


def assert_all_found(sent: list[Sent], lines: list[dict]) -> None:
    wanted = {
        one.queue_id: (
            one.queue_id,
            one.message_id,
            one.submission_class,
            one.user,
            one.attribution,
            one.client_ip,
            one.client_program,
            one.auth_failed,
        )
        for one in sent
    }
    found = {line["queue_id"]: tuple(plain(line[name]) for name in FOUND) for line in lines}
    why = {one.queue_id: one.why for one in sent}
    wrong = [
        f"{why[key]}: wanted {wanted[key]}, found {found.get(key)}" for key in wanted if found.get(key) != wanted[key]
    ]
    assert not wrong, "\n".join(wrong)
    assert found.keys() == wanted.keys(), "these were never sent: " + str(found.keys() - wanted.keys())
    assert len(lines) == len(sent), "a message was counted twice"


@pytest.mark.daemons
def test_every_message_is_what_it_was(afternoon):
    lines = classify(*afternoon.logs, year=datetime.now(ZoneInfo(TIME_ZONE)).year)
    assert_all_found(afternoon.sent, lines)
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)


@pytest.mark.parametrize("name", ["real", "real-long-ids"])
def test_a_recorded_afternoon_is_what_it_was(name):
    folder = CORPUS / name
    truth = json.loads((folder / "truth.json").read_text())
    sent = [Sent(**one) for one in truth["submissions"]]
    assert_all_found(sent, classify(folder / "dovecot.log", folder / "postfix.log", year=truth["year"]))
