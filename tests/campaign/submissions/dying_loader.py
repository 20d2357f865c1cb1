"""A process that is killed between the old rows of a day and the new ones: `python dying_loader.py DAY`."""

import os
import signal
import sys
from datetime import date

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
django.setup()

from attributed import attributed, submission  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from campaign.submissions import daily  # noqa: E402


def die_before_the_new_rows(execute, statement, *others):
    if statement.lstrip().startswith("INSERT INTO campaign_dailyuse"):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(statement, *others)


with transaction.atomic(), connection.execute_wrapper(die_before_the_new_rows):
    daily.replace(attributed(submission("taro@isp.example")), date.fromisoformat(sys.argv[1]))
