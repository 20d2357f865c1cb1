"""Why somebody is still a holdout, as far as the evidence says; it chooses the text of the mail.

One reason each: the first of `RULES` that holds. `reasons.sql` is the same for all holdouts of
a campaign at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from campaign.models import Reason, Standing
from campaign.models.holdouts import LEFT


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a rule looks at; `quiet_since` is the first of the quiet days.

    What is not a day of its own is of the last day sent the old way, and of the last one with
    SMTP-AUTH. `pop_on` is the last day of POP before SMTP, whichever way the campaign is about.
    """

    standing: Standing | str
    quiet_since: date
    legacy_is_port25: bool = False
    last_legacy_at: datetime
    last_auth_at: datetime | None = None
    auth_on: date | None = None
    failed_on: date | None = None
    forwarded_on: date | None = None
    pop_on: date | None = None
    legacy_program: str = ""
    auth_program: str = ""
    legacy_submissions: int = 1
    at_old_door: int = 0
    beside_auth: int = 0
    machine_like: bool = False


def auth_failed(seen: Evidence) -> bool:
    """A session failed in AUTH and was then let through, and no AUTH on a later day succeeded."""
    failed_lately = seen.failed_on is not None and seen.failed_on >= seen.quiet_since
    return failed_lately and (seen.auth_on is None or seen.failed_on >= seen.auth_on)


def forwarder(seen: Evidence) -> bool:
    """On one day within the quiet days, mail for more foreign senders than a person has."""
    return seen.forwarded_on is not None and seen.forwarded_on >= seen.quiet_since


def device_or_printer(seen: Evidence) -> bool:
    """Whatever named itself on the last day was a printer or a script; or the times are a machine's."""
    return seen.machine_like


def old_host_or_port(seen: Evidence) -> bool:
    """Knows SMTP-AUTH, and yet: the old way was taken where there is none; or one program, at one
    address on one day, signs in for one account and, after that, not for another."""
    if seen.standing == Standing.MIXED:
        same_program = seen.legacy_program != "" and seen.legacy_program == seen.auth_program
        return same_program and seen.beside_auth > 0 and seen.last_legacy_at > seen.last_auth_at
    knows_auth = seen.auth_on is not None or seen.failed_on is not None
    return knows_auth and seen.at_old_door == seen.legacy_submissions


def second_device(seen: Evidence) -> bool:
    """Sends both ways, and not by what `old_host_or_port` takes for one program."""
    return seen.standing == Standing.MIXED


def own_network_only(seen: Evidence) -> bool:
    """The old way only from inside the own network: no POP before SMTP within the quiet days."""
    return seen.legacy_is_port25 and (seen.pop_on is None or seen.pop_on < seen.quiet_since)


def never_tried(seen: Evidence) -> bool:
    """No SMTP-AUTH, ever, and no attempt that failed."""
    return seen.auth_on is None and seen.failed_on is None


RULES: dict[Reason, Callable[[Evidence], bool]] = {
    Reason.AUTH_FAILED: auth_failed,
    Reason.FORWARDER: forwarder,
    Reason.DEVICE_OR_PRINTER: device_or_printer,
    Reason.OLD_HOST_OR_PORT: old_host_or_port,
    Reason.SECOND_DEVICE: second_device,
    Reason.OWN_NETWORK_ONLY: own_network_only,
    Reason.NEVER_TRIED: never_tried,
}


def reason(seen: Evidence) -> Reason | str:
    """The first reason that holds; "" for those who are no longer left, or where nothing is known."""
    if seen.standing not in LEFT:
        return ""
    return next((name for name, holds in RULES.items() if holds(seen)), "")
