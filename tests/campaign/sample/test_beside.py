"""Commands typed beside a run go by its settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

from campaign.sample import beside

ROOT = Path(__file__).parents[3]
ASK = (
    "import manage, os; manage.join_the_sample(); "
    "print(os.environ.get('NOTICE_FROM_HOUR'), os.environ.get('RELAY_PORT'))"
)


def asked(data: Path, **environment: str) -> str:
    given = {"PATH": os.environ["PATH"], "DATA": str(data)} | environment
    ran = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=given, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_a_command_goes_by_the_runs_settings_and_those_of_its_own_come_first(tmp_path):
    (tmp_path / "sample").mkdir()
    made = {"NOTICE_FROM_HOUR": "0", "RELAY_PORT": "41025", "SECRET_KEY": "hidden", "NOTICE_HTML": "true"}
    beside.write(tmp_path, made, inherited={"SECRET_KEY": "hidden", "NOTICE_HTML": "true"})
    assert asked(tmp_path) == "0 41025"
    assert asked(tmp_path, NOTICE_FROM_HOUR="9") == "9 41025"
    kept = json.loads((tmp_path / "sample" / "env.json").read_text())
    assert kept == {"NOTICE_FROM_HOUR": "0", "RELAY_PORT": "41025", "NOTICE_HTML": "true"}


def test_after_the_run_nothing_is_left_of_it(tmp_path):
    (tmp_path / "sample").mkdir()
    beside.write(tmp_path, {"NOTICE_FROM_HOUR": "0"}, inherited={})
    beside.remove(tmp_path)
    beside.remove(tmp_path)
    assert asked(tmp_path) == "None None"
