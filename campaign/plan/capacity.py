"""What the help desk can take: how many contacts notices bring, and how many notices a day leave room for them.

Everything is counted in open days, the days on which notices go out: what comes in on a closed
day counts for the next open one. Contacts of all campaigns count, whatever they were about: the
desk is one, and a contact too many makes the cap smaller, never larger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from math import floor, isclose, sqrt

LAG = (0.35, 0.30, 0.15, 0.12, 0.08)  # of a notice's contacts, by open days since it went out
LATE = 10  # open days from a notice, itself one of them, in which a contact still counts as brought by notices
WINDOW = 60  # open days that are looked back on, so that a monthly round finds the ones before
HALF_LIFE = 20  # open days after which a day counts half
BELIEF = 300  # notices that the assumption counts like, beside those that were measured
EXPECTED = 3.0  # contacts; days in a row with none of so many were not recorded (by chance: one in twenty)
LEAST, MOST = 0.2, 50.0  # contacts per hundred notices; what is measured beyond them is not believed
NINE_OF_TEN = 1.645  # standard deviations to either side


@dataclass(frozen=True)
class Day:
    """What an open day had: notices that the relay accepted, and contacts that the desk recorded."""

    day: date
    notices: int
    contacts: int


@dataclass(frozen=True)
class Measure:
    """Contacts per hundred notices: the estimate, and the ends within which it lies nine times out of ten.

    `notices` and `contacts` are what it rests on, beside the assumption; `unrecorded` are days
    without a single contact where several had to be expected: they prove nothing.
    """

    per_hundred: float
    at_least: float
    at_most: float
    notices: int = 0
    contacts: int = 0
    unrecorded: tuple[date, ...] = ()


def answers(notices: Sequence[float]) -> list[float]:
    """For each open day, how many notices' worth of contacts it gets, by `LAG`; the days go on after the last."""
    sent = [*notices, *[0.0] * (len(LAG) - 1)]
    return [
        sum(share * sent[place - ago] for ago, share in enumerate(LAG) if place >= ago) for place in range(len(sent))
    ]


def measure(days: Sequence[Day], *, assumed: float) -> Measure:
    """From open days in their order; `assumed` contacts per hundred stand in until enough is measured.

    The estimate is the mean of a gamma distribution (contacts are counted, so Poisson): the
    assumption counts like `BELIEF` notices, the measured days like their notices whose contacts
    were due by then, the older ones for less. A desk that records nothing leaves the assumption as it is.
    """
    due = answers([day.notices for day in days])[: len(days)]
    unrecorded = _unrecorded(days, due, assumed=assumed)
    counted = [
        (0.5 ** ((len(days) - 1 - place) / HALF_LIFE), day.contacts, notices)
        for place, (day, notices) in enumerate(zip(days, due, strict=True))
        if day.day not in unrecorded and any(one.notices for one in days[max(0, place - LATE + 1) : place + 1])
    ]
    shape = assumed / 100 * BELIEF + sum(share * contacts for share, contacts, _ in counted)
    weight = BELIEF + sum(share * notices for share, _, notices in counted)
    ends = (_quantile(shape, side * NINE_OF_TEN) / weight for side in (-1, 1))
    at_least, at_most = (_believable(100 * end) for end in ends)
    of_notices, of_contacts = sum(notices for *_, notices in counted), sum(contacts for _, contacts, _ in counted)
    return Measure(_believable(100 * shape / weight), at_least, at_most, round(of_notices), of_contacts, unrecorded)


def only_assumed(per_hundred: float, at_least: float) -> bool:
    """Whether an estimate with this lower end is the assumption alone: all that is measured narrows it, whatever the
    middle. So it can be told long after the assumption itself was changed."""
    return isclose(at_least, measure([], assumed=per_hundred).at_least, rel_tol=1e-9)


def _unrecorded(days: Sequence[Day], due: Sequence[float], *, assumed: float) -> tuple[date, ...]:
    """Days, one or several in a row, without a single contact of so many that were to be expected."""
    found: list[date] = []
    answering = [(day, notices) for day, notices in zip(days, due, strict=True) if notices or day.contacts]
    for silent, row in groupby(answering, key=lambda pair: not pair[0].contacts):
        silence = list(row)
        if silent and sum(notices for _, notices in silence) * assumed >= 100 * EXPECTED:
            found.extend(day.day for day, _ in silence)
    return tuple(found)


def _quantile(shape: float, deviations: float) -> float:
    """Of the gamma distribution with scale one, by Wilson and Hilferty's cube root."""
    return shape * max(0.0, 1 - 1 / (9 * shape) + deviations / (3 * sqrt(shape))) ** 3


def _believable(per_hundred: float) -> float:
    return min(max(per_hundred, LEAST), MOST)


def cap(per_hundred: float, capacities: Sequence[int | None]) -> int | None:
    """How many notices may go out on a day whose contacts come within these open days, itself the first.

    None where the desk sets no limit. The day with the least room decides; so, if the estimate is
    right and every day keeps its cap, no day is expected to bring more than the desk takes.
    """
    limits = [capacity for capacity in capacities if capacity is not None]
    return floor(min(limits) * 100 / per_hundred) if limits else None


def capacities(changes: Mapping[date, int], days: Sequence[date]) -> list[int | None]:
    """What the desk takes on each of the days; `changes` says from which day on how much."""
    found: list[int | None] = []
    for day in days:
        begun = [start for start in changes if start <= day]
        found.append(changes[max(begun)] if begun else None)
    return found


def by_open_day(counts: Mapping[date, int], days: Sequence[date]) -> list[int]:
    """What each of the open days has, with the closed days before it; the first one only its own."""
    spans = [(days[0], days[0]), *pairwise(days)] if days else []
    return [
        sum(number for day, number in counts.items() if before < day <= last or day == last) for before, last in spans
    ]
