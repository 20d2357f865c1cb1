#!/usr/bin/env python3
"""The operator's door to the product: `python manage.py help` lists the commands."""

import gc
import json
import os
import sys
from pathlib import Path


def main() -> None:
    if sys.argv[1:2] != ["run"]:
        join_the_sample()
    gc.disable()  # nothing that is imported is garbage; notices/apps.py, the last to be ready, turns it on
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        sys.exit(1)
    except (ImproperlyConfigured, OperationalError) as error:  # a wrong setting, or the database is away
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error).strip())


def join_the_sample() -> None:
    """Where `make run` is at work in DATA, go by its settings, as its pages do (campaign/sample/beside.py)."""
    told = Path(os.environ.get("DATA") or Path(__file__).parent / "var", "sample", "env.json")
    if told.is_file():
        for name, value in json.loads(told.read_text()).items():
            os.environ.setdefault(name, value)


if __name__ == "__main__":
    main()
