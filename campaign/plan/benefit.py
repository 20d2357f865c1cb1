"""What the old way costs while it is open, and what ending it costs: from counts and the provider's own assumptions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.models import Attribution, SubmissionClass
from campaign.plan import proven

WEEK = timedelta(days=7)
OLD = (SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25)
NAMED = (Attribution.CONFIRMED, Attribution.PROBABLE)


@dataclass(frozen=True)
class Assumptions:
    """What the provider enters: nothing of it is in the logs."""

    minute: int  # of the help desk, in money
    abuse_case: int  # in money: blocklists, work, compensation
    abuse_cases: int  # in a year, for as long as the old way is open


@dataclass(frozen=True)
class Money:
    """In the provider's money, rounded to whole units."""

    support_so_far: int
    support_per_hundred: int  # notices
    abuse_a_year: int
    abuse_a_month: int  # what each month costs by which the cut-off is put off


@dataclass(frozen=True)
class Open:
    """The doors of one day, as `OpenDoor` keeps them."""

    day: date
    addresses: int
    minutes: int
    used_minutes: int
    shared_addresses: int
    people_behind: int
    most_behind: int


@dataclass(frozen=True)
class Week:
    """Seven days up to `until`; the doors are means of its days that have them, the mail is added up."""

    until: date
    days: int
    addresses: float = 0
    minutes: float = 0
    used_minutes: float = 0
    shared_addresses: float = 0
    people_behind: float = 0
    most_behind: int = 0
    with_password: int = 0
    by_address: int = 0  # sent the old way, and somebody is named: by address and time alone
    nobody: int = 0  # sent the old way or relayed, and nobody is named
    unexplained: int = 0  # of `nobody`

    @property
    def held(self) -> float | None:
        """The share of customers' mail that a password proves whose it is; None without mail."""
        old = self.by_address + self.nobody - self.unexplained
        return proven.share({SubmissionClass.SMTP_AUTH: self.with_password, SubmissionClass.POP_BEFORE_SMTP: old})


def weeks(doors: Iterable[Open], mail: Mapping[tuple[date, str, str], int], *, until: date, number: int) -> list[Week]:
    """The last ones, oldest first, without those before the first evidence; `mail` by day, class and attribution."""
    by_day = {door.day: door for door in doors}
    days = {*by_day, *(day for day, _class, _attribution in mail)}
    found = []
    for back in range(number - 1, -1, -1):
        last = until - back * WEEK
        span = [last - timedelta(days=ago) for ago in range(7)]
        if days and span[-1] >= min(days):
            found.append(_week(last, [by_day[day] for day in span if day in by_day], mail, set(span)))
    return found


def _week(last: date, doors: list[Open], mail: Mapping[tuple[date, str, str], int], span: set[date]) -> Week:
    counts = {"with_password": 0, "by_address": 0, "nobody": 0, "unexplained": 0}
    for (day, submission_class, attribution), number in mail.items():
        if day in span:
            for name in _kinds(submission_class, attribution):
                counts[name] += number
    names = ("addresses", "minutes", "used_minutes", "shared_addresses", "people_behind")
    means = {name: sum(getattr(door, name) for door in doors) / len(doors) for name in names} if doors else {}
    most = max((door.most_behind for door in doors), default=0)
    return Week(last, len(doors), most_behind=most, **means, **counts)


def _kinds(submission_class: str, attribution: str) -> tuple[str, ...]:
    if submission_class == SubmissionClass.SMTP_AUTH:
        return ("with_password",)
    if submission_class == SubmissionClass.UNEXPLAINED_RELAY:
        return ("nobody", "unexplained")
    if submission_class in OLD:
        return ("by_address",) if attribution in NAMED else ("nobody",)
    return ()


def money(given: Assumptions, *, minutes: int, per_hundred: float, minutes_each: float) -> Money:
    """`minutes` the desk spent so far; `per_hundred` contacts a hundred notices bring, each of so many minutes.

    Both count to a tenth, as they are shown: whoever multiplies what stands there gets what stands there.
    """
    abuse = given.abuse_case * given.abuse_cases
    return Money(
        support_so_far=given.minute * minutes,
        support_per_hundred=round(given.minute * round(10 * per_hundred) * round(10 * minutes_each) / 100),
        abuse_a_year=abuse,
        abuse_a_month=round(abuse / 12),
    )
