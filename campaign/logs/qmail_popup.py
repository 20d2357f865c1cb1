"""The logins of qmail-popup, with the patch SPAMCONTROL and in s/qmail.

    qmail-popup: pid N Accept::AUTH::User P:POP3 S:IP:NAME ?~ 'U'

Written when the session ends; `?=` in older ones. `Reject::AUTH::` and `Reject::STLS::` begin otherwise. Under
multilog the program's name is the tag; by splogger it stands behind a stamp of its own, under the tag of the
service (`pop3d: 1162544400.123456 qmail-popup: ...`).
Source: s/qmail and SPAMCONTROL, qmail-popup.c.
"""

from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

TAGS = {"qmail-popup", "qmail-pop3d", "qmail", "pop3", "pop3d", "pop3s"}
# The address may hold colons, the name may not: the last colon divides them.
ACCEPTED = rf"pid \d+ Accept::AUTH::\w* P:(?P<service>POP3S*) S:{IP}:[^\s:]* \?[~=] '(?P<user>.*)'"
PATTERNS = [
    LoginPattern("pid ", ACCEPTED, sure=False),
    LoginPattern("qmail-popup: pid ", f"qmail-popup: {ACCEPTED}", sure=False),
    LoginPattern("1", rf"\d+\.\d+ qmail-popup: {ACCEPTED}", sure=False),
]


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    return logins(rows, events, PATTERNS)
