"""A campaign's progress as people see it: tiles, charts, and tables whose rows lead to the customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from campaign.dashboard import charts, todo, words
from campaign.jinja import count, day
from campaign.models import Standing
from campaign.plan.forecast import Point

if TYPE_CHECKING:  # progress.py is the page and imports this module
    from campaign.dashboard.progress import Progress, Totals

# In this order the stacked bar and the tables show where holdouts stand: what is left first.
ORDER = (Standing.HOLDOUT, Standing.MIXED, Standing.SILENT, Standing.MOVING, Standing.MIGRATED, Standing.EXEMPT)


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    notes: tuple[str, ...]
    css: str = ""
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table: a name, how many, what share of all, and the list of just these."""

    title: str
    url: str
    holdouts: int
    share: str
    change: str
    bar: Markup
    css: str = ""


def of(progress: Progress) -> dict[str, object]:
    """What the template shows of `progress`; only the data time before there is any evidence."""
    if progress.now is None:
        return {"tiles": [], "tasks": []}
    return {
        "tasks": todo.tasks(progress),
        "tiles": tiles(progress, progress.now, progress.week_before),
        "burn_down": burn_down(progress, progress.now),
        "weeks": progress.history[::-7],
        "standings": standings(progress, progress.now, progress.week_before),
        "standings_bar": standings_bar(progress.now),
        "reasons": [
            _row(words.reason_title(name), holdouts, progress, reason=name or words.UNKNOWN)
            for name, holdouts in progress.reasons.items()
        ],
        "programs": [
            _row(words.program_title(name), holdouts, progress, program=name or words.UNKNOWN)
            for name, holdouts in progress.programs.items()
        ],
    }


def percent(part: float, whole: float = 1) -> str:
    """With one decimal; nearly all is never shown as all, and a few never as none."""
    if not whole:
        return "0.0%"
    value = round(100 * part / whole, 1)
    if value in {0, 100}:
        value = 99.9 if value == 100 and part < whole else 0.1 if value == 0 and part else value
    return f"{value:.1f}%"


def signed(number: int) -> str:
    return ("+" if number > 0 else "−" if number < 0 else "±") + count(abs(number))


def list_url(campaign: str, **filters: str) -> str:
    return f"{reverse('customers')}?{urlencode({'campaign': campaign, **filters})}"


def tiles(progress: Progress, now: Totals, before: Totals | None) -> list[Tile]:
    def week(value: int, value_before: int | None) -> tuple[str, ...]:
        if value_before is None:
            return ()
        values = {"before": count(value_before), "change": signed(value - value_before)}
        return (_("a week ago %(before)s (%(change)s)") % values,)

    share = percent(now.moved, now.identified)
    return [
        _cutoff_tile(progress),
        Tile(
            _("Still sending the old way"),
            count(now.left),
            week(now.left, before and before.left),
            css="left",
            url=list_url(progress.campaign, standing="left"),
        ),
        Tile(
            _("Moved"),
            count(now.moved),
            (_("%(share)s of all") % {"share": share}, *week(now.moved, before and before.moved)),
            url=list_url(progress.campaign, standing="moved"),
        ),
        Tile(
            _("Identified so far"),
            count(now.identified),
            week(now.identified, before and before.identified),
            url=list_url(progress.campaign),
        ),
        _share_tile(progress),
        _pace_tile(progress, now),
        *_foretold_tile(progress),
    ]


def _cutoff_tile(progress: Progress) -> Tile:
    days = progress.days_to_cutoff
    if days > 0:
        value = ngettext("%(days)s day", "%(days)s days", days) % {"days": count(days)}
        return Tile(_("Until the cut-off"), value, (day(progress.cutoff_on),))
    if days == 0:
        return Tile(_("Cut-off"), _("today"), (day(progress.cutoff_on),), css="bad")
    value = ngettext("%(days)s day", "%(days)s days", -days) % {"days": count(-days)}
    return Tile(_("Since the cut-off"), value, (day(progress.cutoff_on),))


def _share_tile(progress: Progress) -> Tile:
    label = _("Customers' mail sent with SMTP-AUTH")
    if progress.share is None:
        return Tile(label, "–", (_("no mail in the last 7 days"),))
    notes = (_("in the last 7 days"),)
    if progress.share_before is not None:
        notes += (_("a week before %(before)s") % {"before": percent(progress.share_before)},)
    return Tile(label, percent(progress.share), notes)


def _pace_tile(progress: Progress, now: Totals) -> Tile:
    label = _("Needed a day to make the date")
    if progress.needed is None:
        return Tile(label, "–", (_("the date has come"),))
    if now.left == 0:
        return Tile(label, "0", (_("nobody is left"),), css="good")
    if progress.pace is None:
        return Tile(label, count(progress.needed), (_("the pace shows after a week"),))
    pace = progress.pace
    notes = (_("at present %(pace)s a day") % {"pace": signed(round(-pace)) if pace < 0 else count(round(pace))},)
    if pace >= progress.needed:
        return Tile(label, count(progress.needed), (*notes, _("enough, if it stays so")), css="good")
    return Tile(label, count(progress.needed), (*notes, _("too slow to make the date")), css="bad")


