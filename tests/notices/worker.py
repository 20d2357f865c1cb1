"""A sending process of its own, for tests that kill it: `python worker.py MAILING HOST PORT NOW`."""

import os
import sys
from datetime import datetime

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
django.setup()

from notices.dispatch import send_batch  # noqa: E402

mailing_id, now = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
print(send_batch(mailing_id=mailing_id, clock=lambda: now, limit=1000))
