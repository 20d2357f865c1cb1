"""What is foretold: how many will be left, when it will be under a number, and what one more round would change."""

import csv
from dataclasses import dataclass
from datetime import date
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.dashboard import effects, figures, progress
from campaign.dashboard.acts import number_in
from campaign.dashboard.progress import Progress
from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from campaign.dashboard.words import mailing_title
from campaign.jinja import count, day, tenths
from campaign.models import Campaign, StandingCount
from campaign.models.holdouts import LEFT
from campaign.plan import forecast as rule
from notices.forecast import Told, WhatIf
from notices.models import Mailing

MOST = 99_999_999
WHAT_IF = {
    "one_more": lambda each: _("One more round to all who are left"),
    "no_more": lambda each: _("No more rounds after those under way"),
    "half_cap": lambda each: _("Half the daily cap: %(cap)s notices a day") % {"cap": count(each.cap)},
    "twice_cap": lambda each: _("Twice the daily cap: %(cap)s notices a day") % {"cap": count(each.cap)},
}


@dataclass(frozen=True)
class MeasuredRound:
    """A round from which it is known what a notice does, as the page of the rounds has it, and how much it counts."""

    title: str
    url: str
    more: str  # of a hundred written to
    weight: str


@dataclass(frozen=True)
class Row:
    """One way to go on, and how many it leaves; `change` against how it is planned."""

    title: str
    left: str
    band: str
    change: str


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "forecast.html", {"progress": None, "campaigns": []})
    found = progress.progress(campaign=campaign, today=timezone.localdate(), now=timezone.now())
    told = found.told
    under = under_of(request, found)
    values = {
        "progress": found,
        "told": told,
        "under": under,
        "wrong": _wrong(request, under),
        "campaign": campaign.name,
        "campaigns": campaign_choices(campaign, reverse("forecast")),
        "not_yet": figures.cannot_be_told(told.not_yet) if told and told.not_yet else "",
    }
    if told and told.end:
        values |= {
            "chart": figures.burn_down(found, found.now),
            "answer": answer(told),
            "before": before(found),
            "passing": passing(told, under),
            "pace": figures.pace_tile(found, found.now, found.week_before),
            "rows": what_if(told),
            "points": told.points,
            "rests_on": rests_on(told),
            "rounds": measured_rounds(told),
            "mean": mean(told),
        }
    return show(request, "forecast.html", values)


