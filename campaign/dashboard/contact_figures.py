"""What the help desk hears of it: contacts a day, their topics, and how many a hundred notices bring."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from markupsafe import Markup

from campaign.customers.counts import CONTACT_DAYS, WEEK, Kept
from campaign.dashboard import bars
from campaign.dashboard.breakdowns import percent
from campaign.dashboard.narrowing import Narrowed
from campaign.jinja import tenths
from campaign.models import Contact
from notices import allowance

TOPICS = 5


@dataclass(frozen=True)
class Rate:
    """Contacts per hundred notices, as reckoned when the day began; only assumed where `day` is None."""

    per_hundred: str
    low: str = ""
    high: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Topic:
    title: str
    contacts: int
    share: str
    bar: Markup


@dataclass(frozen=True)
class Day:
    day: date
    contacts: int
    bar: Markup


@dataclass(frozen=True)
class Contacts:
    """Of `CONTACT_DAYS` days up to today; `days`, newest first, and `rate` are of all customers, whoever is chosen."""

    total: int
    week: int
    week_before: int
    a_day: str
    topics: list[Topic]
    days: list[Day]
    rate: Rate


def of(kept: Kept | None, narrowed: Narrowed, *, today: date) -> Contacts:
    """Of all customers as of now, also of those in no campaign; of some as they were counted last."""
    if not narrowed.any:
        by_day, by_topic = _of_all(today)
        newest_first = [today - timedelta(days=ago) for ago in range(CONTACT_DAYS)]
        weeks = [sum(by_day[day] for day in newest_first[at : at + WEEK]) for at in (0, WEEK)]
        return _contacts(weeks, by_topic, [(day, by_day[day]) for day in newest_first], today=today)
    numbers = [0] * (2 + len(Contact.Topic))
    for cell in kept.wanted(narrowed) if kept else []:
        if cell.contacts:
            numbers = [sum(pair) for pair in zip(numbers, cell.contacts, strict=True)]
    return _contacts(numbers[:2], Counter(dict(zip(Contact.Topic.values, numbers[2:], strict=True))), [], today=today)


def _contacts(weeks: list[int], by_topic: Counter[str], by_day: list[tuple[date, int]], *, today: date) -> Contacts:
    total, most = by_topic.total(), max(by_topic.values(), default=0)
    busiest = max((number for _day, number in by_day), default=0)
    return Contacts(
        total=total,
        week=weeks[0],
        week_before=weeks[1],
        a_day=tenths(total / CONTACT_DAYS),
        topics=[
            Topic(str(Contact.Topic(name).label), number, percent(number, total), bars.bar(number, most, "mixed"))
            for name, number in by_topic.most_common(TOPICS)
            if number
        ],
        days=[Day(day, number, bars.bar(number, busiest, "mixed")) for day, number in by_day],
        rate=_rate(today),
    )


def _of_all(today: date) -> tuple[Counter[date], Counter[str]]:
    ends = (today - timedelta(days=CONTACT_DAYS - 1), today + timedelta(days=1))
    begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in ends)
    contacts = Contact.objects.filter(at__gte=begin, at__lt=end)
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    by_day, by_topic = Counter(), Counter()
    for on, topic, number in contacts.values_list(day, "topic").annotate(number=Count("*")).order_by():
        by_day[on] += number
        by_topic[topic] += number
    return by_day, by_topic


def _rate(today: date) -> Rate:
    """As it holds today, on every page."""
    row = allowance.foresee(today)
    values = (row.contacts_per_hundred, row.contacts_at_least, row.contacts_at_most)
    shown = [tenths(value) for value in values]
    return Rate(shown[0]) if allowance.is_assumed(row) else Rate(*shown, row.day)
