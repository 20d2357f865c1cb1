"""What falls, and what rises, as people move: the charts of the page for the board."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign.dashboard import charts
from campaign.dashboard.breakdowns import of_a_hundred
from campaign.jinja import count
from campaign.plan.benefit import Week


@dataclass(frozen=True)
class Trend:
    """A chart; `legend` names its lines by their looks, `words` say why they go as they go."""

    title: str
    drawn: Markup
    legend: tuple[tuple[str, str], ...] = ()
    words: str = ""


def minutes_trend(weeks: Sequence[Week]) -> Trend:
    """All the open time, as the sentences say it, and how much of it somebody needed."""
    title = _("Minutes a day for which addresses stood open")
    shown = [week for week in weeks if week.days]
    if len(shown) < 2:
        return Trend(title, Markup(""))
    first, last = shown[0], shown[-1]
    values = {
        "first": count(round(first.minutes)),
        "last": count(round(last.minutes)),
        "used_first": count(round(first.used_minutes)),
        "used_last": count(round(last.used_minutes)),
    }
    all_of_it = [(week.until, week.minutes) for week in shown]
    used = [(week.until, week.used_minutes) for week in shown]
    drawn = charts.line_chart(
        name="open-minutes",
        title=title,
        description=_(
            "From %(first)s to %(last)s minutes a day in all; at addresses that somebody used the old way, from "
            "%(used_first)s to %(used_last)s."
        )
        % values,
        lines=[
            charts.Line("whole", all_of_it, label=values["last"], area=False),
            charts.Line("left", used, label=values["used_last"]),
        ],
        marks=[],
    )
    return Trend(
        title,
        drawn,
        legend=(("whole", _("all of them")), ("left", _("at addresses from which somebody sent the old way that day"))),
        words=_(
            "The lower line falls as people move. The upper one hardly does before the cut-off: each collecting of "
            "mail opens an address, also for who has moved."
        ),
    )


def held_trend(weeks: Sequence[Week]) -> Trend:
    title = _("Of a hundred mails of our customers, how many a password proves")
    held = [week for week in weeks if week.held is not None]
    shown = [(week.until, 100 * week.held) for week in held]
    if len(shown) < 2:
        return Trend(title, Markup(""))
    values = {"first": of_a_hundred(held[0].held), "last": of_a_hundred(held[-1].held)}
    drawn = charts.line_chart(
        name="held",
        title=title,
        description=_("From %(first)s to %(last)s of a hundred.") % values,
        lines=[charts.Line("migrated", shown, label=values["last"])],
        marks=[],
    )
    return Trend(title, drawn)
