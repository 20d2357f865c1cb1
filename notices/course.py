"""How a round will go: how many notices on which day, when it is through, and what that brings to the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, takewhile

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from campaign.models import AuditEntry, Desk
from campaign.plan import calendar, capacity
from notices import allowance, pacing, reports
from notices.models import Mailing, Notice, SendingDay

AFTER = len(capacity.LAG) - 1  # open days on which a notice still brings contacts
PACE_MINUTES = 5


@dataclass(frozen=True)
class Day:
    """An open day to come: what goes out, the contacts to expect with their likely ends, and what the desk takes."""

    day: date
    notices: int
    contacts: float
    at_least: float
    at_most: float
    capacity: int | None


@dataclass(frozen=True)
class Course:
    """The estimate for one mailing, from this moment on.

    `through_on` is None where its last day comes first, and `left_over` notices stay behind;
    the days between `earliest` and `latest` are as likely as the contacts' ends. Contacts are all
    that come in, also those of earlier notices and of `others`, which wait in other mailings.
    `left_today` can still go out today: by the cap, the hours that are left, and the mailing's slots; what is being
    sent at this moment is among it. `last_slot_today` is the slot of the last of these.
    """

    through_on: date | None
    earliest: date | None
    latest: date | None
    left_over: int
    others: int
    left_today: int
    last_slot_today: datetime | None
    days: tuple[Day, ...]
    own: tuple[tuple[date, int], ...]  # how many of the mailing itself go out on which day

    @property
    def busiest(self) -> Day | None:
        return max(self.days, key=lambda day: day.contacts, default=None)


def spread(waiting: int, caps: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Share the notices that wait out over the days, each of which takes no more than its cap."""
    found = []
    for day, cap in caps:
        if not waiting:
            break
        going = min(waiting, cap)
        waiting -= going
        found.append((day, going))
    return found


def shared(
    waiting: int, others: Sequence[tuple[date, int]], caps: Iterable[tuple[date, int]], *, due_first: int
) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    """Share the days out among a mailing and those of `others`, which fall due by their days and go first.

    On the first day only `due_first` of the mailing can go. What all send on each day, and the mailing alone.
    """
    all_of_them, own = [], []
    elsewhere, left, coming = 0, waiting, sorted(others)
    for place, (day, cap) in enumerate(caps):
        while coming and coming[0][0] <= day:
            elsewhere += coming.pop(0)[1]
        if not left and not elsewhere and not coming:
            break
        gone = min(elsewhere, cap)
        going = min(left if place else min(left, due_first), cap - gone)
        elsewhere, left = elsewhere - gone, left - going
        all_of_them.append((day, gone + going))
        if left or going:
            own.append((day, going))
    return all_of_them, own


def through(plan: Sequence[tuple[date, int]], waiting: int) -> date | None:
    """The day on which the last one goes out; None where some are left."""
    return plan[-1][0] if plan and sum(notices for _, notices in plan) == waiting else None


def contacts_of(
    plan: Sequence[tuple[date, int]], sent_before: Sequence[int], row: SendingDay
) -> list[tuple[float, ...]]:
    """For each day of `plan` and the open days after it: contacts, at least, at most."""
    due = capacity.answers([*sent_before, *(notices for _, notices in plan)])[len(sent_before) :]
    rates = (row.contacts_per_hundred, row.contacts_at_least, row.contacts_at_most)
    return [tuple(notices * rate / 100 for rate in rates) for notices in due]


def course(mailing: Mailing, *, waiting: int, row: SendingDay, now: datetime) -> Course:
    """For a mailing that is being sent, or as if it went out from now on.

    `waiting` is as its report says, `row` what is in force today.
    """
    today = row.day
    left = _room_today(mailing, row, now=now)
    due, last_slot_today = _due_today(mailing, left, row)
    flying, of_all = _in_flight(mailing)  # these took their places in the day's cap
    first = due + flying
    days = _days(today, mailing.expires_on)
    others = _waiting_elsewhere(mailing, now)
    takes = capacity.capacities(Desk.objects.all().capacities(), days)

    def caps(per_hundred: float, *, on_first: int = left + of_all) -> Iterable[tuple[date, int]]:
        for place, day in enumerate(days):
            if day > mailing.expires_on:
                return
            desk_cap = capacity.cap(per_hundred, takes[place : place + AFTER + 1])
            yield day, on_first if day == today else _bound(mailing.daily_cap, desk_cap)

    due_first = first if days and days[0] == today else waiting
    alone = spread(waiting, caps(row.contacts_at_least, on_first=first))
    together, own = shared(waiting, others, caps(row.contacts_per_hundred), due_first=due_first)
    _slowest, own_slowest = shared(waiting, others, caps(row.contacts_at_most), due_first=due_first)
    last_slot = _last_slot(mailing)
    return Course(
        through_on=_no_earlier(through(own, waiting), last_slot),
        earliest=_no_earlier(through(alone, waiting), last_slot),
        latest=_no_earlier(through(own_slowest, waiting), last_slot),
        left_over=waiting - sum(notices for _, notices in own),
        others=sum(notices for _, notices in together) - sum(notices for _, notices in own),
        left_today=first,
        last_slot_today=last_slot_today,
        days=_told(together, days, takes, row, of_all),
        own=tuple(own),
    )


