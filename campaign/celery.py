"""The Celery application; settings come from Django, tasks from the `tasks` modules."""

from celery import Celery

app = Celery("campaign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["campaign", "notices"])
