"""Courier's POP and IMAP logins.

    pop3d: LOGIN, user=U, ip=[::ffff:IP], port=[N]
    imapd-ssl: LOGIN, user=U, ip=[::ffff:IP], port=[N], protocol=IMAP
    INFO: LOGIN, user=U, ...                          in a file without syslog

`LOGIN FAILED`, `LOGOUT`, `TIMEOUT`, `DISCONNECTED` begin otherwise. A webmail (sqwebmail) writes the
same line under its own tag, and opens no window.
Source: courier-libs, imap/pop3login.C, imap/imaplogin.C.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import LoginPattern, logins

TAGS = {"pop3d", "pop3d-ssl", "imapd", "imapd-ssl", "pop3login", "imaplogin", "courierpop3login", "courier-pop3d",
        "courier-imapd"}  # fmt: skip
# A quoted IMAP name may hold blanks, commas and the words themselves: the address is the last that can be.
TAIL = r", ip=\[(?P<ip>[0-9A-Fa-f:.]+)\](?:, port=\[\d+\])?(?:, protocol=(?P<service>\w+))?(?:, (?:start|s)tls=1)?"
PATTERNS = [
    LoginPattern("LOGIN, user=", rf"LOGIN, user=(?P<user>.*){TAIL}"),
    LoginPattern("INFO: LOGIN, user=", rf"INFO: LOGIN, user=(?P<user>.*){TAIL}"),
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
