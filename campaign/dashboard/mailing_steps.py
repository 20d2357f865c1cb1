"""Until now: what happened to a mailing, by whom and why. What people did is in the audit, which keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _

from campaign.models import AuditEntry
from notices.models import Mailing

State, Act = Mailing.State, AuditEntry.Act
MOMENT = timedelta(seconds=5)  # between a step and its entry

TITLES: dict[str, Callable[[], str]] = {
    Act.ADDED: lambda: _("Planned"),
    Act.CHANGED: lambda: _("Took the newest approved texts"),
    Act.APPROVED: lambda: _("Approved"),
    Act.STARTED: lambda: _("Started"),
    Act.PAUSED: lambda: _("Paused"),
    Act.RESUMED: lambda: _("Resumed"),
    Act.CANCELLED: lambda: _("Cancelled"),
}


@dataclass(frozen=True)
class Step:
    """What happened, when, by whom, and the reason that was given."""

    title: str
    at: datetime
    by: str
    reason: str = ""


def steps(mailing: Mailing) -> list[Step]:
    entries = AuditEntry.objects.filter(kind="mailing", key=str(mailing.pk), act__in=TITLES)
    done = []
    for entry in entries.select_related("by").order_by("at", "pk"):
        done.append((entry.act, _step(entry)))
        done += _pause_that_ended(entry)
    told = {(act, step.at) for act, step in done if step.by != _("by itself")}
    # A pause by a person has its own entry, and need not be told from that of the resumption.
    found = [step for act, step in done if step.by != _("by itself") or not _is_told(act, step.at, told)]
    by_the_row = [step for act, step in _by_the_row(mailing) if not _is_told(act, step.at, told)]
    return sorted([*by_the_row, *found], key=lambda step: step.at)


def _step(entry: AuditEntry) -> Step:
    return Step(TITLES[entry.act](), entry.at, name_of(entry.by) or entry.by_name, entry.reason)


def _pause_that_ended(entry: AuditEntry) -> list[tuple[str, Step]]:
    """The row forgets a pause that is over; the entry of its end knows it."""
    before = entry.before or {}
    if not before.get("paused_at") or (entry.after or {}).get("paused_at") == before["paused_at"]:
        return []
    at = datetime.fromisoformat(before["paused_at"])
    return [(Act.PAUSED, Step(_("Paused"), at, _("by itself"), before.get("pause_reason", "")))]


def _is_told(act: str, at: datetime, told: set[tuple[str, datetime]]) -> bool:
    return any(act == other and abs(at - when) <= MOMENT for other, when in told)


def _by_the_row(mailing: Mailing) -> list[tuple[str, Step]]:
    """What the product did by itself, and what was done before there was an audit."""
    itself = _("by itself")
    found = [(Act.ADDED, Step(_("Planned"), mailing.planned_at, name_of(mailing.planned_by) or itself))]
    if mailing.approved_at:
        found.append((Act.APPROVED, Step(_("Approved"), mailing.approved_at, name_of(mailing.approved_by))))
    if mailing.started_at:
        found.append((Act.STARTED, Step(_("Started"), mailing.started_at, itself)))
    if mailing.paused_at and mailing.state == State.PAUSED:
        by = "" if mailing.pause_cause == Mailing.PauseCause.PERSON else itself
        found.append((Act.PAUSED, Step(_("Paused"), mailing.paused_at, by, mailing.pause_reason)))
    if mailing.ended_at and mailing.state == State.CANCELLED:
        found.append((Act.CANCELLED, Step(_("Cancelled"), mailing.ended_at, "")))
    elif mailing.ended_at:
        found.append(("finished", Step(_("Finished"), mailing.ended_at, itself)))
    return found


def name_of(user: AbstractUser | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
