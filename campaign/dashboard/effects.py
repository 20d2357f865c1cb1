"""What each round did beyond what happens by itself, in numbers and words that people understand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from campaign.dashboard import intervals
from campaign.dashboard.words import mailing_title
from campaign.jinja import count, tenths
from campaign.models import Campaign, Language
from campaign.plan.lift import NotTold
from notices.models import Lift, Mailing, Outcome

DRAWN = 8  # intervals in the chart, the latest rounds first


@dataclass(frozen=True)
class Effect:
    """Of one round and outcome; `text` names whose text it was, "" for all customers. Numbers are ready to be shown."""

    text: str
    why_not: str  # "" where it is told
    days: int
    days_left_out: int
    written: int
    measured: int
    with_notice: str  # of a hundred written to
    by_itself: str
    more: str
    low: str
    high: str
    people: str
    people_low: str
    people_high: str
    sentence: str
    lift: Lift


@dataclass(frozen=True)
class Round:
    """A round that has begun; both lists begin with all customers and go on by text, where there are several."""

    title: str
    url: str
    counted_at: datetime | None  # None: not yet
    moved: list[Effect]
    started: list[Effect]


@dataclass(frozen=True)
class Headline:
    round: str
    sentence: str


def of(campaign: Campaign, *, at_most: int) -> list[Round]:
    """The latest rounds, newest first; the few notices of a week to new holdouts only where they tell something."""
    begun = (
        Mailing.objects.rounds().filter(campaign=campaign, started_at__isnull=False).exclude(kind=Mailing.Kind.THANKS)
    )
    shown = begun.filter(~Q(kind=Mailing.Kind.FIRST) | Q(pk__in=_told(campaign).order_by().values("mailing")))
    found = shown.select_related("text_ja", "text_en").prefetch_related("lifts").order_by("-planned_at", "-pk")
    return [_round(mailing) for mailing in found[:at_most]]


def newest(campaign: Campaign) -> Headline | None:
    """Of the newest round of which it is told how many it moved."""
    lift = _told(campaign).select_related("mailing").first()
    return Headline(mailing_title(lift.mailing.kind, lift.mailing.period), sentence(lift)) if lift else None


def _told(campaign: Campaign) -> QuerySet[Lift]:
    told = Lift.objects.filter(mailing__campaign=campaign, outcome=Outcome.MOVED, language="", not_told="")
    return told.order_by("-mailing__planned_at", "-mailing")


def _round(mailing: Mailing) -> Round:
    lifts = sorted(mailing.lifts.all(), key=lambda lift: lift.language)
    several = len({lift.language for lift in lifts}) > 2
    shown = [lift for lift in lifts if several or not lift.language]
    return Round(
        title=mailing_title(mailing.kind, mailing.period),
        url=reverse("mailing", kwargs={"pk": mailing.pk}),
        counted_at=max((lift.counted_at for lift in lifts), default=None),
        moved=[_effect(lift) for lift in shown if lift.outcome == Outcome.MOVED],
        started=[_effect(lift) for lift in shown if lift.outcome == Outcome.STARTED],
    )


def _effect(lift: Lift) -> Effect:
    return Effect(
        text=_text(lift),
        why_not=str(NotTold(lift.not_told).label) if lift.not_told else "",
        days=lift.window_days,
        days_left_out=lift.days_left_out,
        written=lift.written,
        measured=lift.measured,
        with_notice=per_hundred(lift.share),
        by_itself=per_hundred(lift.by_itself),
        more=signed(lift.difference),
        low=signed(lift.low),
        high=signed(lift.high),
        people=about(lift.people(lift.difference)),
        people_low=about(lift.people(lift.low)),
        people_high=about(lift.people(lift.high)),
        sentence="" if lift.not_told else sentence(lift),
        lift=lift,
    )


def _text(lift: Lift) -> str:
    if not lift.language:
        return ""
    version = getattr(lift.mailing, f"text_{lift.language}")
    language = Language(lift.language).label
    if version is None:
        return _("%(language)s text, ours, as it came") % {"language": language}
    return _("%(language)s text, version %(number)s") % {"language": language, "number": version.number}


def per_hundred(share: float) -> str:
    return tenths(100 * share)


def signed(share: float) -> str:
    value = round(100 * share, 1)
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + tenths(abs(value))


def about(number: int) -> str:
    """To two digits, for nobody knows more: 431 are about 430."""
    digits = len(str(abs(number)))
    near = round(number, min(0, 2 - digits))
    return f"−{count(-near)}" if near < 0 else count(near)


def sentence(lift: Lift) -> str:
    """For whoever decides; all customers of the round, or those of one text."""
    values = {
        "days": lift.window_days,
        "people": about(lift.people(lift.difference)),
        "low": about(lift.people(lift.low)),
        "high": about(lift.people(lift.high)),
        "fewer": about(-lift.people(lift.difference)),
        "least": about(-lift.people(lift.high)),
        "most": about(-lift.people(lift.low)),
    }
    if lift.low > 0:
        text = ngettext(
            "Because of this round about %(people)s people (%(low)s to %(high)s) moved within %(days)s day of their "
            "turn who would not have moved by themselves in that time.",
            "Because of this round about %(people)s people (%(low)s to %(high)s) moved within %(days)s days of their "
            "turn who would not have moved by themselves in that time.",
            lift.window_days,
        )
    elif lift.high < 0:
        text = ngettext(
            "Within %(days)s day of their turn about %(fewer)s people fewer (%(least)s to %(most)s) moved than would "
            "have by themselves. A notice should not do that: look into what it said.",
            "Within %(days)s days of their turn about %(fewer)s people fewer (%(least)s to %(most)s) moved than would "
            "have by themselves. A notice should not do that: look into what it said.",
            lift.window_days,
        )
    else:
        text = ngettext(
            "It is not certain that this round made anybody move within %(days)s day of their turn: it may have been "
            "nobody, and at most about %(high)s people.",
            "It is not certain that this round made anybody move within %(days)s days of their turn: it may have been "
            "nobody, and at most about %(high)s people.",
            lift.window_days,
        )
    return text % values


def chart(rounds: Sequence[Round]) -> Markup:
    """One interval for each of the latest rounds that is told, by text where there are several; empty without any."""
    told = [(each, effect) for each in rounds for effect in each.moved if not effect.why_not][:DRAWN]
    if not told:
        return Markup("")
    rows = [
        intervals.Interval(
            label=effect.text or each.title,
            value=_("%(more)s (%(low)s to %(high)s)") % vars(effect),
            low=100 * effect.lift.low,
            middle=100 * effect.lift.difference,
            high=100 * effect.lift.high,
        )
        for each, effect in told
    ]
    return intervals.intervals(
        name="effects",
        title=_("How many more moved because of each round, of a hundred written to"),
        description="; ".join(f"{row.label}: {row.value}" for row in rows),
        rows=rows,
    )
