"""The way of the notices: of those written to, how many got how far. Read from what notices/funnel.py has counted."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign.dashboard import bars
from campaign.dashboard.breakdowns import percent
from campaign.dashboard.narrowing import Narrowed
from campaign.dashboard.shell import Choice
from campaign.dashboard.words import mailing_title
from campaign.models import Campaign
from notices import funnel

STEP_TITLES = {
    "sent": lambda: _("Notice sent"),
    "delivered": lambda: _("Delivered to the mailbox"),
    "visited": lambda: _("Opened the guide from the link"),
    "begun": lambda: _("Sent with SMTP-AUTH since"),
    "moved": lambda: _("Moved, for at least 7 days"),
}
STEP_CSS = {"sent": "silent", "delivered": "accepted", "visited": "mixed", "begun": "moving", "moved": "migrated"}


@dataclass(frozen=True)
class Step:
    title: str
    people: int
    share: str
    bar: Markup


@dataclass(frozen=True)
class Way:
    """`counted_at` is None before anything is counted; `steps` are also missing for a range that is not counted."""

    counted_at: datetime | None
    steps: list[Step]
    rounds: list[Choice]


def of(campaign: Campaign, reached: funnel.Kept | None, narrowed: Narrowed) -> Way:
    """`reached` is of all rounds together."""
    known = {str(mailing.pk): mailing for mailing in funnel.rounds(campaign)}
    mailing = known.get(narrowed.round)
    kept = funnel.kept(campaign, mailing.pk) if mailing else reached
    rounds = [Choice(_("All rounds"), narrowed.url(round=""), mailing is None)]
    rounds += [
        Choice(mailing_title(each.kind, each.period), narrowed.url(round=key), each is mailing)
        for key, each in known.items()
    ]
    counted = kept is not None and (not narrowed.range or narrowed.range in kept.by_range)
    return Way(kept and kept.counted_at, steps(kept.steps(narrowed)) if counted else [], rounds if known else [])


def steps(people: dict[str, int]) -> list[Step]:
    sent = people["sent"]
    return [
        Step(title(), people[name], percent(people[name], sent), bars.bar(people[name], sent, STEP_CSS[name]))
        for name, title in STEP_TITLES.items()
    ]
