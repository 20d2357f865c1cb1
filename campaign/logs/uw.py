"""The POP and IMAP logins of the University of Washington's servers, and of Panda IMAP.

    ipop3d: Login user=U host=NAME [IP] nmsgs=3/3       also Auth, APOP; `no mailbox` where there is none
    imapd: Login user=U host=[IP]
    imapd: Authenticated user=U host=NAME [IP] mech=PLAIN

User and host are cut at 80 characters: a host cut in its address is not understood. `Login failed`, `Logout`,
`Autologout`, `Killed`, `AUTHENTICATE ... failure` begin otherwise; so does `Admin Login`, where somebody else
looks into the mailbox, and `Preauthenticated`, which no password was needed for.
Source: imap-2007, src/ipopd/ipop3d.c, src/imapd/imapd.c, src/osdep/unix/env_unix.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

TAGS = {"ipop3d", "ipop3sd", "ipop3d-ssl", "ipop2d", "imapd", "imapsd"}
# The name before the address comes from reverse DNS, without blanks; a user's name may hold ` host=[...]`.
HOST = rf" host=(?:[^\s\[\]]+ )?\[{IP}\]"
TAIL = r"(?: nmsgs=-?\d+/-?\d+| no mailbox)?(?: mech=\S+)?"
NO_PEER = r" host=(?:UNKNOWN|NON-IPv4)"
PATTERNS = [
    LoginPattern(f"{word} user=", rf"{word} user=(?P<user>.*){HOST}{TAIL}")
    for word in ("Login", "Auth", "APOP", "Authenticated")
] + [
    LoginPattern(f"{word} user=", rf"{word} user=.*{NO_PEER}{TAIL}", counts=False)
    for word in ("Login", "Auth", "APOP", "Authenticated")
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
