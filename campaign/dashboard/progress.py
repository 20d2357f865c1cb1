"""How far a campaign is: the numbers of the first page, and those that `manage.py progress` prints."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.utils import timezone

from campaign.customers import counts, past
from campaign.customers.counts import Kept, sums
from campaign.cutoff.relays import Alarm, alarm
from campaign.dashboard import words
from campaign.dashboard.logs_read import LogsRead, logs_read
from campaign.dashboard.narrowing import Narrowed
from campaign.dashboard.work import Work, work
from campaign.models import (
    Campaign,
    CutoffChange,
    ShadowRun,
    Standing,
    StandingCount,
)
from campaign.models.holdouts import LEFT, MOVED
from campaign.plan import proven
from notices import forecast, mailings, reports
from notices.forecast import Told
from notices.models import Mailing

WEEK = timedelta(days=7)
PACE_DAYS = 28  # four weeks: as many quiet days after a mailing in them as busy ones
SMALL = 50_000  # holdouts of a campaign up to which the days of some are counted while somebody waits for the page


@dataclass(frozen=True)
class Totals:
    """The holdouts of one day, by where they stood."""

    day: date
    standings: dict[Standing, int]

    @property
    def identified(self) -> int:
        return sum(self.standings.values())

    @property
    def moved(self) -> int:
        return sum(self.standings[standing] for standing in MOVED)

    @property
    def left(self) -> int:
        return sum(self.standings[standing] for standing in LEFT)


@dataclass(frozen=True)
class Pace:
    """By how many a day those left became fewer, on the average of so many days; below zero where they became more.

    To a tenth, as it is shown: what is said of it must hold for the number that stands beside.
    """

    a_day: float
    days: int


@dataclass(frozen=True)
class LastMailing:
    pk: int
    kind: str
    period: str
    state: str
    state_title: str
    report: mailings.Report

    @property
    def title(self) -> str:
        return words.mailing_title(self.kind, self.period)


@dataclass(frozen=True)
class Sent:
    """A mailing's place on the chart."""

    day: date
    period: str


@dataclass(frozen=True)
class DateMoved:
    day: date
    old: date
    new: date


@dataclass(frozen=True)
class Progress:
    """`history` goes up to today, oldest first, and has one day alone where the chosen customers' past cannot be told;
    `everybody` is the newest day of all customers. The shares are of customers' mail, from 0 to 1, in the seven days
    up to `share_until`, the last whole day with evidence, and in the seven before.

    `pace` is of the last four weeks, or of what there is of them. It and `needed` are None where they cannot be told.
    `told` is what was last foretold for the present date, `told_before` what a week before that; None where nothing is
    kept. `counted_beside` is what was last foretold, for whichever date: who was counted with it does not hang on one.
    `tried` are the first days of weeks on which the cut-off was tried.
    """

    campaign: str
    title: str
    starts_on: date
    cutoff_on: date
    days_to_cutoff: int
    narrowed: Narrowed
    kept: Kept | None
    history: tuple[Totals, ...]
    everybody: Totals | None
    share: float | None
    share_before: float | None
    share_until: date | None
    needed: int | None
    pace: Pace | None
    last_mailing: LastMailing | None
    sent: tuple[Sent, ...]
    tried: tuple[date, ...]
    date_moved: tuple[DateMoved, ...]
    told: Told | None
    told_before: Told | None
    counted_beside: Told | None
    work: Work
    logs: LogsRead
    relays: Alarm | None

    @property
    def now(self) -> Totals | None:
        return self.history[-1] if self.history else None

    @property
    def week_before(self) -> Totals | None:
        return totals_on(self.history, self.history[-1].day - WEEK) if self.history else None


