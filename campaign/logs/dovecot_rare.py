"""Dovecot's logins in forms that are rare: version 0.99, and Dovecot as a proxy.

    pop3-login: Login: U [IP]                                                             0.99
    dovecot: pop3-login: proxy(U): started proxying to HOST:PORT: user=<U>, method=M, rip=IP, ...       1.1 to 2.2
    dovecot: pop3-login: proxy(U,IP:PORT): Started proxying to <IP> (0.01 secs): user=<U>, ...          2.3 on

The proxy's own log has no other line of the login. `Login failed`, `disconnecting` and `Aborted login [IP]` do not
go on like that. dovecot.py reads what nearly all lines are, `Login: user=<` and `Logged in: user=<`; here they are
only told from the rare ones.
Source: dovecot/core, src/login-common/client-common-auth.c, login-proxy.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins
from campaign.logs.scan import at, njit, pattern

SERVICES = {"pop3-login": "pop3", "imap-login": "imap"}
TAGS = {"dovecot", *SERVICES}
OLD = rf"Login: (?P<user>[^\s=]+) \[{IP}\]"
# The user's name stands in the parentheses, too. A name that could imitate what follows is not counted.
WHERE = r"(?:[^:]|:[^ ])*"
MORE = r"(?:, [\w-]+(?:=(?:<[^<>]*>|[^\s,<>]*))?)*"
PROXY = rf"proxy\([^()<>]*\): [Ss]tarted proxying to {WHERE}: user=<(?P<user>[^<>]+)>, method=[^\s,]*, rip={IP}{MORE}"
HEADS = {"": "", "Info: ": ""} | {f"{tag}: ": service for tag, service in SERVICES.items()}
PATTERNS = [
    form
    for head, service in HEADS.items()
    for form in (
        LoginPattern(f"{head}proxy(", head + PROXY, service, sure=False),
        LoginPattern(f"{head}Login: ", head + OLD, service),
    )
]

POP3_HEAD, IMAP_HEAD, INFO_HEAD = pattern("pop3-login: "), pattern("imap-login: "), pattern("Info: ")
IS_PROXY, IS_LOGIN, IS_USUAL = pattern("proxy("), pattern("Login: "), pattern("Login: user=<")


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    wrong = np.zeros(rows.text.size, bool)
    places = np.flatnonzero(_rare(rows.block, rows.text, rows.end))
    if places.size:
        wrong[places] = logins(rows[places], events, PATTERNS)
    return wrong


@njit(cache=True, nogil=True)
def _rare(block, texts, ends):
    found = np.zeros(texts.size, np.bool_)
    for line in range(texts.size):
        start, end = texts[line], ends[line]
        for head in (POP3_HEAD, IMAP_HEAD, INFO_HEAD):
            if at(block, start, end, head):
                start += head.size
                break
        found[line] = at(block, start, end, IS_PROXY) or (
            at(block, start, end, IS_LOGIN) and not at(block, start, end, IS_USUAL)
        )
    return found
