"""All terms on one page, and what each page is for."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaign.dashboard.help.pages import PAGES
from campaign.dashboard.help.terms import GROUPS
from campaign.dashboard.shell import may_open, show

TITLES = {  # of the pages that can be opened from anywhere, in the order of the menu
    "progress": _("Progress"),
    "forecast": _("What is foretold"),
    "benefit": _("What the old way costs"),
    "unknown_programs": _("Unknown mail programs"),
    "customers": _("Customers"),
    "call_backs": _("Calls that customers wait for"),
    "delays": _("Who has asked for more time"),
    "unreachable": _("Whom no mail reaches"),
    "mailings": _("Mailings"),
    "plan": _("Plan of the mailings"),
    "texts": _("Texts"),
    "waves": _("Waves and rounds"),
    "desk": _("Help desk"),
    "cutoff": _("Trial cut-off"),
    "relays": _("Unexplained relays"),
    "sources": _("Sources"),
    "audit": _("Audit"),
}


def page(request: HttpRequest) -> HttpResponse:
    """Every term, and the pages that this person may open."""
    known = [(title, reverse(name), PAGES[name]) for name, title in TITLES.items()]
    pages = [(title, url, help) for title, url, help in known if may_open(request.user, url)]
    return show(request, "help.html", {"groups": GROUPS, "pages": pages})
