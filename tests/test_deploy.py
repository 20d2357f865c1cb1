"""The files of deploy/, as systemd and the shell of install.md read them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
NOT_GIVEN = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")


@pytest.mark.parametrize("unit", ["beat", "worker", "sender"])
def test_celery_finds_its_settings_with_what_the_unit_gives_it(unit, tmp_path):
    started = re.search(r"^ExecStart=\S+/celery (--app \S+)", (DEPLOY / f"campaign-{unit}.service").read_text(), re.M)
    given = {name: value for name, value in os.environ.items() if name not in NOT_GIVEN} | {"DATA": str(tmp_path)}
    command = [sys.executable, "-m", "celery", *started[1].split(), "report"]
    found = subprocess.run(command, env=given, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "campaign.tasks.read_logs" in found.stdout


def test_a_shell_reads_of_the_environment_file_what_systemd_reads(tmp_path):
    example = DEPLOY / "campaign.env.example"
    command = ["sh", "-c", f"set -aeu; . {example}; env"]
    found = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")
    values = dict(line.partition("=")[::2] for line in found.stdout.splitlines())
    lines = [line for line in Path(example).read_text().splitlines() if line and not line.startswith("#")]
    for name, _, value in (line.partition("=") for line in lines):
        assert values[name] == value.strip("\"'")
