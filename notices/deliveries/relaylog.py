"""What the mail server's log proves about notices (rules)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaign.submissions.fates import Fate
from notices.deliveries import replies
from notices.deliveries.evidence import Evidence
from notices.models import Delivery
from notices.outcomes import enhanced_code

FATES = {
    "sent": Delivery.Fate.DELIVERED,
    "deferred": Delivery.Fate.DEFERRED,
    "bounced": Delivery.Fate.BOUNCED,
    "expired": Delivery.Fate.EXPIRED,
}


def latest(fates: Iterable[Fate]) -> dict[str, Fate]:
    """The last fate of each Message-ID: a second server on the way, or a second attempt, knows more."""
    found: dict[str, Fate] = {}
    for fate in fates:
        if fate.status in FATES and (fate.message_id not in found or found[fate.message_id].at <= fate.at):
            found[fate.message_id] = fate
    return found


def evidence(fate: Fate) -> Evidence:
    """In the form of all evidence, cut to what is kept."""
    return Evidence(
        source=Delivery.Source.LOG,
        fate=FATES[fate.status],
        at=fate.at,
        status_code=replies.precise(fate.status_code, fate.text)[:12],
        text=fate.text[:300],
        host=fate.host[:255],
        queue_id=fate.queue_id[:40],
    )


def refusal(reply: str, *, at: datetime) -> Evidence:
    """What the relay said instead of taking a notice, such as `550 5.1.1 User unknown`."""
    code = replies.precise(enhanced_code(reply.partition(" ")[2]), reply)
    return Evidence(Delivery.Source.LOG, Delivery.Fate.BOUNCED, at, status_code=code, text=reply[:300])


@dataclass(frozen=True)
class Witnesses:
    """Notices that the relay accepted in words, and which of them the log does not show.

    Only a log that shows what surely went through the relay can prove that something did not:
    the relay may write to a log that nobody reads, or one of its hosts may be late.
    """

    accepted: Mapping[str, datetime]
    seen: frozenset[str]
    _times: list[datetime] = field(init=False, repr=False)
    _missing: list[datetime] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        missing = [at for message_id, at in self.accepted.items() if message_id not in self.seen]
        object.__setattr__(self, "_times", sorted(self.accepted.values()))
        object.__setattr__(self, "_missing", sorted(missing))

    def speak_for(self, begin: datetime, end: datetime) -> bool:
        """Whether the log shows all that was accepted from `begin` to `end`, and there was something."""
        return _within(self._times, begin, end) > 0 and _within(self._missing, begin, end) == 0


def _within(times: list[datetime], begin: datetime, end: datetime) -> int:
    return bisect_right(times, end) - bisect_left(times, begin)


def did_not_go_out(
    claimed_at: datetime, *, logged_until: datetime, lease: timedelta, margin: timedelta, witnesses: Witnesses
) -> bool:
    """Whether a notice that the log does not show was never taken by the relay.

    The log must have passed the end of the lease by `margin`, and must be proven to show our
    mail within `margin` of that time.
    """
    safely = claimed_at + lease + margin
    return logged_until > safely and witnesses.speak_for(claimed_at - margin, min(safely, logged_until - margin))
