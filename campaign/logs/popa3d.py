"""popa3d's logins, as daemon.

    Session from IP                            by the process that serves the client,
    Authentication passed for U                and a moment later by the same one
    Authentication passed for U -- [IP]        with the patch of pop-before-smtp

    connect from IP                            by tcpd, before it becomes popa3d

Run by inetd it writes no address unless patched, or started by tcpd. `Authentication failed
for` and `Didn't attempt authentication` begin otherwise. A user's name holds no blanks.
Source: popa3d, pop_auth.c, standalone.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, connections, logins

SESSION, TCPD = "Session from ", "connect from "
PASSED = "Authentication passed for "
PATTERNS = [
    LoginPattern(PASSED, rf"{PASSED}(?P<user>\S+) -- \[{IP}\]"),
    LoginPattern(PASSED, rf"{PASSED}(?P<user>\S+)"),
]


def claims(tag: str) -> bool:
    return tag == "popa3d"


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    connections(rows, events, TCPD, TCPD + IP)  # where it names the host instead, the address is not known
    wrong = connections(rows, events, SESSION, SESSION + IP)
    return wrong | logins(rows, events, PATTERNS)