def _foretold_tile(progress: Progress) -> list[Tile]:
    """None once the date has come."""
    if progress.days_to_cutoff <= 0:
        return []
    label, url = _("Left at the cut-off, as foretold"), f"{reverse('forecast')}?campaign={progress.campaign}"
    told = progress.told
    if told is None:
        return [Tile(label, "–", (_("reckoned within the hour"),), url=url)]
    if told.end is None:
        return [Tile(label, "–", (cannot_be_told(told.not_yet),), url=url)]
    notes = (between(told.end),)
    before = progress.told_before
    if before and before.end and before.cutoff_on == told.cutoff_on:
        values = {
            "before": count(round(before.end.middle)),
            "change": signed(round(told.end.middle) - round(before.end.middle)),
        }
        notes += (_("a week ago %(before)s (%(change)s)") % values,)
    return [Tile(label, count(round(told.end.middle)), notes, url=url)]


def between(point: Point) -> str:
    values = {"low": count(round(point.low)), "high": count(round(point.high))}
    return _("%(low)s to %(high)s, eight times of ten") % values


def cannot_be_told(days: int) -> str:
    text = ngettext("cannot be told yet: %(days)s more day", "cannot be told yet: %(days)s more days", days)
    return text % {"days": count(days)}


def burn_down(progress: Progress, now: Totals) -> Markup:
    left = [(totals.day, totals.left) for totals in progress.history]
    lines = [charts.Line("left", left, label=count(now.left))]
    bands, foretold = [], ""
    told = progress.told
    if told and told.end:
        lines.insert(0, charts.Line("foretold", [(point.day, point.middle) for point in told.points]))
        bands.append(charts.Band("foretold", [(point.day, point.low, point.high) for point in told.points]))
        values = {"end": count(round(told.end.middle)), "band": between(told.end), "day": day(told.end.day)}
        foretold = " " + _("Foretold for %(day)s: %(end)s (%(band)s).") % values
    if progress.days_to_cutoff > 0:
        lines.insert(0, charts.Line("needed", [(now.day, now.left), (progress.cutoff_on, 0)]))
    first = progress.history[0]
    values = {"first": count(first.left), "from": day(first.day), "last": count(now.left), "until": day(now.day)}
    return charts.line_chart(
        name="burn-down",
        title=_("%(left)s of %(identified)s customers still send the old way")
        % {"left": count(now.left), "identified": count(now.identified)},
        description=_("From %(first)s on %(from)s to %(last)s on %(until)s.") % values + foretold,
        lines=lines,
        bands=bands,
        marks=marks(progress),
    )


def marks(progress: Progress) -> list[charts.Mark]:
    """Rounds, trial cut-offs, and moves of the date, since the first day counted."""
    begin = progress.history[0].day
    found = [
        charts.Mark("mailing", sent.day, _("Mailing of %(period)s") % {"period": sent.period}) for sent in progress.sent
    ]
    found += [
        charts.Mark("tried", first, _("Week of a trial cut-off: %(day)s") % {"day": day(first)})
        for first in progress.tried
    ]
    for moved in progress.date_moved:
        values = {"old": day(moved.old), "new": day(moved.new)}
        found.append(charts.Mark("date-moved", moved.day, _("Cut-off moved from %(old)s to %(new)s") % values))
    found = [mark for mark in found if mark.day >= begin]
    label = _("Cut-off %(day)s") % {"day": day(progress.cutoff_on)}
    return [*found, charts.Mark("cutoff", progress.cutoff_on, label, written=True)]


def standings(progress: Progress, now: Totals, before: Totals | None) -> list[Row]:
    most = max(now.standings.values())
    return [
        Row(
            title=words.standing_title(standing),
            url=list_url(progress.campaign, standing=standing),
            holdouts=now.standings[standing],
            share=percent(now.standings[standing], now.identified),
            change=signed(now.standings[standing] - before.standings[standing]) if before else "",
            bar=charts.bar(now.standings[standing], most, standing),
            css=standing,
        )
        for standing in ORDER
    ]


def standings_bar(now: Totals) -> Markup:
    parts = [(standing, now.standings[standing]) for standing in ORDER]
    spoken = [f"{words.standing_title(standing)}: {percent(holdouts, now.identified)}" for standing, holdouts in parts]
    return charts.stacked_bar(
        name="standings", title=_("Where the customers stand"), description="; ".join(spoken), parts=parts
    )


def _row(title: str, holdouts: int, progress: Progress, **filters: str) -> Row:
    left, most = sum(progress.programs.values()), max(progress.programs.values(), default=0)
    if "reason" in filters:
        most = max(progress.reasons.values(), default=0)
    url = list_url(progress.campaign, standing="left", **filters)
    return Row(title, url, holdouts, percent(holdouts, left), "", charts.bar(holdouts, most, "left"))
