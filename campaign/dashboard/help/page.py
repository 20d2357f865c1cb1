"""All terms on one page, and what each page is for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.help.pages import PAGES
from campaign.dashboard.help.terms import GROUPS
from campaign.dashboard.shell import may_open, show

TITLES: dict[str, Callable[[], str]] = {  # of the pages that can be opened from anywhere, in the order of the menu
    "progress": lambda: _("Progress"),
    "forecast": lambda: _("What is foretold"),
    "benefit": lambda: _("What the old way costs"),
    "unknown_programs": lambda: _("Unknown mail programs"),
    "customers": lambda: _("Customers"),
    "call_backs": lambda: _("Calls that customers wait for"),
    "delays": lambda: _("Who has asked for more time"),
    "unreachable": lambda: _("Whom no mail reaches"),
    "mailings": lambda: _("Mailings"),
    "plan": lambda: _("Plan of the mailings"),
    "texts": lambda: _("Texts"),
    "waves": lambda: _("Waves and rounds"),
    "desk": lambda: _("Help desk"),
    "cutoff": lambda: _("Trial cut-off"),
    "relays": lambda: _("Unexplained relays"),
    "sources": lambda: _("Sources"),
    "audit": lambda: _("Audit"),
}


def page(request: HttpRequest) -> HttpResponse:
    """Every term, and the pages that this person may open."""
    known = [(title(), reverse(name), PAGES[name]) for name, title in TITLES.items()]
    pages = [(title, url, help) for title, url, help in known if may_open(request.user, url)]
    return show(request, "help.html", {"groups": GROUPS, "pages": pages})
