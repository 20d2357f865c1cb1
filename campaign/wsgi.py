"""The web server's door: `gunicorn campaign.wsgi`."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
application = get_wsgi_application()
# All pages are loaded, and what they read evidence with, before a worker takes requests: not while the first one waits.
get_resolver().url_patterns  # noqa: B018
from campaign.submissions.warm import load  # noqa: E402, which takes the settings

# Beside the first requests, which seldom need it: where nothing was compiled at set-up, it takes long.
loading = Thread(target=load, name="load the searches", daemon=True)
loading.start()
os.register_at_fork(before=loading.join)  # a child without the thread would wait for what it holds for ever
