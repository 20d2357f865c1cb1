"""Daily use -> holdouts, their standings, and the history for the burn-down.

Everything here is derived: the result depends on daily use, coverage and exemptions alone,
not on the order in which the days were attributed. A changed day is evaluated again together
with all days after it, since each day's standing rests on the days before.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Q

from campaign.customers import counts, identification, past
from campaign.customers.status import quiet_since
from campaign.locks import CUSTOMERS, in_turn
from campaign.models import (
    AttributedDay,
    Campaign,
    Coverage,
    DailyUse,
    Holdout,
    SourceGap,
    Standing,
    StandingChange,
    StandingCount,
    Stream,
    SubmissionClass,
)

ONE_DAY = timedelta(days=1)
# Some steps into daily use's key for each of those concerned. PostgreSQL takes them for so many that it would rather
# read all days of all customers.
BY_STEPS = {"last_use", "programs"}


def bring_up_to_date(*, days: Iterable[date], today: date) -> None:
    """Make holdouts and standings of every campaign agree with daily use up to `today`.

    `days` are those whose daily use, coverage or exemptions changed, in any order; days that
    an earlier call did not come to, and days not yet evaluated at all, are added. Nothing
    after `today` is looked at. Once more does no harm.
    """
    changed = {day for day in days if day <= today} | unsettled_days(today=today)
    attributed = AttributedDay.objects.filter(day__in=changed)
    seen = attributed.aggregate(at=Max("attributed_at"))["at"]
    for campaign in Campaign.objects.order_by("pk"):
        with transaction.atomic():
            Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # one at a time
            _bring_campaign_up_to_date(campaign, changed, today)
    if changed:
        with transaction.atomic():
            in_turn(CUSTOMERS)
            _execute("programs", start=min(changed), today=today)
    show_programs()
    for campaign in Campaign.objects.order_by("pk"):
        counts.count(campaign, today=today)
    if seen:
        with transaction.atomic():
            # A day attributed again in the meantime has a later stamp, and stays unsettled.
            settled = attributed.filter(attributed_at__lte=seen).order_by("day").select_for_update(no_key=True)
            AttributedDay.objects.filter(day__in=settled.values("day")).update(rolled_up_at=F("attributed_at"))


def show_programs() -> None:
    """Each holdout shows its customer's program."""
    for campaign in Campaign.objects.order_by("pk"):
        with transaction.atomic():
            Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # as all who change several holdouts
            _execute("holdout_programs", campaign=campaign.pk)


def unsettled_days(*, today: date) -> set[date]:
    """Days attributed after standings were last made of them: a worker may have died in between."""
    newer = Q(rolled_up_at=None) | Q(rolled_up_at__lt=F("attributed_at"))
    return set(
        AttributedDay.objects.filter(newer, day__lte=today).exclude(attributed_at=None).values_list("day", flat=True)
    )


def covers(*, today: date) -> bool:
    """Whether every campaign has its standings for `today`."""
    return not Campaign.objects.exclude(standing_counts__day=today).exists()


def covered_days(*, until: date) -> list[date]:
    """Days of which every stream has events and no source is missing, ascending."""
    both = Coverage.objects.filter(day__lte=until, events__gt=0).values("day").annotate(streams=Count("stream"))
    whole = both.filter(streams=len(Stream)).exclude(day__in=SourceGap.objects.values("day"))
    return list(whole.order_by("day").values_list("day", flat=True))


def _bring_campaign_up_to_date(campaign: Campaign, changed: set[date], today: date) -> None:
    evaluated = campaign.standing_counts.aggregate(until=Max("day"))["until"]
    if evaluated is None:
        start = min(changed | {_first_day(campaign, today), today})
        identification.bring_up_to_date(campaign, days=None, today=today)
    else:
        start = min(changed | {evaluated + ONE_DAY, today})
        identification.bring_up_to_date(campaign, days=changed, today=today)
    kept_from = today - timedelta(days=settings.RETENTION_DAYS)  # of days before it no address is known any more
    _execute_for(campaign, "last_use", start=start, day=today, kept_from=kept_from)
    _replay(campaign, start, today)
    _count(campaign, start, today)


def _first_day(campaign: Campaign, today: date) -> date:
    legacy = DailyUse.objects.filter(submission_class=campaign.legacy_class).aggregate(day=Min("day"))["day"]
    return min(legacy or today, Coverage.objects.aggregate(day=Min("day"))["day"] or today)


def _replay(campaign: Campaign, start: date, today: date) -> None:
    """Replace all changes of standing from `start` on, and what the holdouts show of them."""
    holdouts = Holdout.objects.filter(campaign=campaign)
    StandingChange.objects.filter(day__gte=start, holdout_id__in=holdouts.values("pk")).delete()
    covered = covered_days(until=today)
    for day in _days(start, today):
        since = quiet_since(day, campaign.quiet_days, covered)
        _execute_for(campaign, "standings", start=start, day=day, quiet_since=since)
    _execute_for(campaign, "settle", start=start)
    _execute_for(campaign, "reasons", day=today, quiet_since=quiet_since(today, campaign.quiet_days, covered))


def _count(campaign: Campaign, start: date, today: date) -> None:
    """Replace the counts from `start` on: today's from the holdouts, then back change by change."""
    standing = dict(campaign.holdouts.values_list("standing").annotate(number=Count("pk")))
    changes = StandingChange.objects.filter(holdout__campaign=campaign, day__gt=start)
    moves: dict[date, list[tuple[str, str, int]]] = {}
    for day, *move in changes.values_list("day", "standing", "previous").annotate(number=Count("holdout")):
        moves.setdefault(day, []).append(tuple(move))
    rows = [
        StandingCount(campaign=campaign, day=day, standing=name, holdouts=standings.get(name, 0))
        for day, standings in past.unwound(standing, moves, _days(start, today))
        for name in Standing.values
    ]
    StandingCount.objects.filter(campaign=campaign, day__gte=start).delete()
    StandingCount.objects.bulk_create(rows)


def _days(start: date, until: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((until - start).days + 1)]


def _execute_for(campaign: Campaign, name: str, **days: date) -> None:
    auth = SubmissionClass.SMTP_AUTH.value
    _execute(name, campaign=campaign.pk, legacy=campaign.legacy_class.value, auth=auth, **days)


def _execute(name: str, **values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # PostgreSQL has it from a migration
            connection.connection.create_function("campaign_range_of", 1, _range_of, deterministic=True)
        else:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            _join_whole_tables(cursor, name not in BY_STEPS)
        cursor.execute(Path(__file__).with_name(f"{name}.sql").read_text(), values)
        if connection.vendor == "postgresql":
            _join_whole_tables(cursor, True)


def _join_whole_tables(cursor, allowed: bool) -> None:
    """Of PostgreSQL, up to the end of the transaction."""
    word = "on" if allowed else "off"
    cursor.execute(f"SET LOCAL enable_hashjoin = {word}; SET LOCAL enable_mergejoin = {word}")


def _range_of(address: str | None) -> str | None:
    """As PostgreSQL's: what is no address lies nowhere."""
    from campaign.submissions.ranges import range_of  # with what reads logs, which pages have no use for

    try:
        return None if address is None else range_of(address)
    except ValueError:
        return ""
