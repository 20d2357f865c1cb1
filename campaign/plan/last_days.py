"""What exemptions mean to one customer: on which days nobody writes, and until when the old way works."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from campaign.models import Exemption

DAY = timedelta(days=1)


class Span(NamedTuple):
    """The days of an exemption, both ends included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def spans(exemptions: Iterable[Exemption], *, today: date) -> tuple[Span, ...]:
    """Of those in force and those still to come."""
    return tuple(Span(each.from_day, each.until) for each in exemptions if each.until >= max(today, each.from_day))


def exempt_until(spans: Iterable[Span], *, day: date) -> date | None:
    """The last day of what is in force on a day; None where nothing is."""
    return max((each.last for each in spans if each.holds(day)), default=None)


def ends_on(cutoff_on: date, spans: Iterable[Span]) -> date:
    """The first day without the old way, for a customer with these exemptions."""
    return max([cutoff_on, *(each.last + DAY for each in spans)])


def silent_from(cutoff_on: date, spans: Iterable[Span], *, today: date) -> date | None:
    """From which day on nobody writes any more, not even shortly before the cut-off; None where those notices come."""
    to_the_end = [each.first for each in spans if each.holds(cutoff_on - DAY)]
    return max(min(to_the_end), today) if to_the_end else None