def under_of(request: HttpRequest, found: Progress) -> int:
    """The number that was asked for; otherwise a tenth of all who were identified."""
    asked = _asked(request)
    if asked is not None:
        return asked
    return max(1, found.now.identified // 10) if found.now else 1


def _asked(request: HttpRequest) -> int | None:
    asked = number_in(request.GET.get("under", "")[:20])
    return asked if asked is not None and 0 < asked <= MOST else None


def _wrong(request: HttpRequest, under: int) -> dict[str, str]:
    """What was asked for and is no number, by field."""
    typed = request.GET.get("under", "").strip()
    if not typed or _asked(request) is not None:
        return {}
    text = _("“%(typed)s” is no number from 1 to %(most)s: it is told for %(under)s.")
    return {"under": text % {"typed": typed[:20], "most": count(MOST), "under": count(under)}}


def answer(told: Told) -> str:
    end = told.end
    values = {
        "day": day(told.cutoff_on),
        "last": day(end.day),
        "left": count(round(end.middle)),
        "low": count(round(end.low)),
        "high": count(round(end.high)),
    }
    if not told.up_to_cutoff:
        return (
            _(
                "On %(last)s about %(left)s will be left, eight times out of ten %(low)s to %(high)s. Further ahead "
                "nothing is foretold; the cut-off is on %(day)s."
            )
            % values
        )
    return (
        _("At the cut-off on %(day)s about %(left)s will be left, eight times out of ten %(low)s to %(high)s.") % values
    )


def foretold(last: Told | None, cutoff_on: date) -> str:
    """The answer where it is for the present date; "" where nothing can be told yet."""
    if last and last.cutoff_on != cutoff_on and last.day < cutoff_on:
        text = _("How many will be left at the cut-off on %(day)s is being reckoned, since the date was moved.")
        return text % {"day": day(cutoff_on)}
    return answer(last) if last and last.end and last.cutoff_on == cutoff_on else ""


def before(found: Progress) -> str:
    earlier = found.told_before
    if earlier is None or earlier.end is None:
        return ""
    values = {
        "left": count(round(earlier.end.middle)),
        "low": count(round(earlier.end.low)),
        "high": count(round(earlier.end.high)),
        "day": day(earlier.cutoff_on),
        "last": day(earlier.end.day),
    }
    if not earlier.up_to_cutoff:
        return _("A week ago it was %(left)s (%(low)s to %(high)s), for %(last)s.") % values
    return _("A week ago it was %(left)s (%(low)s to %(high)s), for the cut-off on %(day)s.") % values


def passing(told: Told, under: int) -> str:
    found = rule.passing(told.points, under)
    values = {"under": count(under), "end": day(told.end.day)}
    if found.first is None:
        hardly = _("It will hardly be under %(under)s before the cut-off.")
        return (hardly if told.up_to_cutoff else _("It will hardly be under %(under)s by %(end)s.")) % values
    values["first"] = day(found.first)
    if found.middle is None:
        may = _("It may be under %(under)s from %(first)s on, but probably not before the cut-off.")
        by_then = _("It may be under %(under)s from %(first)s on, but probably not by %(end)s.")
        return (may if told.up_to_cutoff else by_then) % values
    values["middle"] = day(found.middle)
    if found.last is None:
        text = _("It will be under %(under)s on about %(middle)s; as early as %(first)s, or not before the cut-off.")
        by_then = _("It will be under %(under)s on about %(middle)s; as early as %(first)s, or not by %(end)s.")
        return (text if told.up_to_cutoff else by_then) % values
    if found.first == found.last:
        return _("It is under %(under)s already.") % values
    values["last"] = day(found.last)
    return (
        _("It will be under %(under)s on about %(middle)s, eight times out of ten from %(first)s to %(last)s.") % values
    )


def what_if(told: Told) -> list[Row]:
    planned = ngettext(
        "As it is planned: %(num)s round to come", "As it is planned: %(num)s rounds to come", told.rounds
    )
    rows = [Row(planned % {"num": count(told.rounds)}, count(round(told.end.middle)), _band(told.end), "")]
    return rows + [_row(told, each) for each in told.what_if]


def _row(told: Told, each: WhatIf) -> Row:
    change = round(each.end.middle) - round(told.end.middle)
    return Row(WHAT_IF[each.name](each), count(round(each.end.middle)), _band(each.end), figures.signed(change))


def _band(point: rule.Point) -> str:
    return _("%(low)s to %(high)s") % {"low": count(round(point.low)), "high": count(round(point.high))}


def rests_on(told: Told) -> list[str]:
    values = {
        "day": day(told.day),
        "by_itself": tenths(told.by_itself),
        "effect": tenths(told.effect),
        "cap": count(told.cap),
    }
    effect = (
        _("Of a hundred written to, %(effect)s move because of it, as the rounds so far were measured.")
        if told.measured
        else _("Of a hundred written to, %(effect)s move because of it: no round was measured yet, so this is a guess.")
    )
    return [
        _("The counts up to %(day)s, the last whole day.") % values,
        _("Of a hundred who are left, %(by_itself)s a week go by themselves at present; the rate wears off.") % values,
        effect % values,
        _("At most %(cap)s notices a day go out.") % values,
    ]


def measured_rounds(told: Told) -> list[MeasuredRound]:
    found = Mailing.objects.in_bulk([each.mailing for each in told.rounds_measured])
    return [
        MeasuredRound(
            title=mailing_title(found[each.mailing].kind, found[each.mailing].period),
            url=reverse("mailing", kwargs={"pk": each.mailing}),
            more=effects.signed(each.more),
            weight=figures.percent(each.weight),
        )
        for each in told.rounds_measured
        if each.mailing in found
    ]


def mean(told: Told) -> str:
    """How the effect comes from the rounds that were measured."""
    if told.pooled is None:
        return ""
    values = {"pooled": tenths(told.pooled), "effect": tenths(told.effect)}
    return (
        _(
            "Each round counts by how surely it is known; with these weights their mean is %(pooled)s, and never below "
            "zero. How the counts went in the weeks with notices and without makes %(effect)s of it."
        )
        % values
    )


def file(request: HttpRequest) -> HttpResponse:
    """Counted days and foretold weeks for a spreadsheet; numbers alone, of nobody in particular."""
    campaign = chosen_campaign(request)
    if campaign is None:
        return HttpResponse(status=404)
    found = progress.progress(campaign=campaign, today=timezone.localdate(), now=timezone.now())
    out = StringIO()
    write = csv.writer(out)
    write.writerow([_("Day"), _("Still the old way"), _("Foretold"), _("At least"), _("At most")])
    for each, left in _left(campaign):
        write.writerow([each.isoformat(), left, "", "", ""])
    for point in found.told.points[1:] if found.told else ():
        write.writerow([point.day.isoformat(), "", round(point.middle), round(point.low), round(point.high)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="progress-{campaign.name}-{timezone.localdate()}.csv"'
    return response


def _left(campaign: Campaign) -> list[tuple[date, int]]:
    days: dict[date, int] = {}
    counts = StandingCount.objects.filter(campaign=campaign, day__lte=timezone.localdate())
    for each, standing, holdouts in counts.values_list("day", "standing", "holdouts"):
        days[each] = days.get(each, 0) + (holdouts if standing in LEFT else 0)
    return sorted(days.items())
