"""All addresses: the staff's below /staff/, the public pages below their language, mail programs' where they ask."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from campaign.dashboard.admin import site
from notices.pages.icon import icon
from notices.urls import asked_by_programs

urlpatterns = [
    path("favicon.ico", icon),
    path("i18n/", include("django.conf.urls.i18n")),
    path("staff/admin/", site.urls),
    path("staff/", include("campaign.dashboard.urls")),
    *asked_by_programs,
    *i18n_patterns(path("", include("notices.urls"))),
]
handler403 = "campaign.dashboard.errors.forbidden"
handler404 = "campaign.dashboard.errors.not_found"
handler429 = "campaign.dashboard.errors.too_many"  # allauth's name, when somebody tries to log in too often
handler500 = "campaign.dashboard.errors.failed"
