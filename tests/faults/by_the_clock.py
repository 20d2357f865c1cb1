"""The product's own programs by the world's clock: `python by_the_clock.py CLOCK celery|manage WORDS...`.

Beat asks more often than in production, and what it asked becomes void earlier; nothing else differs.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

import django
from faults.clock import Clock

ASKED = {
    "notices.tasks.send_due": timedelta(seconds=1),
    "notices.tasks.settle": timedelta(seconds=5),
    "campaign.tasks.read_logs": timedelta(seconds=5),
}
EXPIRES = {"expires": 5}  # as in production none waits for longer than until the next: many would leave no time to send


def hurry_beat() -> None:
    from campaign.celery import app

    jobs = app.conf.beat_schedule.items()
    app.conf.beat_schedule = {
        name: job | {"schedule": ASKED[job["task"]], "options": EXPIRES} for name, job in jobs if job["task"] in ASKED
    }
    assert len(app.conf.beat_schedule) == len(ASKED), "beat does not ask for all of these any more"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    Clock(Path(sys.argv.pop(1))).rule()
    django.setup()
    if sys.argv.pop(1) == "manage":
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    else:
        from celery.__main__ import main

        hurry_beat()
        sys.argv[1:1] = ["--app", "campaign.celery"]
        sys.exit(main())
