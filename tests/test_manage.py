"""The operator's door as a process."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


def test_a_reader_that_has_enough_is_no_error(tmp_path):
    """As `manage.py mailings list | head` ends."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "help"]
    environment = os.environ | {"DATA": str(tmp_path), "DEBUG": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        process.stdout.close()
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (1, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        ({"PUBLIC_URL": "https://guide.isp.example"}, "SECRET_KEY is not set"),
        ({"PUBLIC_URL": "https://guide.isp.example", "SAMPLE": "1"}, ""),
        ({"PUBLIC_URL": "https://guide.isp.example", "SECRET_KEY": "50 random ones"}, ""),
        ({"EMBEDDED": "0"}, "SECRET_KEY is not set"),
    ],
)
def test_the_key_that_everybody_knows_is_for_this_machine_alone(tmp_path, given, said):
    kept = {name: value for name, value in os.environ.items() if name not in ("EMBEDDED", "SECRET_KEY", "PUBLIC_URL")}
    command = [sys.executable, "-c", "import campaign.settings"]
    found = subprocess.run(
        command, env=kept | {"DATA": str(tmp_path)} | given, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert (found.returncode == 0, said in found.stderr) == (not said, True), found.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"WINDOW_MINUTES": "half an hour"}, "WINDOW_MINUTES='half an hour': wanted"),
        ({"DATABASE_URL": "postgresql://campaign@127.0.0.1:1/campaign"}, "port 1 failed"),
    ],
    ids=["a wrong setting", "the database is away"],
)
def test_what_the_operator_can_set_right_is_said_without_a_traceback(tmp_path, given, said):
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "progress", "--campaign", "pop_before_smtp"]
    environment = os.environ | {"DATA": str(tmp_path)} | given
    short = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (short.returncode, said in short.stderr, "Traceback" in short.stderr) == (1, True, False), short.stderr
    whole = subprocess.run([*command, "--traceback"], env=environment, capture_output=True, text=True)
    assert said in whole.stderr and "Traceback" in whole.stderr
