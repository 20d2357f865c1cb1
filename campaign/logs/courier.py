"""Courier's POP and IMAP logins, and IndiMail's proxies, which write the same.

    pop3d: LOGIN, user=U, ip=[::ffff:IP], port=[N]
    imapd-ssl: LOGIN, user=U, ip=[::ffff:IP], port=[N], protocol=IMAP, starttls=1
    INFO: LOGIN, user=U, ...                          in a file without syslog
    IMAP connect from @ [IP]INFO: LOGIN, user=U, ...  Plesk's

`LOGIN FAILED`, `LOGOUT`, `TIMEOUT`, `DISCONNECTED` and the newest servers' `disc, user=` begin otherwise. A
webmail (sqwebmail) writes the same line under its own tag, and opens no window.
Source: courier-libs, imap/pop3login.C, imap/pop3dserver.C, imap/imapd.C.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

TAGS = {"pop3d", "pop3d-ssl", "imapd", "imapd-ssl", "pop3login", "imaplogin", "courierpop3login", "courierpop3d",
        "courierimaplogin", "courierimapd", "courier-pop3d", "courier-imapd", "courier-pop3s", "courier-imaps",
        "multilog"}  # fmt: skip
# A quoted IMAP name may hold blanks, commas and the words themselves: the address is the last that can be.
TAIL = (
    rf", ip=\[{IP}\](?:, port=\[[^\[\]]*\])?(?:, mailstore=\[[^\[\]]*\])?"
    r"(?:, protocol=(?P<service>\w*))?(?:, (?:start|s)tls=1)?"
)
PATTERNS = [
    LoginPattern("LOGIN, user=", rf"LOGIN, user=(?P<user>.*){TAIL}"),
    LoginPattern("INFO: LOGIN, user=", rf"INFO: LOGIN, user=(?P<user>.*){TAIL}"),
    LoginPattern(
        "IMAP connect from @ [", rf"IMAP connect from @ \[[^\[\]]*\]INFO: LOGIN, user=(?P<user>.*){TAIL}", sure=False
    ),
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
