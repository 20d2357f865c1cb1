"""Changes to many at once: what a person may do, and what was done in the last day, as the list shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard.contact import known_tags
from campaign.dashboard.extra_refused import Refused
from campaign.jinja import day
from campaign.models import BulkChange, Campaign, WavePlan
from campaign.plan import bulk, exemptions

Kind = BulkChange.Kind
MAY = "campaign.add_bulkchange"
State = BulkChange.State
ALSO = {
    Kind.WAVE: "campaign.decide_waves",
    Kind.EXEMPT: "campaign.add_exemption",
    Kind.TAG: "campaign.add_tagging",
    Kind.NOTICE: "notices.run_mailing",
}
TITLES: dict[Kind, Callable[[dict], str]] = {
    Kind.WAVE: lambda values: _("Moved to wave %(wave)s") % values,
    Kind.EXEMPT: lambda values: (
        _("Exempt until %(day)s: %(reason)s")
        % {"day": day(date.fromisoformat(str(values["until"]))), "reason": values["reason"]}
    ),
    Kind.TAG: lambda values: _("Tagged “%(tag)s”") % values,
    Kind.NOTICE: lambda values: _("An extra notice"),
}


GOING = {State.CHOOSING: "forth", State.RUNNING: "forth", State.UNDOING: "back"}


@dataclass(frozen=True)
class Recent:
    """A change of the last day; `undo_url` is "" for what was undone, and for those who may not.

    `going` is "forth" or "back" while a worker is at it, with so many `handled` of `chosen` customers.
    """

    title: str
    customers: int
    going: str
    handled: int
    chosen: int
    trouble: str
    mailing_url: str
    at: datetime
    by: str
    undone: bool
    restored: int
    undo_url: str


@dataclass(frozen=True)
class Offered:
    kinds: frozenset[str]  # that this person may make
    waves: tuple[int, ...]
    tags: list[str]
    first_day: date
    last_day: date
    most: int
    recent: list[Recent]

    @property
    def going(self) -> bool:
        """Whether a worker is at one of them."""
        return any(change.going for change in self.recent)


@dataclass(frozen=True)
class Sent:
    """What was sent for a change and cannot be: the list shows it again, with what is wrong at each field.

    `refused` is an extra notice that is not possible now, with the mailing that stands in its way.
    """

    given: QueryDict = field(default_factory=QueryDict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    refused: Refused | None = None

    @property
    def ticked(self) -> set[str]:
        return set(self.given.getlist("customer"))

    @property
    def whom(self) -> str:
        return self.given.get("whom", "chosen")

    def value(self, name: str) -> str:
        return self.given.get(name, "")


def needed(kind: str) -> tuple[str, ...]:
    """The permissions for a change; a kind that does not exist needs what all of them do."""
    return (MAY, ALSO[Kind(kind)]) if kind in Kind.values else (MAY,)


def may(user: AbstractUser, kind: str) -> bool:
    return kind in Kind.values and user.has_perms(needed(kind))


def offered(user: AbstractUser, campaign: Campaign, *, now: datetime, today: date) -> Offered | None:
    """None for who may change nothing."""
    allowed = {kind.value for kind in Kind if may(user, kind)}
    if not allowed:
        return None
    plan = WavePlan.objects.filter(campaign=campaign).first()
    if plan is None:
        allowed.discard(Kind.WAVE.value)
    changes = BulkChange.objects.filter(campaign=campaign, made_at__gte=now - bulk.UNDO).select_related("made_by")
    return Offered(
        kinds=frozenset(allowed),
        waves=tuple(range(1, plan.waves + 1)) if plan else (),
        tags=known_tags(),
        first_day=today,
        last_day=today + timedelta(days=exemptions.LONGEST.days),
        most=bulk.MOST,
        recent=[_recent(change, user, now) for change in changes.order_by("-made_at", "-pk")[:5]],
    )


def _recent(change: BulkChange, user: AbstractUser, now: datetime) -> Recent:
    nothing = change.state == State.STOPPED and not change.customers
    undoable = not nothing and bulk.undoable(change, now=now) and may(user, change.kind)
    mailing = change.values.get("mailing") or change.values.get("in_the_way")
    return Recent(
        title=TITLES[Kind(change.kind)](change.values),
        customers=change.customers,
        going=GOING.get(State(change.state), ""),
        handled=change.restored or 0 if change.state == State.UNDOING else change.handled,
        chosen=change.customers if change.state == State.UNDOING else change.chosen,
        trouble=change.trouble,
        mailing_url=reverse("mailing", kwargs={"pk": mailing}) if mailing else "",
        at=change.made_at,
        by=change.made_by.get_full_name() or change.made_by.get_username(),
        undone=change.undone_at is not None,
        restored=change.restored or 0,
        undo_url=reverse("bulk_undo", kwargs={"pk": change.pk}) if undoable else "",
    )
