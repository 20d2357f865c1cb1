"""The Celery application; settings come from Django, tasks from the `tasks` modules.

Only workers and beat load it: commands that need no queue start without.
"""

import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")  # the units of deploy/ name no settings
app = Celery("campaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["campaign", "notices"])
app.conf.beat_schedule = {
    "read the log files": {
        "task": "campaign.tasks.read_logs",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},  # a busy worker finds one request waiting, not a hundred: so below, too
    },
    "compare the clocks": {"task": "campaign.tasks.compare_clocks", "schedule": crontab(minute="25")},
    "begin the day": {"task": "campaign.tasks.begin_day", "schedule": crontab(hour="0", minute="10")},
    "keep nothing too long": {"task": "campaign.tasks.forget", "schedule": crontab(hour="0", minute="40")},
    "try the cut-off on past weeks": {
        "task": "campaign.tasks.compute_shadows",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "change many customers": {
        "task": "campaign.tasks.change_many",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    # Each hour of each day: what could not be sent on Monday morning is made up for.
    "mail the numbers of the week": {
        "task": "campaign.tasks.send_digests",
        "schedule": crontab(hour="8-18", minute="20"),
        "options": {"expires": 3000},
    },
    "count the days of some": {
        "task": "campaign.tasks.count_pasts",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    # Once more each hour: a morning on which nothing ran, or logs came late, is made up for.
    "plan the mailings": {"task": "notices.tasks.plan_mailings", "schedule": crontab(hour="8-16", minute="0")},
    "send what is due": {
        "task": "notices.tasks.send_due",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "send what was asked for": {
        "task": "notices.tasks.send_asked_for",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "settle what became of it": {
        "task": "notices.tasks.settle",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "count what the rounds did": {
        "task": "notices.tasks.count_rounds",
        "schedule": timedelta(minutes=1),  # to look whether it is time again
        "options": {"expires": 60},
    },
    "count how far notices got people": {
        "task": "notices.tasks.count_funnels",
        "schedule": timedelta(minutes=1),  # to look whether it is time again
        "options": {"expires": 60},
    },
    "count who would be written to": {
        "task": "notices.tasks.count_who_is_due",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "read the bounce mailbox": {
        "task": "notices.tasks.read_bounces",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "show that beat and a worker are at work": {
        "task": "notices.tasks.beat_the_heart",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
}
