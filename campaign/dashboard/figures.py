"""A campaign's progress as people see it: tiles, charts, and tables whose rows lead to the customers."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from campaign.customers.chosen import GROUPS
from campaign.dashboard import bars, breakdowns, charts, todo, words
from campaign.dashboard.breakdowns import ORDER, percent, signed
from campaign.dashboard.narrowing import BY
from campaign.dashboard.progress import Pace, Progress, Totals, needed_a_day
from campaign.dashboard.shell import Choice
from campaign.jinja import count, day, tenths
from campaign.models import Standing
from campaign.models.holdouts import LEFT, MOVED
from campaign.plan.forecast import Point
from notices import funnel


@dataclass(frozen=True)
class Tile:
    label: str
    value: str
    notes: tuple[str, ...]
    css: str = ""
    url: str = ""


def of(progress: Progress, reached: funnel.Kept | None) -> dict[str, object]:
    """What the template shows of `progress`; only the data time before there is any evidence."""
    if progress.now is None:
        return {"tiles": [], "tasks": []}
    now, before = progress.now, progress.week_before
    values = {
        "tasks": todo.tasks(progress),
        "tiles": tiles(progress, now, before),
        "burn_down": burn_down(progress, now) if len(progress.history) > 1 or not progress.narrowed.any else None,
        "weeks": progress.history[::-7],
        "standings": breakdowns.standings(
            progress.kept.wanted(progress.narrowed) if progress.kept else [],
            now.standings,
            before and before.standings,
            progress.narrowed,
        ),
        "standings_bar": standings_bar(now),
        "without": without(progress) if not now.identified else [],
    }
    return values | (breakdowns.of(progress.kept, reached, progress.narrowed) if progress.kept else {})


def without(progress: Progress) -> list[tuple[Choice, int]]:
    """Where nobody is left to show: the filters without which there would be somebody, most first."""
    narrowed, found = progress.narrowed, []
    for field in BY:
        value = getattr(narrowed, field)
        if value and progress.kept:
            fewer = replace(narrowed, **{field: ""})
            number = sum(cell.holdouts for cell in progress.kept.wanted(fewer))
            found.append((Choice(words.filter_title(field, value), fewer.url(), True), number))
    return sorted((way for way in found if way[1]), key=lambda way: -way[1])


def tiles(progress: Progress, now: Totals, before: Totals | None) -> list[Tile]:
    share = percent(now.moved, now.identified)
    return [
        _cutoff_tile(progress),
        Tile(
            _("Still sending the old way"),
            count(now.left),
            _week(now.left, before and before.left),
            css="left",
            url=_list(progress, LEFT, "left"),
        ),
        Tile(
            _("Moved"),
            count(now.moved),
            (_("%(share)s of all") % {"share": share}, *_week(now.moved, before and before.moved)),
            url=_list(progress, MOVED, "moved"),
        ),
        Tile(
            _("Identified so far"),
            count(now.identified),
            _week(now.identified, before and before.identified),
            url=progress.narrowed.list_url(),
        ),
        *_share_tile(progress),
        pace_tile(progress, now, before),
        *_foretold_tile(progress),
    ]


def _week(value: int, value_before: int | None) -> tuple[str, ...]:
    if value_before is None:
        return ()
    values = {"before": count(value_before), "change": signed(value - value_before)}
    return (_("a week ago %(before)s (%(change)s)") % values,)


def _list(progress: Progress, group: tuple[Standing, ...], name: str) -> str:
    """The customers that a tile counts; a standing that is chosen already stays, where it is one of the group."""
    chosen = progress.narrowed.standing
    kept = chosen and set(GROUPS[chosen]) <= set(group)
    return progress.narrowed.list_url(standing=chosen if kept else name)


def _cutoff_tile(progress: Progress) -> Tile:
    days = progress.days_to_cutoff
    if days > 0:
        value = ngettext("%(days)s day", "%(days)s days", days) % {"days": count(days)}
        return Tile(_("Until the cut-off"), value, (day(progress.cutoff_on),))
    if days == 0:
        return Tile(_("Cut-off"), _("today"), (day(progress.cutoff_on),), css="bad")
    value = ngettext("%(days)s day", "%(days)s days", -days) % {"days": count(-days)}
    return Tile(_("Since the cut-off"), value, (day(progress.cutoff_on),))


def _share_tile(progress: Progress) -> list[Tile]:
    """None for some of the customers: mail is counted by day, not by whom it is of."""
    if progress.narrowed.any:
        return []
    label = _("Customers' mail sent with SMTP-AUTH")
    if progress.share is None:
        return [Tile(label, "–", (_("none in the last week that was read"),))]
    notes = (_("in the 7 days up to %(day)s") % {"day": day(progress.share_until)},)
    if progress.share_before is not None:
        notes += (_("a week before %(before)s") % {"before": percent(progress.share_before)},)
    return [Tile(label, percent(progress.share), notes)]


def pace_tile(progress: Progress, now: Totals, before: Totals | None) -> Tile:
    """What is needed to make the date, and what it is: wherever one of the two is said, it is said by this."""
    label = _("Needed a day to make the date")
    if progress.needed is None:
        return Tile(label, "–", (_("the date has come"),))
    if now.left == 0:
        return Tile(label, "0", (_("nobody is left"),), css="good")
    needed, pace = progress.needed, progress.pace
    needed_before = before and needed_a_day(before.left, (progress.cutoff_on - before.day).days)
    week = _week(needed, needed_before)
    if pace is None and progress.narrowed.any:
        return Tile(label, count(needed), (*week, _("by how many a day they become fewer is not known")))
    if pace is None:
        return Tile(label, count(needed), (*week, _("the pace shows after a week")))
    notes = (*week, _at_present(pace))
    if pace.a_day >= needed:
        return Tile(label, count(needed), (*notes, _("enough, if it stays so")), css="good")
    return Tile(label, count(needed), (*notes, _("too slow to make the date")), css="bad")


def _at_present(pace: Pace) -> str:
    values = {"pace": tenths(abs(pace.a_day)), "days": count(pace.days)}
    if pace.a_day < 0:
        return _("at present %(pace)s a day more instead of fewer, the average of the last %(days)s days") % values
    return _("at present %(pace)s a day, the average of the last %(days)s days") % values


def _foretold_tile(progress: Progress) -> list[Tile]:
    """None once the date has come, and for some of the customers: it is foretold for all together."""
    if progress.days_to_cutoff <= 0 or progress.narrowed.any:
        return []
    label, url = _("Left at the cut-off, as foretold"), f"{reverse('forecast')}?campaign={progress.campaign}"
    told = progress.told
    if told is None:
        return [Tile(label, "–", (_("reckoned within the hour"),), url=url)]
    if told.end is None:
        return [Tile(label, "–", (cannot_be_told(told.not_yet),), url=url)]
    notes = (between(told.end),)
    if not told.up_to_cutoff:
        label = _("Left on %(day)s, as foretold") % {"day": day(told.end.day)}
        notes += (_("further ahead nothing is foretold; the cut-off is on %(day)s") % {"day": day(told.cutoff_on)},)
    before = progress.told_before
    if before and before.end and before.end.day == told.end.day:
        values = {
            "before": count(round(before.end.middle)),
            "change": signed(round(told.end.middle) - round(before.end.middle)),
        }
        notes += (_("a week ago %(before)s (%(change)s)") % values,)
    return [Tile(label, count(round(told.end.middle)), notes, url=url)]


def between(point: Point) -> str:
    values = {"low": count(round(point.low)), "high": count(round(point.high))}
    return _("%(low)s to %(high)s, eight times out of ten") % values


def cannot_be_told(days: int) -> str:
    text = ngettext("cannot be told yet: %(days)s more day", "cannot be told yet: %(days)s more days", days)
    return text % {"days": count(days)}


def burn_down(progress: Progress, now: Totals) -> Markup:
    left = [(totals.day, totals.left) for totals in progress.history]
    lines = [charts.Line("left", left, label=count(now.left))]
    bands, foretold = [], ""
    told = None if progress.narrowed.any else progress.told
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
        charts.Mark("mailing", sent.day, _("Mailing of %(period)s") % {"period": sent.period[:10]})
        for sent in progress.sent
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


def standings_bar(now: Totals) -> Markup:
    parts = [(standing, now.standings[standing]) for standing in ORDER]
    spoken = [f"{words.standing_title(standing)}: {percent(holdouts, now.identified)}" for standing, holdouts in parts]
    return bars.stacked_bar(
        name="standings", title=_("Where the customers stand"), description="; ".join(spoken), parts=parts
    )
