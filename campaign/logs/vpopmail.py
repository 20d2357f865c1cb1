"""The logins that vpopmail's vchkpw lets in.

    vchkpw-pop3: (PLAIN) login success U@D:IP               also -pop3s, -imap, -imaps, -webmail and -PORT
    vchkpw-pop3: system password login success U:IP
    vchkpw: login [U] from IP                               before 5.0

`vchkpw-smtp`, `-smtps` and `-submission` are SMTP authentication, and so are the ports 25, 465 and 587: no login.
Of another port the line does not say the protocol; it is taken for POP, as vchkpw does. Failures begin otherwise,
some with the password in them (`password fail (pass: 'X') U@D:IP`). Successes are written only where vpopmail
was built with --enable-logging=y or =v.
Source: vpopmail, vchkpw.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

TAGS = {"vpopmail", "vchkpw"}
SERVICES = {"pop3": "pop3", "pop3s": "pop3", "imap": "imap", "imaps": "imap", "webmail": "imap"}
SMTP = ("smtp", "smtps", "submission", "25", "465", "587")
# No name of a user holds a colon: what follows the first one is the address, be it IPv6.
PLAIN = rf"\([A-Z0-9-]+\) login success (?P<user>[^\s:]+@[^\s:@]+):{IP}"
SYSTEM = rf"system password login success (?P<user>[^\s:]+):{IP}"
PATTERNS = [
    *(LoginPattern(f"vchkpw-{name}: ", f"vchkpw-{name}: .*", counts=False) for name in SMTP),
    *(
        LoginPattern(f"vchkpw-{name}: {begin}", f"vchkpw-{name}: {rest}", service)
        for name, service in SERVICES.items()
        for begin, rest in (("(", PLAIN), ("system password login success ", SYSTEM))
    ),
    LoginPattern("vchkpw-", rf"vchkpw-\d+: {PLAIN}", sure=False),
    LoginPattern("vchkpw-", rf"vchkpw-\d+: {SYSTEM}", sure=False),
    LoginPattern("vchkpw: login [", rf"vchkpw: login \[(?P<user>.*)\] from {IP}"),
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
