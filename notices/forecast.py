"""What will be left at the cut-off, and what would change it, from the counts and the ledger.

By the method of campaign/plan/forecast.py. Made in the background and kept, a row for each
campaign and day; the pages read what is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from math import sqrt

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from campaign.models import Campaign, Holdout, StandingCount
from campaign.models.holdouts import LEFT
from campaign.plan import forecast, rates
from campaign.plan.calendar import open_days
from campaign.plan.forecast import NotYet, Point, Round
from campaign.plan.rates import Effect
from notices import pacing, planning, schedule
from notices.models import Forecast, Lift, Mailing, Notice, Outcome, SendingDay

AGAIN_AFTER = timedelta(hours=1)
KEPT = timedelta(days=400)
HORIZON = timedelta(days=7 * 26)  # beyond the cut-off nothing is foretold, and no further than this
LIFTS = 6  # of the last rounds
BACK = timedelta(days=7 * 27)
ROUND_DAYS = 20  # open days that a round to come has at most; then the next one is due
A95 = 1.959964


@dataclass(frozen=True)
class WhatIf:
    """What else could be done, and how many would be left then."""

    name: str  # one more round, no more rounds, half the cap, twice the cap
    cap: int
    end: Point


@dataclass(frozen=True)
class Measured:
    """A round of which it is told how many moved because of it: the share of those written to, and its weight of 1."""

    mailing: int
    more: float
    weight: float


@dataclass(frozen=True)
class Told:
    """The kept answer. `not_yet` is 0 where it is told; the other fields have no meaning otherwise."""

    day: date
    made_at: datetime
    cutoff_on: date
    not_yet: int
    points: tuple[Point, ...] = ()
    by_itself: float = 0
    effect: float = 0
    measured: bool = False  # the effect of a notice, or guessed
    pooled: float | None = None  # of a hundred written to, the mean of `rounds_measured`; None where it was not kept
    rounds_measured: tuple[Measured, ...] = ()  # from which `effect` begins, the latest first
    cap: int = 0
    rounds: int = 0  # to come
    what_if: tuple[WhatIf, ...] = ()
    unreached: int = 0  # holdouts left whom no mail reaches, when this was made
    relapsed: int = 0  # holdouts left who had moved before

    @property
    def end(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def up_to_cutoff(self) -> bool:
        """Whether `end` is the evening before the cut-off, and not as far ahead as anything is foretold."""
        return self.points[-1].day + timedelta(days=1) >= self.cutoff_on


def make_due(*, now: datetime, unreached: Callable[[Campaign], int]) -> int:
    """Foretell anew where a day was counted, the date was moved, or an hour has passed; how many campaigns.

    `unreached` counts those left whom no mail reaches.
    """
    today, made = timezone.localdate(now), 0
    for campaign in Campaign.objects.order_by("pk"):
        day = campaign.standing_counts.filter(day__lt=today).aggregate(day=Max("day"))["day"]
        fresh = Forecast.objects.filter(
            campaign=campaign, day=day, cutoff_on=campaign.cutoff_on, made_at__gt=now - AGAIN_AFTER
        )
        if day and day < campaign.cutoff_on and not fresh.exists():
            make(campaign_id=campaign.pk, day=day, now=now, unreached=unreached(campaign))
            made += 1
    return made


def make(*, campaign_id: int, day: date, now: datetime, unreached: int = 0) -> None:
    """Replace what is foretold from the counts up to `day`, the last whole one; again does no harm."""
    campaign = Campaign.objects.get(pk=campaign_id)
    relapsed = Holdout.objects.filter(campaign=campaign, relapsed=True).left().count()
    answer = _answer(campaign, day, now=now) | {"unreached": unreached, "relapsed": relapsed}
    with transaction.atomic():
        Forecast.objects.update_or_create(
            campaign=campaign,
            day=day,
            defaults={"made_at": now, "cutoff_on": campaign.cutoff_on, "answer": answer},
        )
        Forecast.objects.filter(campaign=campaign, day__lt=day - KEPT).delete()


def newest(campaign: Campaign, *, until: date) -> Told | None:
    """The last one made from counts up to `until`, which may be for a cut-off that was moved since."""
    row = Forecast.objects.filter(campaign=campaign, day__lte=until).order_by("-day").first()
    return read(row) if row else None


def read(row: Forecast) -> Told:
    """As it was kept, back in its form."""
    answer = row.answer
    if answer["not_yet"]:
        return Told(row.day, row.made_at, row.cutoff_on, answer["not_yet"], **_read_in_the_way(answer))
    return Told(
        row.day,
        row.made_at,
        row.cutoff_on,
        0,
        points=tuple(_point(each) for each in answer["points"]),
        by_itself=answer["by_itself"],
        effect=answer["effect"],
        measured=answer["measured"],
        pooled=answer.get("pooled"),  # of one that was kept by an older version: neither
        rounds_measured=tuple(Measured(**each) for each in answer.get("rounds_measured", ())),
        cap=answer["cap"],
        rounds=answer["rounds"],
        what_if=tuple(WhatIf(each["name"], each["cap"], _point(each["end"])) for each in answer["what_if"]),
        **_read_in_the_way(answer),
    )


def _read_in_the_way(answer: Mapping[str, int]) -> dict[str, int]:
    return {name: answer[name] for name in ("unreached", "relapsed")}


def _point(kept: Mapping[str, object]) -> Point:
    return Point(date.fromisoformat(str(kept["day"])), *(float(kept[name]) for name in ("low", "middle", "high")))


def _answer(campaign: Campaign, day: date, *, now: datetime) -> dict[str, object]:
    until = min(campaign.cutoff_on - timedelta(days=1), day + HORIZON)
    counts, lifts = history(campaign, day), measured(campaign)
    effect = pooled([(more, error) for _mailing, more, error in lifts])
    given = {"until": until, "written": written(campaign, day), "effect": effect}
    running, planned, cap = rounds_to_come(campaign, day=day, until=until, now=now)
    found = forecast.forecast(counts, coming=[*running, *planned], **given)
    if isinstance(found, NotYet):
        return {"not_yet": found.days}
    others = {
        "one_more": (cap, [*running, *planned, _one_more(day=day, until=until, cap=cap)]),
        "no_more": (cap, running),
        "half_cap": (max(1, cap // 2), forecast.with_cap([*running, *planned], max(1, cap // 2))),
        "twice_cap": (cap * 2, forecast.with_cap([*running, *planned], cap * 2)),
    }
    what_if = []
    for name, (other_cap, coming) in others.items():
        end = forecast.forecast(counts, coming=coming, **given).end
        what_if.append({"name": name, "cap": other_cap, "end": _kept(end)})
    return {
        "not_yet": 0,
        "points": [_kept(point) for point in found.points],
        "by_itself": found.by_itself,
        "effect": found.effect,
        "measured": effect is not None,
        "pooled": 100 * effect.share if effect else None,
        "rounds_measured": [asdict(each) for each in _weighted(lifts)],
        "cap": cap,
        "rounds": len(planned),
        "what_if": what_if,
    }


def _kept(point: Point) -> dict[str, object]:
    return asdict(point) | {"day": point.day.isoformat()}


def history(campaign: Campaign, until: date) -> list[rates.Count]:
    """Of every day up to `until`, oldest first."""
    rows = StandingCount.objects.filter(campaign=campaign, day__gt=until - BACK, day__lte=until)
    days: dict[date, list[int]] = {}
    for day, standing, holdouts in rows.values_list("day", "standing", "holdouts"):
        both = days.setdefault(day, [0, 0])
        both[0] += holdouts if standing in LEFT else 0
        both[1] += holdouts
    return [rates.Count(day, *days[day]) for day in sorted(days)]


def written(campaign: Campaign, until: date) -> dict[date, int]:
    """Notices of rounds that went out on each of the last days, thanks apart."""
    begin = timezone.make_aware(datetime.combine(until - BACK, time()))
    mailings = Mailing.objects.rounds().filter(campaign=campaign).exclude(kind=Mailing.Kind.THANKS).values("pk")
    sent = Notice.objects.filter(mailing__in=mailings, accepted_at__gte=begin)
    day = TruncDate("accepted_at", tzinfo=timezone.get_default_timezone())
    counts = sent.annotate(on=day).values_list("on").annotate(Count("pk")).order_by()
    return {on: number for on, number in counts if on <= until}


def measured(campaign: Campaign) -> list[tuple[int, float, float]]:
    """The last rounds of which it is told what a notice does, the latest first: mailing, difference, standard error."""
    told = Lift.objects.filter(mailing__campaign=campaign, outcome=Outcome.MOVED, language="", not_told="")
    columns = ("mailing", "share", "by_itself", "low", "high")
    found = told.order_by("-mailing__planned_at", "-mailing").values_list(*columns)[:LIFTS]
    return [(mailing, share - alone, (high - low) / (2 * A95)) for mailing, share, alone, low, high in found]


def _weighted(lifts: Sequence[tuple[int, float, float]]) -> list[Measured]:
    weights, _between = _weights([(more, error) for _mailing, more, error in lifts])
    return [
        Measured(mailing, more, weight / sum(weights))
        for (mailing, more, _error), weight in zip(lifts, weights, strict=True)
    ]


def pooled(measured: Sequence[tuple[float, float]]) -> Effect | None:
    """From differences and their standard errors; None without any."""
    if not measured:
        return None
    weights, between = _weights(measured)
    mean = sum(weight * each for weight, (each, _) in zip(weights, measured, strict=True)) / sum(weights)
    return Effect(max(mean, 0.0), sqrt(1 / sum(weights) + between))


def _weights(measured: Sequence[tuple[float, float]]) -> tuple[list[float], float]:
    """How much each counts, and by how much rounds differ in truth (DerSimonian and Laird 1986)."""
    if not measured:
        return [], 0.0
    sharp = [1 / max(error, 1e-4) ** 2 for _, error in measured]
    mean = sum(weight * each for weight, (each, _) in zip(sharp, measured, strict=True)) / sum(sharp)
    spread = sum(weight * (each - mean) ** 2 for weight, (each, _) in zip(sharp, measured, strict=True))
    room = sum(sharp) - sum(weight**2 for weight in sharp) / sum(sharp)
    between = max(0.0, (spread - (len(measured) - 1)) / room) if room > 0 else 0.0
    return [1 / (max(error, 1e-4) ** 2 + between) for _, error in measured], between


def rounds_to_come(
    campaign: Campaign, *, day: date, until: date, now: datetime
) -> tuple[list[Round], list[Round], int]:
    """Those that wait or are under way, those of the schedule, and the daily cap that they go out with."""
    row = SendingDay.objects.filter(day__lte=timezone.localdate(now)).order_by("-day").first()
    cap = row.bound(settings.NOTICE_DAILY_CAP) if row else settings.NOTICE_DAILY_CAP
    cap = max(1, cap)
    waiting = Count("notices", filter=Q(notices__state=Notice.State.WAITING))
    begun = (
        Mailing.objects.rounds()
        .filter(campaign=campaign)
        .exclude(state__in=Mailing.ENDED)
        .exclude(kind=Mailing.Kind.THANKS)
        .annotate(waiting=waiting)
    )
    running = [
        Round(_days(day + timedelta(days=1), min(until, mailing.expires_on)), cap, people=mailing.waiting)
        for mailing in begun
        if mailing.waiting
    ]
    course = planning.course_of(campaign, planning.plans_of(campaign))
    there = set(Mailing.objects.rounds().filter(campaign=campaign).values_list("kind", "period"))
    planned = [
        Round(_days(max(each.first_day, day + timedelta(days=1)), min(until, each.latest)), cap)
        for kind in (Mailing.Kind.ANNOUNCEMENT, Mailing.Kind.REMINDER, *schedule.final_days(course))
        for each in takewhile(
            lambda each: each.first_day <= until, schedule.rounds(kind, course, since=day + timedelta(days=1))
        )
        if (each.kind, each.period) not in there
    ]
    return [each for each in running if each.days], [each for each in planned if each.days], cap


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(takewhile(lambda day: day <= last, _some(first)))


def _some(first: date) -> list[date]:
    found = []
    for day in open_days(first, pacing.is_open):
        found.append(day)
        if len(found) == ROUND_DAYS:
            break
    return found


def _one_more(*, day: date, until: date, cap: int) -> Round:
    """It begins in two weeks, or at once where the date is nearer than three."""
    begin = day + timedelta(days=14 if (until - day).days > 21 else 1)
    return Round(_days(begin, until), cap)
