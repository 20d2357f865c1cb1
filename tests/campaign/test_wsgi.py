import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_web_worker_has_loaded_all_pages_before_its_first_request(tmp_path):
    loaded = "import sys, campaign.wsgi; print('campaign.dashboard.proof' in sys.modules, 'duckdb' in sys.modules)"
    given = {"cwd": ROOT, "env": {**os.environ, "DATA": str(tmp_path), "DEBUG": "1"}, "text": True}
    assert subprocess.check_output([sys.executable, "-c", loaded], **given).split() == ["True", "True"]
