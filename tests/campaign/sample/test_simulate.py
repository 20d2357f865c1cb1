"""What the sample asks of the workers once its history is complete."""

import json

import redis
from django.conf import settings

from campaign.celery import app
from campaign.management.commands.simulate import Command


def asked_for() -> set[str]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        waiting = client.lrange("celery", 0, -1)
    return {json.loads(message)["headers"]["task"] for message in waiting}


def test_when_the_history_is_complete_what_beat_would_count_later_is_asked_for_at_once(db, empty_redis):
    Command().count()
    assert asked_for() == {"notices.tasks.count_rounds", "notices.tasks.count_funnels"}


def test_beat_looks_each_minute_whether_rounds_are_to_be_counted_anywhere():
    found = {
        each["task"]: each["schedule"].total_seconds()
        for each in app.conf.beat_schedule.values()
        if "count_" in each["task"]
    }
    assert found["notices.tasks.count_rounds"] == found["notices.tasks.count_funnels"] == 60
