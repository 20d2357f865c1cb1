"""What a reply of the relay means for a notice (RFC 5321 for the codes, RFC 3463 for the enhanced ones)."""

import re
from enum import Enum


class Outcome(Enum):
    """What becomes of the notice, or of the connection."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # this notice may go later
    REFUSED = "refused"  # this notice never
    BARRED = "barred"  # the relay does not take our mail: no notice is at fault
    CLOSING = "closing"  # the relay ends the connection, and took nothing


class Stage(Enum):
    """What the relay was asked when it replied."""

    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")

# The most special key that is there decides: stage and enhanced code, stage and code, stage and
# first digit, code, first digit.
OUTCOMES: dict[tuple[Stage | None, str], Outcome] = {
    (None, "2"): Outcome.ACCEPTED,
    (None, "4"): Outcome.DEFERRED,
    (None, "5"): Outcome.REFUSED,
    (None, "421"): Outcome.CLOSING,
    (None, "530"): Outcome.BARRED,  # wants TLS or AUTH first
    (None, "534"): Outcome.BARRED,
    (None, "535"): Outcome.BARRED,
    (None, "538"): Outcome.BARRED,
    (Stage.SENDER, "5"): Outcome.BARRED,  # the sender is always ours
    (Stage.RECIPIENT, "5.7.0"): Outcome.BARRED,
    (Stage.RECIPIENT, "5.7.1"): Outcome.BARRED,  # "Relay access denied", "Client host rejected"
}


def enhanced_code(text: str) -> str:
    """The enhanced status code at the beginning of a reply's text, or ""."""
    found = ENHANCED.match(text)
    return found[1] if found else ""


def outcome(code: int, text: str, *, stage: Stage) -> Outcome:
    """A code that no table has (a 1xx, a 3xx out of turn, nonsense) says that nothing was taken: wait."""
    reply = str(code)
    keys = [(stage, enhanced_code(text)), (stage, reply), (stage, reply[:1]), (None, reply), (None, reply[:1])]
    return next((OUTCOMES[key] for key in keys if key in OUTCOMES), Outcome.DEFERRED)
