"""What the help desk hears of it: contacts a day, their topics, and how many a hundred notices bring."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import number_format
from markupsafe import Markup

from campaign.customers.chosen import wanted_rows
from campaign.dashboard import charts
from campaign.dashboard.breakdowns import percent
from campaign.dashboard.narrowing import Narrowed
from campaign.models import Campaign, Contact, Holdout
from notices.models import SendingDay

DAYS = 28
WEEK = 7
TOPICS = 5


@dataclass(frozen=True)
class Rate:
    """Contacts per hundred notices, as reckoned on a day; only assumed where `day` is None."""

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
    """Of `DAYS` days up to today, newest first; `rate` is of all customers, whoever is chosen."""

    total: int
    week: int
    week_before: int
    a_day: str
    topics: list[Topic]
    days: list[Day]
    rate: Rate


def of(campaign: Campaign, narrowed: Narrowed, *, today: date) -> Contacts:
    by_day, by_topic = _counted(campaign, narrowed, first=today - timedelta(days=DAYS - 1), last=today)
    total, most = by_topic.total(), max(by_topic.values(), default=0)
    days = [today - timedelta(days=ago) for ago in range(DAYS)]
    busiest = max(by_day.values(), default=0)
    return Contacts(
        total=total,
        week=sum(by_day[day] for day in days[:WEEK]),
        week_before=sum(by_day[day] for day in days[WEEK : 2 * WEEK]),
        a_day=number_format(total / DAYS, decimal_pos=1),
        topics=[
            Topic(str(Contact.Topic(name).label), number, percent(number, total), charts.bar(number, most, "mixed"))
            for name, number in by_topic.most_common(TOPICS)
        ],
        days=[Day(day, by_day[day], charts.bar(by_day[day], busiest, "mixed")) for day in days],
        rate=_rate(),
    )


def _counted(campaign: Campaign, narrowed: Narrowed, *, first: date, last: date) -> tuple[Counter, Counter]:
    begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
    contacts = Contact.objects.filter(at__gte=begin, at__lt=end)
    if narrowed.any:
        chosen = Holdout.objects.filter(wanted_rows(narrowed), campaign=campaign)
        contacts = contacts.filter(customer__in=chosen.values("customer"))
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    by_day, by_topic = Counter(), Counter()
    for on, topic, number in contacts.values_list(day, "topic").annotate(number=Count("*")).order_by():
        by_day[on] += number
        by_topic[topic] += number
    return by_day, by_topic


def _rate() -> Rate:
    """As the day's cap was decided by; reckoning it now would look at each of sixty days."""
    decided = SendingDay.objects.filter(contacts_per_hundred__isnull=False).order_by("-day").first()
    if decided is None:
        return Rate(number_format(settings.CONTACTS_PER_HUNDRED))
    values = (decided.contacts_per_hundred, decided.contacts_at_least, decided.contacts_at_most)
    return Rate(*(number_format(value, decimal_pos=1) for value in values), decided.day)
