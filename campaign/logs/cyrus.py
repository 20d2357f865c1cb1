"""Cyrus IMAP's POP and IMAP logins.

    login: NAME [IP] U MECH+TLS User logged in SESSIONID=<S>           2.2 to 3.12; NAME where the address has one
    login: NAME[IP] U MECH                                             before
    event=login.good r.sessionid=S r.clienthost="NAME [IP]" u.username=U login.mech=M login.tls=1 ...     3.13 on

What follows a `+` in the user's name is a folder. `badlogin:` and `event=login.bad` begin otherwise. Anonymous
logins are nobody's. sieve, http, nntp, lmtp and mupdate write the same words and open no window.
Source: cyrus-imapd, imap/pop3d.c and imap/imapd.c, imap/loginlog.c and lib/logfmt.c.
"""

import re
from collections.abc import Collection

import numpy as np

from campaign.logs.events import Events, Rows
from campaign.logs.patterns import IP, LoginPattern, logins

DAEMON = re.compile(r"(?:.*/)?(?:imap|pop3)\w*|(?:.*/)?(?:pop3)?proxyd")

# The name comes from the owner of the address, by reverse DNS: the address is what stands in the first brackets.
# A user's name that begins with a bracket is not told from a bracket in a name, and so is not understood.
CLIENT = rf"(?:[^\s\[\]]+ ?)?\[{IP}\]"
USER = r"(?P<user>[^\s\[+][^+]*?)(?:\+.*)?"
ONE_WORD = r"(?P<user>[^\s\[+]+)(?:\+\S*)?"
ANONYMOUS = r"(?:[^\s\[\]]+ ?)?\[[^\[\]]*\] anonymous .*"
KEY = r'(?: (?:r\.)?(?:session_?id|tid)=(?:[^\s"]+|"(?:[^"\\]|\\.)*"))*'
GOOD_CLIENT = rf' r\.clienthost="?(?:[^\s\[\]"\\]+ )?\[?{IP}\]?"?'
ANONYMOUS_CLIENT = r' r\.clienthost=(?:[^\s"]+|"(?:[^"\\]|\\.)*")(?: u\.username="?(?:anonymous|~null~)"?)? login\..*'
GOOD, GOOD_FIELDS = "event=login.good ", r"event=login\.good" + KEY
PATTERNS = [
    LoginPattern("login: ", rf"login: {ANONYMOUS}", counts=False),
    LoginPattern("login: ", rf"login: {CLIENT} {USER} \S+ User logged in(?: SESSIONID=<[^<>]*>)?"),
    LoginPattern("login: ", rf"login: {CLIENT} {ONE_WORD} \S+ ?"),
    LoginPattern(GOOD, GOOD_FIELDS + ANONYMOUS_CLIENT, counts=False),
    LoginPattern(GOOD, GOOD_FIELDS + GOOD_CLIENT + r' u\.username=(?P<user>[^\s"+]+)(?:\+\S*)?(?: .*)?'),
    LoginPattern(GOOD, GOOD_FIELDS + GOOD_CLIENT + r' u\.username="(?P<user>[^"\\+]+)(?:\+[^"]*)?"(?: .*)?'),
]


def _is_login_daemon(tag: str) -> bool:
    return DAEMON.fullmatch(tag) is not None


def claims(tag: str) -> bool:
    return tag.startswith("cyrus/") or _is_login_daemon(tag)


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    wrong = np.zeros(rows.text.size, bool)
    places = np.flatnonzero(np.array([_is_login_daemon(tag) for tag in rows.tags], bool)[rows.tag])
    if places.size:
        wrong[places] = logins(rows[places], events, PATTERNS)
    return wrong
