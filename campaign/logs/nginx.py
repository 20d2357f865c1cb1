"""The logins that nginx, as mail proxy, has let through.

    client logged in, client: IP, server: ADDRESS:PORT, login: "U", upstream: IP:PORT
    client logged in, client: IP using starttls, server: ADDRESS:PORT, login: "U", upstream: IP:PORT

In its error log at the level `info`. SMTP clients log in by the same line: only the ports 110, 143, 993 and 995
are POP and IMAP. 25, 465 and 587 are no login; a server on any other port is not understood, and can be read
by a pattern of one's own. `client login failed` begins otherwise. `login` is what the client typed, quotes and all.
Source: nginx, src/mail/ngx_mail_handler.c, ngx_mail_proxy_module.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

LOGGED_IN = "client logged in, "
SERVER = rf"{LOGGED_IN}client: {IP}(?: using starttls)?, server: [^\s,]*:(?:%s), login: "
NAME = r'"(?P<user>.*?)"(?:, upstream: [^",]*)?'
PATTERNS = [
    LoginPattern(LOGGED_IN, SERVER % "110|995" + NAME, "pop3"),
    LoginPattern(LOGGED_IN, SERVER % "143|993" + NAME, "imap"),
    LoginPattern(LOGGED_IN, (SERVER % "25|465|587").replace("?P<ip>", "?:") + ".*", counts=False),
]


def claims(tag: str) -> bool:
    return tag == "nginx"


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
