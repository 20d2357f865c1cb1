"""Solid POP3's logins.

    user U authenticated - NAME (IP)           built with --enable-logextend; `- IP` without a name;
                                               `mapped user U`, `authenticated through APOP` alike
    connect from NAME (IP)                     built without it, by the process that serves the client,
    user U authenticated                       and a moment later by the same one

`authentication failed for user`, `session ended for user`, `Stats:` begin otherwise. A domain that was typed
is not in the line. A user's name may hold blanks, and end at 40 characters.
Source: solid-pop3d, src/main.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, connections, logins

TAGS = {"solid-pop3d", "spop3d"}
CONNECT = "connect from "
CLIENT = rf"(?:[^\s()]+ \()?{IP}\)?"
NAME = r"user (?P<user>.*) authenticated(?: through APOP)?"
PATTERNS = [
    LoginPattern(starts, f"{starts.removesuffix('user ')}{NAME}{tail}", sure=bool(not tail))
    for tail in (f" - {CLIENT}", "")
    for starts in ("user ", "mapped user ")
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    wrong = connections(rows, events, CONNECT, CONNECT + CLIENT)
    return wrong | logins(rows, events, PATTERNS)
