"""How many notices the desk allows on a day: decided once, from its seats and the contacts there were.

Sending decides it, and before anything is sent, beat. Pages only read: every one that says how many contacts a hundred
notices bring says what the row of today says, or would say if it were decided now.
"""

from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaign.models import Contact, Desk
from campaign.plan import calendar, capacity
from notices import pacing
from notices.models import Notice, SendingDay

FURTHEST_BACK = 150  # days in which the open days are looked for
LATEST_REPLY = timedelta(hours=1)


def of_day(day: date) -> SendingDay:
    """The day's row, with the cap that is in force on it; the first who asks decides it, so a page must not.

    It rests on the days before alone, so it does not matter who asks first, or when; what was decided before anything
    was known of them, such as before old logs were read, is decided once more.
    """
    row = SendingDay.objects.filter(day=day).first()
    if row is None:
        row, _ = SendingDay.objects.get_or_create(day=day)
    if not row.decided_at:
        return decide(day)
    return decide(day, again=True) if _known_since(row) else row


def is_assumed(row: SendingDay) -> bool:
    """Whether nothing was measured of what the row says of contacts."""
    return capacity.only_assumed(row.contacts_per_hundred, row.contacts_at_least)


def _known_since(row: SendingDay) -> bool:
    """Two questions before the many, for workers ask this before each batch."""
    if not is_assumed(row) or not SendingDay.objects.filter(day__lt=row.day, taken__gt=0).exists():
        return False
    measured = measured_before(row.day)
    return not capacity.only_assumed(measured.per_hundred, measured.at_least)


def decide(day: date, *, again: bool = False) -> SendingDay:
    """Write down what holds on the day, unless somebody else has; `again` when the desk changed, or more is known."""
    undecided = {} if again else {"decided_at": None}
    SendingDay.objects.filter(day=day, **undecided).update(decided_at=Now(), **_reckoned(day))
    return SendingDay.objects.get(day=day)


def foresee(day: date) -> SendingDay:
    """What is in force on the day, or would be if it were decided now; writes nothing."""
    row = SendingDay.objects.filter(day=day).first() or SendingDay(day=day)
    if not row.decided_at or _known_since(row):
        for name, value in _reckoned(day).items():
            setattr(row, name, value)
    return row


def _reckoned(day: date) -> dict[str, float | int | None]:
    measured = measured_before(day)
    takes, desk_cap = room(day, measured.per_hundred)
    return {
        "capacity": takes,
        "desk_cap": desk_cap,
        "contacts_per_hundred": measured.per_hundred,
        "contacts_at_least": measured.at_least,
        "contacts_at_most": measured.at_most,
    }


def measured_before(day: date) -> capacity.Measure:
    return capacity.measure(recent_days(day), assumed=settings.CONTACTS_PER_HUNDRED)


def room(day: date, per_hundred: float) -> tuple[int | None, int | None]:
    """What the desk takes on the day, and how many notices that leaves room for; None where there is no limit."""
    coming = islice(calendar.open_days(day + timedelta(days=1), pacing.is_open), len(capacity.LAG) - 1)
    found = capacity.capacities(Desk.objects.all().capacities(), [day, *coming])
    return found[0], capacity.cap(per_hundred, found)


def recent_days(day: date) -> list[capacity.Day]:
    """The open days before `day` that are looked back on, in their order, and what each had."""
    back = (day - timedelta(days=ago) for ago in range(1, FURTHEST_BACK))
    days = list(islice((one for one in back if pacing.is_open(one)), capacity.WINDOW))[::-1]
    if not days:
        return []
    contacts = capacity.by_open_day(Contact.objects.by_day(days[0], day - timedelta(days=1)), days)
    # One narrow range of the index for each day: grouping by day would compute it for every row.
    kept = dict(SendingDay.objects.filter(day__in=days, taken__gt=0).values_list("day", "accepted"))
    notices = [_accepted_on(one, kept[one]) if one in kept else 0 for one in days]
    return [capacity.Day(*values) for values in zip(days, notices, contacts, strict=True)]


def _accepted_on(day: date, kept: int | None) -> int:
    return Notice.objects.accepted_on(day).count() if kept is None else kept


def keep_past(*, now: datetime) -> int:
    """Count the days that are over, once each; how many. What was under way at a day's end has come back by then."""
    over = timezone.localdate(now - LATEST_REPLY)
    due = SendingDay.objects.filter(day__lt=over, taken__gt=0, accepted=None)
    days = list(due.order_by("day").values_list("day", flat=True))
    for day in days:
        with transaction.atomic():
            row = SendingDay.objects.select_for_update(no_key=True).get(day=day)  # before it is looked: `count_again`
            SendingDay.objects.filter(pk=row.pk).update(accepted=Notice.objects.accepted_on(day).count())
    return len(days)


def count_again(day: date) -> None:
    """It was found out later that more went out on it."""
    SendingDay.objects.filter(day=day).update(accepted=None)
