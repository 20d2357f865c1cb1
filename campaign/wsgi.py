"""The web server's door: `gunicorn campaign.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
application = get_wsgi_application()
# All pages are loaded, and what they read evidence with, before a worker takes requests: not while the first one waits.
get_resolver().url_patterns  # noqa: B018
