"""cucipop's sessions: the numbers at their end are the only trace of a login.

    U IP 1400, 2 (3024), 0 (0)

Only sessions that were authenticated have them, and none with the option -q.
Source: the pattern of pop-before-smtp (pop-before-smtp-conf.pl).
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

PATTERNS = [LoginPattern("", rf"(?P<user>\S+) {IP} \d+, \d+ \(\d+\), \d+ \(\d+\)", sure=False)]


def claims(tag: str) -> bool:
    return tag == "cucipop"


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