def _bound(cap: int, desk_cap: int | None) -> int:
    by_rate = settings.NOTICE_PER_SECOND * 3600 * (settings.NOTICE_TO_HOUR - settings.NOTICE_FROM_HOUR)
    return min(cap, by_rate) if desk_cap is None else min(cap, by_rate, desk_cap)


def _room_today(mailing: Mailing, row: SendingDay, *, now: datetime) -> int:
    """How many of all mailings can, by the cap and the hours."""
    begin, end = pacing.hours().of(row.day)
    seconds = (end - max(now, begin, mailing.hold_until or now)).total_seconds()
    left = min(row.bound(mailing.daily_cap) - row.taken, int(seconds * settings.NOTICE_PER_SECOND))
    return left if left > 0 and pacing.is_open(row.day) else 0


def _due_today(mailing: Mailing, room: int, row: SendingDay) -> tuple[int, datetime | None]:
    """How many, and the slot of the last of them."""
    if not room:
        return 0, None
    _, end = pacing.hours().of(row.day)
    due = Notice.objects.for_mailing(mailing).claimable(now=end)
    number = due.order_by()[:room].count()
    slots = due.order_by("send_after", "pk").values_list("send_after", flat=True)
    return number, slots[number - 1] if number else None


def _in_flight(mailing: Mailing) -> tuple[int, int]:
    """Notices that are being sent at this moment: of the mailing, and of all."""
    claimed = Notice.objects.filter(state=Notice.State.CLAIMED)
    found = claimed.order_by().aggregate(own=Count("pk", filter=Q(mailing=mailing)), of_all=Count("pk"))
    return found["own"], found["of_all"]


def _days(today: date, until: date) -> list[date]:
    """The open days from today on to the last day, and those after it on which contacts still come."""
    coming = calendar.open_days(today, pacing.is_open)
    found = list(takewhile(lambda day: day <= until, coming))
    after = calendar.open_days(max(today, until + timedelta(days=1)), pacing.is_open)
    return [*found, *islice(after, AFTER + 1)]


def _waiting_elsewhere(mailing: Mailing, now: datetime) -> list[tuple[date, int]]:
    """By the day on which they fall due; what has no day, or one that is over, today."""
    others = Mailing.objects.filter(state=Mailing.State.SENDING).exclude(pk=mailing.pk)
    waiting, today = reports.waiting_by_day(others.select_related("report_counts"), now=now), timezone.localdate(now)
    return [(max(day or today, today), notices) for day, notices in waiting]


def _last_slot(mailing: Mailing) -> date | None:
    waiting = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WAITING)
    last = waiting.aggregate(at=Max("send_after"))["at"]
    return timezone.localdate(last) if last else None


def next_slot(mailing: Mailing) -> datetime | None:
    """When the next of its notices that wait is due, or was; None where none waits."""
    waiting = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WAITING)
    return waiting.aggregate(at=Min("send_after"))["at"]


def _no_earlier(day: date | None, slot: date | None) -> date | None:
    return max(day, slot) if day and slot else day


def _told(
    plan: list[tuple[date, int]], days: list[date], takes: list[int | None], row: SendingDay, flying: int
) -> tuple[Day, ...]:
    """The days of the plan and those after it, with what the desk gets to hear; of what is `flying`, only once."""
    before = list(islice((day for day in _back(row.day) if pacing.is_open(day)), AFTER))[::-1]
    taken = dict(SendingDay.objects.filter(day__in=before).values_list("day", "taken"))
    going = dict(plan)
    if days and days[0] == row.day:
        going[row.day] = going.get(row.day, 0) + max(0, row.taken - flying)
    contacts = contacts_of(list(going.items()), [taken.get(day, 0) for day in before], row)
    sent = dict(plan)
    return tuple(
        Day(day, sent.get(day, 0), *expected, takes[place])
        for place, (day, expected) in enumerate(zip(days, contacts, strict=False))
    )


def _back(day: date) -> Iterable[date]:
    return (day - timedelta(days=ago) for ago in range(1, allowance.FURTHEST_BACK))


def pace(mailing: Mailing, *, now: datetime) -> float:
    """Notices a minute that the relay accepted in the last minutes, or since the mailing goes on again."""
    since = now - timedelta(minutes=PACE_MINUTES)
    begins = (
        mailing.started_at,
        mailing.hold_until,
        _went_on(mailing, since),
        pacing.hours().of(timezone.localdate(now))[0],
    )
    since = max([since, *(at for at in begins if at and at < now)])
    minutes = max(1.0, (now - since).total_seconds() / 60)
    accepted = Notice.objects.for_mailing(mailing).filter(accepted_at__gt=since, accepted_at__lte=now)
    return accepted.count() / minutes


def _went_on(mailing: Mailing, since: datetime) -> datetime | None:
    """When somebody last ended a pause of it, if that was after `since`."""
    resumed = AuditEntry.objects.filter(act=AuditEntry.Act.RESUMED, at__gt=since, kind="mailing", key=str(mailing.pk))
    return resumed.aggregate(at=Max("at"))["at"]


def end_of_day(now: datetime) -> datetime:
    """When the hours of the day end."""
    return pacing.hours().of(timezone.localdate(now))[1]
