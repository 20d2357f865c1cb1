"""A process of `round.py` that sends, as a Celery worker does: starts up, waits for a word, works until all is sent.

Its clock begins on a working day, so that the bench runs on any.
"""

import json
import os
import sys
import time
from datetime import timedelta

import django

django.setup()

from rounds import MORNING  # noqa: E402

from campaign.celery import app  # noqa: E402
from notices import pace  # noqa: E402
from notices.dispatch import send_batch  # noqa: E402
from notices.models import Mailing  # noqa: E402


def main() -> None:
    app.loader.import_default_modules()  # so that it is as large as one of `deploy/campaign-sender.service`
    mailing = Mailing.objects.filter(state=Mailing.State.SENDING).latest("pk").pk
    print("ready", flush=True)
    sys.stdin.readline()
    began, before = time.monotonic(), sum(os.times()[:2])

    def clock():
        return MORNING + timedelta(seconds=time.monotonic() - began)

    accepted = 0
    while Mailing.objects.filter(pk=mailing, state=Mailing.State.SENDING).exists():
        sent = send_batch(mailing_id=mailing, clock=clock, limit=pace.batch_limit())
        accepted += sent
        if not sent:
            time.sleep(0.05)  # the other one has the last of them
    ended = time.monotonic()
    print(json.dumps({"ended": ended, "accepted": accepted, "cpu": sum(os.times()[:2]) - before}))


if __name__ == "__main__":
    main()
