"""Qpopper's logins.

    (v4.1.0) POP login by user "U" at (NAME) IP             built or set with log-login
    (v4.1.0) POP login by user "U" at (NAME) IP [pop_log.c:244]
    Stats: U 0 0 3 8120 NAME IP                             at the end of a session that was authenticated

`Stats:` is the only trace that older servers leave; those without the address tell of nobody. Refusals (`U at NAME
(IP): -ERR ...`, `[AUTH] Failed attempted login to U ...`) and `Servicing request from` begin otherwise. Text of other
daemons in one log that reads like this one opened relays in 2001 (Bugtraq 2986): the program's name comes first.
Source: qpopper 4, popper/pop_log.c, popper/pop_updt.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

TAGS = {"popper", "qpopper", "in.qpopper", "qpopper-ssl", "spopper"}
PLACE = r"(?: \[\w+\.c:\d+\])?"  # of the program's source
LOGIN = r'\(v[^()]*\) POP login by user "'
PATTERNS = [
    LoginPattern("(v", rf'{LOGIN}(?P<user>.*)" at \([^()]*\) {IP}{PLACE}', sure=False),
    LoginPattern("Stats: ", rf"Stats: +(?P<user>\S+) \d+ \d+ \d+ \d+ (?:\S+ )?{IP}{PLACE}", sure=False),
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
