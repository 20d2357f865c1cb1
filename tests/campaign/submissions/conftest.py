import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def classify(tmp_path):
    """Runs `manage.py classify` over texts; returns the submissions as dictionaries."""

    def run(*texts: str, options: tuple[str, ...] = ()) -> list[dict]:
        log = tmp_path / "mail.log"
        log.write_text("".join(texts))
        return [json.loads(line) for line in command(log, log, *options).stdout.splitlines()]

    return run


def command(login_log, smtp_log, *options: str, **given) -> subprocess.CompletedProcess:
    words = [sys.executable, "manage.py", "classify", "--login-log", str(login_log), "--smtp-log", str(smtp_log)]
    words += ["--local-domain", "isp.example", "--time-zone", "Asia/Tokyo", "--year", "2026", *options]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, **given)


@pytest.fixture
def classify_command():
    return command
