"""teapop's logins.

    Successful login for U@D [SERVER] from NAME [IP]

The first brackets hold the server's own address, the last the client's; pop-before-smtp's pattern is for an older
form. `Failed login for` and `Three failed login attempts from` begin otherwise.
Source: teapop, pop_auth.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

SUCCESS = "Successful login for "
PATTERNS = [LoginPattern(SUCCESS, rf"{SUCCESS}(?P<user>.*) \[[^\[\]]*\] from [^\s\[\]]* ?\[{IP}\]")]


def claims(tag: str) -> bool:
    return tag == "teapop"


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
