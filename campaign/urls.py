"""All addresses: the staff's below /staff/, the public pages below their language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("staff/", include("campaign.dashboard.urls")),
    *i18n_patterns(path("", include("notices.urls"))),
]
