"""The sources of the logs: how far each was read, what is missing, what was not understood, whose clock is wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard.logs_read import uncovered_days
from campaign.dashboard.shell import show
from campaign.models import Campaign
from campaign.submissions import clocks
from campaign.submissions.rhythm import DAYS, Gap
from campaign.submissions.skew import Reading, WrongClock
from campaign.submissions.sources import NotUnderstood, Source, State, not_understood, sources

GAPS = 50  # of all sources, the latest first, shown on one page
STATE_TITLES = {
    State.SPEAKS: lambda: _("Speaks"),
    State.LATE: lambda: _("Late"),
    State.ENDED: lambda: _("Ended"),
    State.NOT_READ: lambda: _("Not read"),
}
ORDER = (State.LATE, State.SPEAKS, State.ENDED)


@dataclass(frozen=True)
class GapOfSource:
    source: Source
    gap: Gap


@dataclass(frozen=True)
class Clock:
    """A wrong clock in words, and the setting that makes it right."""

    sentence: str
    setting: str


@dataclass(frozen=True)
class SourcesPage:
    """`speaking` are those of known programs, late ones first; `others` wrote lines that are of no use here."""

    speaking: tuple[Source, ...]
    others: tuple[Source, ...]
    gaps: tuple[GapOfSource, ...]
    all_gaps: int
    uncovered: tuple[date, ...]
    clocks: tuple[Clock, ...]
    readings: tuple[Reading, ...]
    not_understood: tuple[NotUnderstood, ...]


def sources_page(*, now: datetime, today: date) -> SourcesPage:
    found = sources(now=now)
    speaking = [source for source in found if source.state in ORDER]
    gaps = [GapOfSource(source, gap) for source in speaking for gap in source.gaps]
    gaps.sort(key=lambda one: one.gap.begin, reverse=True)
    quiet_days = max(Campaign.objects.values_list("quiet_days", flat=True), default=DAYS)
    return SourcesPage(
        speaking=tuple(sorted(speaking, key=lambda source: (ORDER.index(source.state), source.host, source.program))),
        others=tuple(source for source in found if source.state not in ORDER),
        gaps=tuple(gaps[:GAPS]),
        all_gaps=len(gaps),
        uncovered=uncovered_days(today - timedelta(days=quiet_days), today),
        clocks=tuple(Clock(said_of(clock), clocks.setting_for(clock)) for clock in clocks.wrong(today=today)),
        readings=tuple(clocks.readings(today=today)),
        not_understood=tuple(not_understood()),
    )


def said_of(clock: WrongClock) -> str:
    """`pop1's clock seems 4 minutes ahead of mx1's.`"""
    text = _("The clock of %(host)s seems %(time)s ahead of that of %(against)s.")
    if clock.seconds < 0:
        text = _("The clock of %(host)s seems %(time)s behind that of %(against)s.")
    minutes, seconds = divmod(abs(clock.seconds), 60)
    time = ngettext("%(num)s minute", "%(num)s minutes", minutes) % {"num": minutes}
    if seconds:
        time = _("%(minutes)s %(seconds)s") % {
            "minutes": time,
            "seconds": ngettext("%(num)s second", "%(num)s seconds", seconds) % {"num": seconds},
        }
    return text % {"host": clock.host, "time": time, "against": ", ".join(clock.against)}


def ago(lag: timedelta) -> str:
    """How long ago the last line was, in the largest unit of which there is more than one."""
    minutes = lag // timedelta(minutes=1)
    if minutes < -1:
        return _("in the future")
    if minutes < 1:
        return _("just now")
    if minutes < 120:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes) % {"num": minutes}
    if minutes < 48 * 60:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", minutes // 60) % {"num": minutes // 60}
    return ngettext("%(num)s day ago", "%(num)s days ago", minutes // 1440) % {"num": minutes // 1440}


def state_title(state: State) -> str:
    return STATE_TITLES[state]()


def page(request: HttpRequest) -> HttpResponse:
    found = sources_page(now=timezone.now(), today=timezone.localdate())
    words = {"ago": ago, "state_title": state_title, "late_minutes": settings.LATE_MINUTES, "gap_days": DAYS}
    return show(request, "sources.html", {"found": found, **words})
