"""The operator's door as a process."""

import os
import subprocess
import sys

from django.conf import settings


def test_a_reader_that_has_enough_is_no_error(tmp_path):
    """As `manage.py mailings list | head` ends."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "help"]
    environment = os.environ | {"DATA": str(tmp_path), "DEBUG": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        process.stdout.close()
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (1, "")
