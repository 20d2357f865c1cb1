"""What comes of single lines of POP and IMAP programs."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from campaign.logs.dialects import Reader
from campaign.logs.events import Events
from campaign.logs.own_pattern import OwnPattern

HEAD = "May  4 12:00:00 pop1 "
REAL = "192.0.2.1"  # where a client is
FORGED = "203.0.113.66"  # where it would like to be


def read(text: str | bytes, own: OwnPattern | None = None) -> Events:
    reader = Reader(
        zone=ZoneInfo("UTC"), local_domains=(), latest=2**62, written_on=date(2026, 6, 1), year=2026, own=own
    )
    block = np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)
    return reader.events(block, *reader.heads(block), 1)[0]


def syslog(tag: str, *texts: str) -> str:
    """Lines of one process."""
    return "".join(f"{HEAD}{tag}[77]: {text}\n" for text in texts)


def logins(text: str | bytes, own: OwnPattern | None = None) -> list[tuple[str, str | None, str]]:
    """User, address and service of all logins in these lines."""
    rows = read(text, own).tables()["logins"].to_pylist()
    return [(row["user"], row["ip"], row["service"]) for row in rows]


def joined(text: str) -> list[tuple[str, int, str | None]]:
    """What two lines of a process tell together: `login` with its user, `collecting` with its address."""
    found = read(text).tables()
    rows = [(row["moment"], row["line"], row["user"], row["pid"], row["ip"]) for row in found["logins"].to_pylist()]
    rows += [(row["moment"], row["line"], row["kind"], row["pid"], row["ip"]) for row in found["sessions"].to_pylist()]
    return [what for _, _, *what in sorted(rows)]


def not_understood(text: str | bytes, own: OwnPattern | None = None) -> int:
    """How many lines were counted as not understood."""
    return sum(count.not_understood for count in read(text, own).programs.values())
