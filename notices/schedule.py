"""The plan of a campaign's mailings: which kind is planned when. Rules on days alone; who gets it: `selection.py`.

| kind | planned | its notices go out |
| --- | --- | --- |
| announcement | on the campaign's first open day, if nothing was planned before | by waves, where there are some |
| first | each week, for those identified since the campaign began to write | at once |
| reminder | on the first open day of a month, until the final notices begin | at once |
| two weeks | an open day ahead | 14 days before the cut-off or on the open day before; while 8 days are left |
| three days | an open day ahead | 3 days before or on the open day before; on that day only |
| last day | an open day ahead | on the last open day before the cut-off |
| thanks | each week, up to 30 days after the cut-off | at once |

A day that was missed is made up for as long as the kind may still be planned.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.plan.calendar import open_days
from notices.models import Mailing

Kind = Mailing.Kind
DAY = timedelta(days=1)
AFTER_CUTOFF = timedelta(days=30)  # so long a personal link shows how things stand, and thanks go out
MAY_ANNOUNCE = timedelta(days=27)  # after the campaign's first open day
TWO_WEEKS_AT_LEAST = 8  # days that must be left when a notice of two weeks goes out
# Those that are planned first are those that others keep clear of.
PLANNED = tuple(kind for kind in Kind if kind not in (Kind.EXTRA, Kind.GUIDE))  # those that come by themselves
ORDER = (Kind.LAST_DAY, Kind.THREE_DAYS, Kind.TWO_WEEKS, Kind.ANNOUNCEMENT, Kind.FIRST, Kind.REMINDER, Kind.THANKS)


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the schedule of one campaign rests on."""

    starts_on: date
    cutoff_on: date
    is_open: Callable[[date], bool]
    active: frozenset[Kind] = frozenset(PLANNED)
    begun_on: date | None = None  # the day on which its first mailing was planned
    gap_days: int = 7
    batch_days: int = 7  # 1: first notices and thanks are planned each day


@dataclass(frozen=True)
class Round:
    """One mailing that is to be: all days count, both ends included."""

    kind: Kind
    period: str
    plan_from: date
    plan_until: date
    first_day: date  # before it none of its notices goes out
    latest: date  # after it none: its text would not be true any more


def rounds(kind: Kind | str, course: Course, *, since: date) -> Iterator[Round]:
    """Those of an active kind that may still be planned on `since` or later, in their order."""
    kind = Kind(kind)
    if kind in course.active:
        yield from (found for found in MAKERS[kind](kind, course, max(since, course.starts_on)))


def wanted(course: Course, *, today: date) -> list[Round]:
    """What is to be planned today unless it is there already, in the order in which it must be done."""
    found = (next(rounds(kind, course, since=today), None) for kind in ORDER)
    return [each for each in found if each is not None and each.plan_from <= today]


def final_days(course: Course) -> dict[Kind, date]:
    """The day of each final notice: by count, or the open day before; never two on one day."""
    last = _open_before(course.cutoff_on, course)
    three = _open_before(min(course.cutoff_on - 2 * DAY, last), course)
    two_weeks = _open_before(min(course.cutoff_on - 13 * DAY, three), course)
    return {Kind.TWO_WEEKS: two_weeks, Kind.THREE_DAYS: three, Kind.LAST_DAY: last}


def _open_before(day: date, course: Course) -> date:
    """The last open day before `day`; where a year has none, the day before."""
    back = (day - number * DAY for number in range(1, 366))
    return next(filter(course.is_open, back), day - DAY)


def _first_open(day: date, course: Course) -> date:
    return next(open_days(day, course.is_open), day)


def _finals(kind: Kind, course: Course, since: date) -> Iterator[Round]:
    day = final_days(course)[kind]
    last = max(day, course.cutoff_on - TWO_WEEKS_AT_LEAST * DAY) if kind == Kind.TWO_WEEKS else day
    if since <= last and day >= course.starts_on:
        ahead = max(_open_before(day, course), course.starts_on)
        yield Round(kind, course.cutoff_on.isoformat(), ahead, last, day, last)


def _announcement(kind: Kind, course: Course, since: date) -> Iterator[Round]:
    first = _first_open(course.starts_on, course)
    until = min(first + MAY_ANNOUNCE, course.cutoff_on - DAY)
    if course.begun_on is None and since <= until:
        yield Round(kind, course.starts_on.isoformat(), first, until, first, course.cutoff_on - DAY)


def _reminders(kind: Kind, course: Course, since: date) -> Iterator[Round]:
    """A month's reminder keeps clear of the final notices, and of the announcement in its month."""
    finals = [day for each, day in final_days(course).items() if each in course.active]
    end = min([course.cutoff_on, *(day - (course.gap_days - 1) * DAY for day in finals)]) - DAY
    announced = _months_of_the_announcement(course) if Kind.ANNOUNCEMENT in course.active else set()
    month = since.replace(day=1)
    while month <= end:
        last = month.replace(day=monthrange(month.year, month.month)[1])
        first = max(_first_open(month, course), course.starts_on)
        until = min(last, end)
        if max(since, first) <= until and month not in announced:
            yield Round(kind, f"{month:%Y-%m}", first, until, first, course.cutoff_on - DAY)
        month = last + DAY


def _months_of_the_announcement(course: Course) -> set[date]:
    """By their first days: that of the day it was to be planned on, and of that on which it was."""
    first = _first_open(course.starts_on, course)
    late = course.begun_on is not None and first < course.begun_on <= first + MAY_ANNOUNCE
    return {day.replace(day=1) for day in ((first, course.begun_on) if late else (first,))}


def _firsts(kind: Kind, course: Course, since: date) -> Iterator[Round]:
    """Where a final notice is near, it is the first that a new holdout gets."""
    if course.begun_on is None and Kind.ANNOUNCEMENT in course.active:
        return
    finals = [day for each, day in final_days(course).items() if each in course.active]

    def clear(day: date) -> bool:
        return not any(timedelta(0) <= final - day < course.gap_days * DAY for final in finals)

    for begin, days in _batches(course, since, until=course.cutoff_on - DAY):
        free = [day for day in days if day >= since and clear(day)]
        if free:
            yield Round(kind, begin.isoformat(), free[0], free[-1], free[0], course.cutoff_on - DAY)


def _thanks(kind: Kind, course: Course, since: date) -> Iterator[Round]:
    until = course.cutoff_on + AFTER_CUTOFF
    for begin, days in _batches(course, since, until=until):
        yield Round(kind, begin.isoformat(), days[0], days[-1], days[0], until)


def _batches(course: Course, since: date, *, until: date) -> Iterator[tuple[date, list[date]]]:
    """The first day of each batch (a Monday, where it is a week), and its days from its first open one on."""
    step = course.batch_days * DAY
    begin = since - (since.weekday() % course.batch_days) * DAY
    while begin <= until:
        days = [begin + number * DAY for number in range(course.batch_days)]
        opened = next((place for place, day in enumerate(days) if course.is_open(day)), len(days))
        left = [day for day in days[opened:] if course.starts_on <= day <= until]
        if left and left[-1] >= since:
            yield begin, left
        begin += step


MAKERS: dict[Kind, Callable[[Kind, Course, date], Iterator[Round]]] = {
    Kind.ANNOUNCEMENT: _announcement,
    Kind.FIRST: _firsts,
    Kind.REMINDER: _reminders,
    Kind.TWO_WEEKS: _finals,
    Kind.THREE_DAYS: _finals,
    Kind.LAST_DAY: _finals,
    Kind.THANKS: _thanks,
}
