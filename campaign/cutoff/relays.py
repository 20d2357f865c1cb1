"""The alarm of unexplained relays: what an address gives to check, and that somebody has looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.locks import in_turn
from campaign.models import RelayAcknowledgement, RelayedDay

NEAR = 6 * 60 * 60  # seconds from a login within which a wrong clock or a long session explains a relay
LONGEST_NOTE = 300


class Check(StrEnum):
    """Where to look first; the page of relays says it to people."""

    HOLE = "hole"
    FAMILY = "family"
    CLOCK = "clock"
    LONG_SESSION = "long_session"
    OPEN_RELAY = "open_relay"


@dataclass(frozen=True)
class Evidence:
    """What is known of the relays of one address or range."""

    relayed: int
    without_logins: int
    nearest_login: int | None
    family_logs_in: bool


def checks(found: Evidence) -> list[Check]:
    """What may be behind it, the likeliest first; an open relay is what is left when nothing else is."""
    named = []
    if found.without_logins:
        named.append(Check.HOLE)
    if not found.family_logs_in and found.without_logins < found.relayed:
        named.append(Check.FAMILY)
    if found.nearest_login is not None and abs(found.nearest_login) <= NEAR:
        named.append(Check.CLOCK if found.nearest_login > 0 else Check.LONG_SESSION)
    return named or [Check.OPEN_RELAY]


@dataclass(frozen=True)
class Alarm:
    """The mail of the days that sound it."""

    relayed: int
    addresses: int
    last_at: datetime


def alarm(*, since: date) -> Alarm | None:
    """What was relayed since a day and nobody has explained or acknowledged; None where that is nothing."""
    loud = RelayedDay.objects.since(since).loud(at_least=settings.RELAY_ALARM_FROM)
    found = loud.aggregate(relayed=Sum("relayed"), addresses=Count("address", distinct=True), last_at=Max("last_at"))
    return Alarm(**found) if found["relayed"] else None


class NotPossible(ValueError):
    """The text is for people."""


def acknowledge(addresses: Iterable[str], *, note: str, user_id: int, now: datetime) -> int:
    """Say that these are in order; how many.

    Each is silent until a day brings more than any had, by RELAY_GROWTH_PERCENT. A later
    acknowledgement takes the place of an earlier one. Raises NotPossible without a note.
    """
    note = " ".join(note.replace("\0", "").split())
    if not note or len(note) > LONGEST_NOTE:
        raise NotPossible(_("A note of at most 300 characters is needed: what was found, and why it is in order."))
    wanted = sorted(set(addresses))
    most = RelayedDay.objects.filter(address__in=wanted).values_list("address").annotate(Max("relayed")).order_by()
    rows = [
        RelayAcknowledgement(
            address=address,
            allowed=relayed * (100 + settings.RELAY_GROWTH_PERCENT) // 100,
            note=note,
            made_by_id=user_id,
            made_on=timezone.localdate(now),
            made_at=now,
        )
        for address, relayed in most
    ]
    with transaction.atomic():
        in_turn("campaign.relays")
        RelayAcknowledgement.objects.filter(address__in=wanted).delete()
        RelayAcknowledgement.objects.bulk_create(rows)
    return len(rows)
