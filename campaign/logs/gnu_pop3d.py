"""The logins of GNU pop3d, and of vm-pop3d, which was made from it.

    Connect from IP                                        by the process that serves the client,
    User 'U' logged in with mailbox 'M' (3 msgs)           and a moment later by the same one;
    user `U' logged in with mailbox `M' (3 messages)       mailutils 3
    User 'U' of 'D' logged in                              vm-pop3d, by virtual domain
    User U logged in with mailbox M from IP                with a patch; vm-pop3d: `logged in from IP`

`User 'U': authentication failed` and `Possible probe of account` do not go on like that. A name holds no blanks.
Source: mailutils, pop3d/user.c; vm-pop3d, user.c and vm-pop3d.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, connections, logins

TAGS = {"gnu-pop3d", "pop3d", "vm-pop3d"}
CONNECT = ("Connect from ", "connect from ")  # the second mailutils' and tcpd's, which may name a host instead
MAILBOX = r"(?: with mailbox \S+(?: \(\d+ \w+\))?)?"
NAME = r"ser ['`]?(?P<user>[^\s'`]+)'?(?: of '(?P<domain>[^\s']+)')? logged in"
PATTERNS = [
    LoginPattern(f"{letter}ser ", rf"{letter}{NAME}{MAILBOX}{tail}", "pop3", sure=False)
    for letter in "Uu"
    for tail in (f" from {IP}", "")
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    for starts in CONNECT:
        connections(rows, events, starts, rf"{starts}{IP}(?::\d+)?")
    return logins(rows, events, PATTERNS)
