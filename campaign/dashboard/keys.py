"""Single keys for who has a customer on the phone: the one list that the page, the dialog and the script go by.

A key without an address brings the focus to what the page marks with it (`data-key`), or follows that link.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.shell import show


@dataclass(frozen=True)
class Key:
    """`keys` are pressed one after the other; `route` is where they lead, or whose page they are for."""

    keys: str
    title: Callable[[], str]
    route: str
    leads: bool = False

    @property
    def url(self) -> str:
        return reverse(self.route) if self.leads else ""


KEYS = (
    Key("/", lambda: _("Find a customer"), "customers"),
    Key("n", lambda: _("In a list: to the next customer"), "customers"),
    Key("p", lambda: _("In a list: to the customer before"), "customers"),
    Key("c", lambda: _("On a customer's page: record a contact"), "customers"),
    Key("s", lambda: _("On a customer's page: what to read out on the phone"), "customers"),
    Key("g d", lambda: _("Go to the progress"), "progress", leads=True),
    Key("g c", lambda: _("Go to the customers"), "customers", leads=True),
    Key("g w", lambda: _("Go to the calls that customers wait for"), "call_backs", leads=True),
    Key("g m", lambda: _("Go to the mailings"), "mailings", leads=True),
    Key("g h", lambda: _("Go to the help"), "help", leads=True),
    Key("?", lambda: _("Show these keys"), "keys"),
)


def keys_for(opens: Callable[[str], bool]) -> list[Key]:
    """Those whose address opens for who reads the page."""
    return [key for key in KEYS if opens(reverse(key.route))]


def page(request: HttpRequest) -> HttpResponse:
    """The same list for those without script, and the switch."""
    return show(request, "keys.html", {})
