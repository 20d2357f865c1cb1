"""The page for the board: what the benefit page says, on one sheet of paper (drawn in `board_paper.py`)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.dashboard import benefit, figures
from campaign.dashboard.forecast import foretold
from campaign.dashboard.progress import Progress, progress
from campaign.models import Campaign
from campaign.plan.forecast import Point


@dataclass(frozen=True)
class Board:
    """Numbers and sentences alone: nothing of it names a customer. In the language that was active.

    `left` is the burn-down up to the last day that was counted; `foretold` goes on from there.
    """

    provider: str
    campaign: str
    cutoff_on: date
    data_until: date
    made_at: datetime
    tiles: tuple[tuple[str, str, str], ...]  # what, how many, and beside it
    sentences: tuple[str, ...]
    lines: tuple[benefit.Line, ...]
    assumptions: tuple[tuple[str, str, str], ...]
    left: tuple[tuple[date, int], ...]
    foretold: tuple[Point, ...]


def board(campaign: Campaign, *, now: datetime) -> Board | None:
    """None before a week of evidence was read, or a day was counted."""
    today = timezone.localdate(now)
    weeks, found = benefit.weeks_of(today=today), progress(campaign=campaign, today=today, now=now)
    if not weeks or found.now is None:
        return None
    spent = benefit.spent_since(campaign.starts_on)
    in_words = foretold(found.counted_beside, campaign.cutoff_on)
    return Board(
        provider=settings.PROVIDER_NAME[get_language()],
        campaign=str(campaign),
        cutoff_on=campaign.cutoff_on,
        data_until=max(weeks[-1].until, found.now.day),
        made_at=now,
        tiles=tuple(_tiles(found)),
        sentences=(*benefit.sentences(campaign, weeks), *([in_words] if in_words else [])),
        lines=tuple(benefit.lines(spent, today=today)),
        assumptions=tuple(benefit.assumptions(spent, today=today)),
        left=tuple((totals.day, totals.left) for totals in found.history),
        foretold=found.told.points if found.told else (),
    )


def _tiles(found: Progress) -> list[tuple[str, str, str]]:
    """The same headline numbers as on the first page, each with a week ago beside it."""
    tiles = figures.tiles(found, found.now, found.week_before)
    return [(each.label, each.value, " · ".join(each.notes)) for each in tiles]


def file_name(campaign: Campaign, day: date, language: str) -> str:
    return f"board-{campaign.name.replace('_', '-')}-{day:%Y-%m-%d}-{language}.pdf"


def title(found: Board) -> str:
    return _("What the old way costs: %(campaign)s") % {"campaign": found.campaign}
