"""Dovecot's POP and IMAP logins, versions 1.0 to 2.4.

    dovecot: pop3-login: Login: user=<U>, method=M, rip=IP, lip=IP, mpid=N, TLS, session=<S>
    dovecot: imap-login: Logged in: user=<U>, method=M, rip=IP, ...        (2.4)
    pop3-login: Info: Login: user=<U>, ...                                 (Dovecot's own file)

managesieve-login, submission-login and lmtp write the same words and open no window.
Source: dovecot/core, src/login-common/login-settings.c and client-common.c.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa

from campaign.logs.columns import addresses, named, strings
from campaign.logs.events import LOGIN, Events, Rows, table
from campaign.logs.scan import CLOSE, COLON, COMMA, SPACE, at, find, find_byte, njit, pattern, rfind

IN_TEXT, OWN_POP3, OWN_IMAP, SILENT = 0, 1, 2, 3  # where a line says which service it is of
LOGIN_TAGS = {"dovecot": IN_TEXT, "pop3-login": OWN_POP3, "imap-login": OWN_IMAP}
SILENT_TAGS = (  # services in Dovecot's own file that say nothing about logins
    "anvil", "auth", "auth-worker", "config", "doveadm", "imap", "indexer", "indexer-worker", "lmtp", "log",
    "managesieve", "managesieve-login", "master", "pop3", "ssl-params", "stats", "submission", "submission-login",
)  # fmt: skip
TAGS = {*LOGIN_TAGS, *SILENT_TAGS}
SERVICES = ["pop3", "imap"]

POP3, IMAP = pattern("pop3-login: "), pattern("imap-login: ")
WORD_2_3, WORD_2_4, NAMED = pattern("Login"), pattern("Logged in"), pattern("user=")
INFO, LOGIN_2_3, LOGIN_2_4 = pattern("Info: "), pattern("Login: user=<"), pattern("Logged in: user=<")
METHOD, RIP = pattern(">, method="), pattern(", rip=")
NOTHING, FOUND, NOT_UNDERSTOOD = 0, 1, 2
USER, ADDRESS = 0, 1  # the fields of a login


WANTED = "`Login: user=<U>, method=M, rip=IP, …`, with these fields in this order"


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the logins among `rows` to `events`; returns which rows were not understood."""
    role = np.array([LOGIN_TAGS.get(tag, SILENT) for tag in rows.tags], np.int8)[rows.tag]
    kind, service, fields = _logins(rows.block, rows.text, rows.end, role)
    picked = np.flatnonzero(kind == FOUND)
    ip = addresses(strings(rows.block, fields, picked, ADDRESS))
    valid = ip.is_valid().to_numpy(zero_copy_only=False)
    kind[picked[~valid]] = NOT_UNDERSTOOD
    chosen = rows[picked]
    made = table(
        LOGIN,
        moment=pa.array(chosen.at),
        line=pa.array(chosen.line),
        host=named(chosen.host, rows.hosts),
        ip=ip,
        user=strings(rows.block, fields, picked, USER),
        service=named(service[picked], SERVICES),
    )
    events.logins.append(made.filter(pa.array(valid)))
    return kind == NOT_UNDERSTOOD


@njit(cache=True, nogil=True)
def _logins(block, texts, ends, role):
    lines = texts.size
    kind, service = np.zeros(lines, np.int8), np.zeros(lines, np.int8)
    fields = np.full((lines, 2, 2), -1, np.int64)
    for line in range(lines):
        start, end = texts[line], ends[line]
        if role[line] == SILENT:
            continue
        if role[line] != IN_TEXT:
            service[line] = role[line] - OWN_POP3
            start += INFO.size if at(block, start, end, INFO) else 0
        elif at(block, start, end, POP3):
            start += POP3.size
        elif at(block, start, end, IMAP):
            start += IMAP.size
            service[line] = 1
        else:
            continue
        if at(block, start, end, LOGIN_2_3):
            start += LOGIN_2_3.size
        elif at(block, start, end, LOGIN_2_4):
            start += LOGIN_2_4.size
        else:
            kind[line] = _nearly(block, start, end)
            continue
        # From the right: all that follows the user's name is the server's own text.
        method = rfind(block, start, end, METHOD)
        rip = find(block, method, end, RIP) if method > start else -1
        # A line of 0.99 ends with the address in brackets, and its user's name may look like all of the above.
        if rip < 0 or block[end - 1] == CLOSE:
            kind[line] = NOT_UNDERSTOOD
            continue
        comma = find_byte(block, rip + RIP.size, end, COMMA)
        kind[line] = FOUND
        fields[line, USER, 0], fields[line, USER, 1] = start, method
        fields[line, ADDRESS, 0], fields[line, ADDRESS, 1] = rip + RIP.size, comma if comma >= 0 else end
    return kind, service, fields


@njit(cache=True, nogil=True)
def _nearly(block, start, end):
    """Whether a line that is no login should be one: it says so, or all but the colon is there. Of 0.99 are those
    that end with a bracket; `Login failed` and `Login aborted` tell of something else."""
    if at(block, start, end, WORD_2_3):
        start += WORD_2_3.size
    elif at(block, start, end, WORD_2_4):
        start += WORD_2_4.size
    else:
        return NOTHING
    if start < end and block[start] == COLON:
        return NOTHING if block[end - 1] == CLOSE else NOT_UNDERSTOOD
    while start < end and block[start] == SPACE:
        start += 1
    return NOT_UNDERSTOOD if at(block, start, end, NAMED) else NOTHING
