"""A sending process of its own, for tests that kill it: `python worker.py MAILING NOW`."""

import os
import sys
import time
from datetime import datetime, timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
django.setup()

from notices.dispatch import send_batch  # noqa: E402

mailing_id, begin = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
started = time.monotonic()


def clock() -> datetime:
    return begin + timedelta(seconds=time.monotonic() - started)


print(send_batch(mailing_id=mailing_id, clock=clock, limit=1000))
