"""What of a customer's timeline the address asks for: one kind of entries, or a time up to today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard.shell import Choice, asked_campaign
from campaign.dashboard.timeline import Entry

PERIODS = (7, 30, 90, 365)  # days up to today
KINDS: dict[str, Callable[[], str]] = {  # what the timeline can be narrowed to
    "": lambda: _("Everything"),
    "log": lambda: _("Mail sent"),
    "notice": lambda: _("Notices"),
    "delivery": lambda: _("Delivery"),
    "visit": lambda: _("Visits"),
    "desk": lambda: _("Contacts and notes"),
    "standing": lambda: _("Changes"),
}


@dataclass(frozen=True)
class Narrowed:
    """What of the timeline is asked for; `days` 0 is all of it."""

    kind: str
    days: int
    campaign: str

    def url(self, address: str, **changes: object) -> str:
        given = {"campaign": self.campaign, "kind": self.kind, "days": self.days} | changes
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{address}?{query}#timeline" if query else f"{address}#timeline"

    def takes(self, entry: Entry, *, today: date) -> bool:
        lately = not self.days or entry.day > today - timedelta(days=self.days)
        return lately and self.kind in ("", entry.kind)


def narrowed(request: HttpRequest) -> Narrowed:
    kind, days = request.GET.get("kind", ""), request.GET.get("days", "")
    return Narrowed(
        kind=kind if kind in KINDS else "",
        days=int(days) if days in map(str, PERIODS) else 0,
        campaign=asked_campaign(request),
    )


def kinds(address: str, chosen: Narrowed) -> list[Choice]:
    return [Choice(title(), chosen.url(address, kind=kind), kind == chosen.kind) for kind, title in KINDS.items()]


def periods(chosen: Narrowed) -> list[Choice]:
    """The options of a select box (value as `url`)."""
    all_of_it = [Choice(_("All the time"), "", not chosen.days)]
    return all_of_it + [
        Choice(
            ngettext("the last %(days)s day", "the last %(days)s days", days) % {"days": days},
            str(days),
            days == chosen.days,
        )
        for days in PERIODS
    ]