def progress(*, campaign: Campaign, today: date, now: datetime, narrowed: Narrowed | None = None) -> Progress:
    """The numbers of the page, from counts that are kept; daily use is never read here."""
    narrowed = narrowed or Narrowed(campaign.name)
    everybody = _history(campaign, today)
    kept = counts.kept(campaign)
    if kept and narrowed.range:
        kept = counts.with_range(kept, campaign, narrowed.range, today=today)
    history = everybody
    if narrowed.any and kept and everybody:
        history = _history_of(campaign, narrowed, kept, everybody, now=now)
    share_until = proven.last_day(before=today)
    share, share_before = proven.shares(share_until) if share_until else (None, None)
    last_told = forecast.newest(campaign, until=today)
    told = last_told if last_told and last_told.cutoff_on == campaign.cutoff_on else None
    rounds = Mailing.objects.rounds().filter(campaign=campaign).with_counts()
    mailed = list(rounds.order_by("planned_at", "period", "pk"))
    return Progress(
        campaign=campaign.name,
        title=str(campaign),
        starts_on=campaign.starts_on,
        cutoff_on=campaign.cutoff_on,
        days_to_cutoff=campaign.days_left(today),
        narrowed=narrowed,
        kept=kept,
        history=history,
        everybody=everybody[-1] if everybody else None,
        share=share,
        share_before=share_before,
        share_until=share_until,
        needed=needed_a_day(history[-1].left, campaign.days_left(today)) if history else None,
        pace=pace(history),
        last_mailing=_last_mailing(mailed, now),
        sent=tuple(
            Sent(timezone.localdate(mailing.started_at), mailing.period) for mailing in mailed if mailing.started_at
        ),
        tried=tuple(
            ShadowRun.objects.filter(computed_at__isnull=False)
            .order_by("first_day")
            .values_list("first_day", flat=True)
            .distinct()
        ),
        date_moved=_date_moved(campaign),
        told=told,
        told_before=forecast.newest(campaign, until=told.day - WEEK) if told else None,
        counted_beside=last_told,
        work=work(campaign, mailed, today=today),
        logs=logs_read(today=today, now=now, quiet_days=campaign.quiet_days),
        relays=alarm(since=today - timedelta(days=1)),
    )


def totals_on(history: tuple[Totals, ...], day: date) -> Totals | None:
    """The newest totals up to `day`."""
    return next((totals for totals in reversed(history) if totals.day <= day), None)


def needed_a_day(left: int, days: int) -> int | None:
    """How many a day have to move until the date; None from the date on."""
    return ceil(left / days) if days > 0 else None


def pace(history: tuple[Totals, ...]) -> Pace | None:
    """None before there is a week to compare."""
    if not history:
        return None
    newest = history[-1]
    oldest = totals_on(history, newest.day - timedelta(days=PACE_DAYS)) or history[0]
    days = (newest.day - oldest.day).days
    if days < WEEK.days:
        return None
    return Pace(round((oldest.left - newest.left) / days, 1) + 0.0, days)  # never a negative zero


def _history(campaign: Campaign, today: date) -> tuple[Totals, ...]:
    days: dict[date, dict[Standing, int]] = defaultdict(lambda: dict.fromkeys(Standing, 0))
    counts = StandingCount.objects.filter(campaign=campaign, day__lte=today)
    for day, standing, holdouts in counts.values_list("day", "standing", "holdouts"):
        days[day][Standing(standing)] = holdouts
    return tuple(Totals(day, days[day]) for day in sorted(days))


def _history_of(
    campaign: Campaign, narrowed: Narrowed, kept: Kept, everybody: tuple[Totals, ...], *, now: datetime
) -> tuple[Totals, ...]:
    """Of some of the customers; today alone where there are none, their days cannot be told, or a job is yet to count
    them."""
    standing = sums(kept.wanted(narrowed), lambda cell: cell.standing)
    first, last = everybody[0].day, everybody[-1].day
    today = _totals(last, standing)
    if not narrowed.past_is_told or not today.identified:
        return (today,)
    if everybody[-1].identified <= SMALL or not past.can_be_kept(narrowed.chosen):
        days = past.of(campaign, narrowed, now=standing, first=first, last=last)
        return tuple(_totals(day, standings) for day, standings in days)
    days = past.known(campaign, narrowed.chosen, last=last, now=now) or ()
    return (*(_totals(day, standings) for day, standings in days if day < last), today)


def _totals(day: date, standings: Mapping[str, int]) -> Totals:
    return Totals(day, {standing: standings.get(standing, 0) for standing in Standing})


def _last_mailing(mailed: list[Mailing], now: datetime) -> LastMailing | None:
    last = reports.newest(mailed)
    if last is None:
        return None
    report = reports.shown(last, now=now)
    return LastMailing(last.pk, last.kind, last.period, last.state, last.get_state_display(), report)


def _date_moved(campaign: Campaign) -> tuple[DateMoved, ...]:
    changes = CutoffChange.objects.filter(campaign=campaign).order_by("changed_at")
    return tuple(DateMoved(timezone.localdate(change.changed_at), change.old, change.new) for change in changes)
