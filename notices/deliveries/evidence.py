"""What is known of one notice's way, and which of two pieces of evidence counts (rules)."""

from dataclasses import dataclass
from datetime import datetime

from notices.models import Delivery

Fate, Source = Delivery.Fate, Delivery.Source

# Our own log ends where the next server takes over: what that server sends back about a failure stands
# above it, whatever came first. Of evidence of one weight the later counts.
WEIGHT = {
    (Source.LOG, Fate.DELIVERED): 1,
    (Source.LOG, Fate.DEFERRED): 1,
    (Source.LOG, Fate.BOUNCED): 1,
    (Source.LOG, Fate.EXPIRED): 1,
    (Source.RETURNED, Fate.DELIVERED): 1,
    (Source.RETURNED, Fate.DEFERRED): 1,
    (Source.RETURNED, Fate.BOUNCED): 2,
    (Source.RETURNED, Fate.EXPIRED): 2,
}
SURER = (Fate.DEFERRED, Fate.DELIVERED, Fate.EXPIRED, Fate.BOUNCED)  # of two of the same moment

# The addresses that these name do not exist or take no mail (RFC 3463 and the IANA registry of its codes).
HARD = {
    "5.1.1": "bad destination mailbox address",  # RFC 3463, 3.2
    "5.1.2": "bad destination system address",
    "5.1.3": "bad destination mailbox address syntax",
    "5.1.6": "destination mailbox has moved, no forwarding address",
    "5.1.10": "recipient address has null MX",  # RFC 7505, 4.2
    "5.2.1": "mailbox disabled, not accepting messages",  # RFC 3463, 3.3
}
"""Not here, because another day may be different: 5.2.2 (mailbox full), 5.4.4 (no route), 5.7.x (policy)."""


@dataclass(frozen=True)
class Evidence:
    """What a log line, bounce or reply says of a notice; `status_code` is the enhanced one (RFC 3463), or ""."""

    source: Source
    fate: Fate
    at: datetime
    status_code: str = ""
    text: str = ""
    host: str = ""
    queue_id: str = ""

    def outweighs(self, other: "Evidence | None") -> bool:
        """A total order, so that what comes last makes no difference."""
        return other is None or _order(self) > _order(other)

    @property
    def is_hard(self) -> bool:
        """Whether nothing more should be sent to the address."""
        return self.fate == Fate.BOUNCED and self.status_code in HARD


def _order(evidence: Evidence) -> tuple:
    place = SURER.index(Fate(evidence.fate))
    weight = WEIGHT[Source(evidence.source), Fate(evidence.fate)]
    return weight, evidence.at, place, evidence.source, evidence.status_code, evidence.text


def known(delivery: Delivery | None) -> Evidence | None:
    """What is kept of a notice already."""
    if delivery is None:
        return None
    fields = ("source", "fate", "at", "status_code", "text", "host", "queue_id")
    return Evidence(**{name: getattr(delivery, name) for name in fields})
