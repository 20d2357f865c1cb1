"""What a holdout gets next and when, or why nothing: a rule on values, by the schedule and by `why_not`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from campaign.models import Standing
from campaign.plan.last_days import Span, exempt_until
from notices import schedule
from notices.models import Mailing
from notices.schedule import Course, Kind, Round
from notices.selection import A_MONTH, FINALS, THANKS_WITHIN, WhyNot, why_not

AHEAD = 60  # rounds of a kind that are looked at: more than a year of weeks
PASSING = (WhyNot.EXEMPT, WhyNot.LATELY, WhyNot.FIRST_LATELY, WhyNot.UNDER_WAY, WhyNot.MOVING)


class Step(StrEnum):
    """How far the mailing of the next notice is."""

    TO_BE_PLANNED = "to_be_planned"
    TO_BE_APPROVED = "to_be_approved"
    PAUSED = "paused"
    ON_ITS_WAY = "on_its_way"


STEPS = {Mailing.State.PLANNED: Step.TO_BE_APPROVED, Mailing.State.PAUSED: Step.PAUSED}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a holdout today. `facts` are those of `why_not`; what passes by itself comes as days."""

    standing: str
    standing_since: date
    exempt: tuple[Span, ...] = ()  # of today, and those that are still to come
    facts: frozenset[WhyNot] = frozenset()
    left_out_of: frozenset[Kind] = frozenset()  # whose audience this holdout is none of
    last_notice_on: date | None = None  # of any campaign, without thanks and guides on request
    first_notice_on: date | None = None  # that a new holdout gets
    moves_on: date | None = None  # while moving: counts as moved from this day on if nothing comes between
    waiting: "Waiting | None" = None


@dataclass(frozen=True)
class Waiting:
    """A notice that is planned and has not gone out."""

    kind: Kind
    slot_on: date
    state: str  # of its mailing


@dataclass(frozen=True, kw_only=True)
class Coming:
    """`kind` is None where nothing comes; then `why_not` says why, or nobody plans anything any more."""

    kind: Kind | None = None
    first: date | None = None  # the day on which it goes out, or from which on
    last: date | None = None  # the last possible one, where there is one
    step: Step = Step.TO_BE_PLANNED
    if_moved: bool = False  # only if the old way is not used until then
    why_not: WhyNot | None = None
    passed: date | None = None  # the day of an earlier one that comes too soon after the last notice


def coming(known: Known, course: Course, *, today: date, planned: Collection[tuple[str, str]] = frozenset()) -> Coming:
    """The next notice, if nothing changes until then. `planned`: kind and period of the mailings there are."""
    if known.waiting:
        waiting = known.waiting
        step = STEPS.get(Mailing.State(waiting.state), Step.ON_ITS_WAY)
        return Coming(kind=waiting.kind, first=max(waiting.slot_on, today), step=step)
    found, reasons, passed = [], {}, {}
    for place, kind in enumerate(schedule.ORDER):
        each, reasons[kind], passed[kind] = _first_of(kind, known, course, today=today, planned=planned)
        if each is not None:
            found.append((max(each.first_day, each.plan_from, today), place, each))
    if not found:
        return Coming(why_not=_most_telling(reasons, known))
    day, _, each = min(found, key=lambda candidate: candidate[:2])
    return Coming(
        kind=each.kind,
        first=day,
        last=each.latest if each.kind in FINALS and each.latest != day else None,
        if_moved=each.kind == Kind.THANKS and known.standing == Standing.MOVING,
        passed=passed[each.kind],
    )


def _first_of(
    kind: Kind, known: Known, course: Course, *, today: date, planned: Collection[tuple[str, str]]
) -> tuple[Round | None, WhyNot | None, date | None]:
    """The first round of a kind in which the holdout is due, or why in none; and the day of one that comes too soon."""
    reason, passed = None, None
    for each in islice(schedule.rounds(kind, course, since=today), AHEAD):
        if (kind.value, each.period) in planned:
            continue
        reason = _reason(kind, known, course, day=max(each.plan_from, today), today=today)
        if reason is None:
            return each, None, passed
        if reason not in PASSING:
            break
        if reason is WhyNot.LATELY:
            passed = passed or max(each.first_day, each.plan_from, today)
    return None, reason, None


def _reason(kind: Kind, known: Known, course: Course, *, day: date, today: date) -> WhyNot | None:
    standing, since = known.standing, known.standing_since
    if kind == Kind.THANKS and standing == Standing.MOVING and known.moves_on and day >= known.moves_on:
        standing, since = Standing.MIGRATED, known.moves_on
    days = {
        WhyNot.LATELY: known.last_notice_on and day < known.last_notice_on + timedelta(days=course.gap_days),
        WhyNot.FIRST_LATELY: known.first_notice_on and day <= known.first_notice_on + A_MONTH,
        WhyNot.LONG_MOVED: since < day - THANKS_WITHIN,
        WhyNot.UNDER_WAY: WhyNot.UNDER_WAY in known.facts and day == today,
        WhyNot.OTHERS: kind in known.left_out_of,
    }
    facts = (known.facts - set(days)) | {fact for fact, holds in days.items() if holds}
    exempt = exempt_until(known.exempt, day=day) is not None
    if standing == Standing.EXEMPT and not exempt:  # where such a holdout will stand then, nobody knows: the worst
        standing = Standing.HOLDOUT
    return why_not(standing, exempt=exempt, kind=kind, facts=facts)


def _most_telling(reasons: Mapping[Kind, WhyNot | None], known: Known) -> WhyNot | None:
    """Of the kinds that most people get, the first that has a reason.

    An address that no mail reaches says more than a plan that chooses others, and an exemption in the last weeks more
    than the wish for no reminders, after which those of the last weeks would come.
    """
    of_most = (
        Kind.REMINDER,
        Kind.LAST_DAY,
        Kind.THREE_DAYS,
        Kind.TWO_WEEKS,
        Kind.ANNOUNCEMENT,
        Kind.FIRST,
        Kind.THANKS,
    )
    told = [reasons[kind] for kind in of_most if reasons.get(kind) not in (None, WhyNot.NOT_MOVED)]
    if told and told[0] is WhyNot.OTHERS and WhyNot.UNREACHABLE in known.facts:
        return WhyNot.UNREACHABLE
    if told and told[0] is WhyNot.MUTED and WhyNot.EXEMPT in told:
        return WhyNot.EXEMPT
    return told[0] if told else None
