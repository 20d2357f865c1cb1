"""Who gets in touch with the help desk after a notice, and the desk that answers.

A call is a function of the customer and of the notice's second, so it needs no memory: told
again after a kill, it is the same call, and what is recorded already is left alone.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from campaign.models import Contact, Desk
from notices.models import Notice

T = TypeVar("T")
SHARE = 0.06  # of notices after which somebody gets in touch
AFTER = (0.42, 0.27, 0.13, 0.10, 0.08)  # on the day itself, and the days after it; not quite as is assumed
OPENS, CLOSES = time(9), time(18)
SOON = timedelta(minutes=20)  # from a notice to the first call about it
LONGEST = timedelta(days=21)  # from a notice to the last call, and more
Channel, Topic, Outcome = Contact.Channel, Contact.Topic, Contact.Outcome
CHANNELS = {Channel.PHONE: 78, Channel.MAIL: 15, Channel.CHAT: 6, Channel.IN_PERSON: 1}
TOPICS = {
    Topic.GENUINE: 34,
    Topic.HOW_TO: 31,
    Topic.PASSWORD: 15,
    Topic.ERROR: 9,
    Topic.DEVICE: 5,
    Topic.COMPLAINT: 3,
    Topic.DELAY: 2,
    Topic.OTHER: 1,
}
OUTCOMES = {Outcome.SOLVED: 70, Outcome.WILL_TRY: 18, Outcome.CALL_BACK: 6, Outcome.HANDED_ON: 3, Outcome.NOT_SOLVED: 3}


class Call(NamedTuple):
    at: datetime
    channel: Channel
    minutes: int
    topic: Topic
    outcome: Outcome


def call_after(login: str, second: int, *, zone: ZoneInfo) -> Call | None:
    """What a notice, accepted in that second, makes this customer do; mostly nothing."""
    chance = random.Random(f"call {login} {second}")
    if chance.random() >= SHARE:
        return None
    notice = datetime.fromtimestamp(second, zone)
    topic = _one_of(TOPICS, chance)
    minutes = 3 + round(chance.expovariate(1 / (4 if topic is Topic.GENUINE else 9)))
    at = _moment(notice, chance, zone)
    return Call(at.astimezone(UTC), _one_of(CHANNELS, chance), min(minutes, 60), topic, _one_of(OUTCOMES, chance))


def _moment(notice: datetime, chance: random.Random, zone: ZoneInfo) -> datetime:
    # Also on weekends: the sample sends on every day, so each counts as one on which the desk is open.
    days = (notice.date() + timedelta(days=after) for after in count())
    wanted = chance.choices(range(len(AFTER)), AFTER)[0]
    for place, day in enumerate(days):
        begin = max(datetime.combine(day, OPENS, tzinfo=zone), notice + SOON)
        end = datetime.combine(day, CLOSES, tzinfo=zone)
        if place >= wanted and begin < end:
            return begin + timedelta(seconds=int(chance.random() * (end - begin).total_seconds()))
    raise AssertionError("days do not end")


def _one_of(weights: dict[T, int], chance: random.Random) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def record(*, since: datetime, until: datetime, zone: ZoneInfo, made_by_id: int | None) -> int:
    """Record the contacts between the two moments that are not recorded yet; how many."""
    known = set(Contact.objects.filter(at__gte=since, at__lt=until).values_list("customer_id", "at"))
    new = [
        Contact(customer_id=customer_id, made_by_id=made_by_id, **call._asdict())
        for customer_id, call in _calls(since, until, zone)
        if (customer_id, call.at) not in known
    ]
    Contact.objects.bulk_create(new)
    return len(new)


def _calls(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[int, Call]]:
    notices = Notice.objects.filter(accepted_at__gte=since - LONGEST, accepted_at__lt=until)
    for customer_id, login, at in notices.values_list("holdout__customer", "holdout__customer__login", "accepted_at"):
        call = call_after(login, int(at.timestamp()), zone=zone)
        if call and since <= call.at < until:
            yield customer_id, call


def open_desk(*, starts_on: date, today: date, now: datetime, changed_by_id: int | None) -> None:
    """Three seats from the first campaign on, and two in this month, for which the cap then is lower."""
    for from_day, seats in {starts_on: 3, today.replace(day=1): 2}.items():
        made = {"seats": seats, "contacts_per_seat": 12, "changed_at": now, "changed_by_id": changed_by_id}
        if from_day >= starts_on:
            Desk.objects.get_or_create(from_day=from_day, defaults=made)
