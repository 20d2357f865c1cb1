"""The heads that few lines have, compiled; `lines.py` asks here when a line has not the common one.

    <22>Nov  4 09:00:00 host tag[pid]: text                   with priority
    Nov  4 09:00:00 <mail.info> host tag[pid]: text           FreeBSD's syslogd -v
    <22>1 2026-11-04T09:00:00Z host app procid msgid sd text  RFC 5424
    Nov  4 09:00:00 host last message repeated 3 times        syslogd

and those of programs without syslog (`own_heads.py`). Everything is read from the left, once: the time
is linear in the line's length.
"""

import numpy as np

from campaign.logs.head_parts import REPEATED, nowhere, own, stands, tagged, unwrapped
from campaign.logs.own_heads import own_head
from campaign.logs.scan import BRACKET, CLOSE, COLON, LESS, MINUS, SPACE, digits, find_byte, njit, pattern
from campaign.logs.stamp_forms import NO_STAMP, stamp_at

LONGEST_NAME = 255  # bytes of a host, and of a program's name
GREATER, QUOTE, BACKSLASH, ONE = 62, 34, 92, 49
LAST_MESSAGE, DASHED = pattern("last message repeated "), pattern("--- last message repeated ")
BYTE_ORDER_MARK = np.array([0xEF, 0xBB, 0xBF], np.uint8)


@njit(cache=True, nogil=True)
def rare_head(block, start, end):
    """The stamp (kind, value, month * 32 + day) and the places of a line's head; of kind NO_STAMP if it has none."""
    if start >= end:
        return (NO_STAMP, 0, 0), nowhere(start)
    begin = _behind_priority(block, start, end) if block[start] == LESS else start
    if end - begin > 20 and block[begin] == ONE and block[begin + 1] == SPACE:
        return _rfc5424(block, begin + 2, end)
    kind, value, day, after = stamp_at(block, begin, end)
    if kind != NO_STAMP:
        return (kind, value, day), _syslog(block, after, end)
    return own_head(block, start, end)


@njit(cache=True, nogil=True)
def _behind_priority(block, start, end):
    """`<0>` to `<191>`"""
    close = find_byte(block, start, min(end, start + 5), GREATER)
    return close + 1 if close > start + 1 and 0 <= digits(block, start + 1, close) < 192 else start


@njit(cache=True, nogil=True)
def _syslog(block, start, end):
    """What stands behind the stamp of RFC 3164 or RFC 3339."""
    if start < end and block[start] == LESS:  # <mail.info>
        close = find_byte(block, start, min(end, start + 32), GREATER)
        if close > 0 and close + 1 < end and block[close + 1] == SPACE:
            start = close + 2
    if _repeated(block, start, end) > 0:
        return own(REPEATED, start, start, 0, _repeated(block, start, end), end)
    host_end = find_byte(block, start, end, SPACE)
    if host_end < 0 or host_end - start > LONGEST_NAME:
        return nowhere(end)
    if host_end > start and block[host_end - 1] == COLON:  # no host
        return tagged(block, start, start, host_end - 1, end)
    behind = _repeated(block, host_end + 1, end)
    if behind > 0:
        return own(REPEATED, start, host_end, 0, behind, end)
    colon = host_end + 1
    while colon < end and block[colon] != COLON and block[colon] != SPACE:
        colon += 1
    if colon == host_end + 1 or colon >= end or block[colon] != COLON:
        return start, host_end, host_end + 1, host_end + 1, 0, end, end
    return tagged(block, start, host_end, colon, end)


@njit(cache=True, nogil=True)
def _repeated(block, start, end):
    """Where the number of times begins, -1 when this is not syslogd's own word."""
    if stands(block, start, end, LAST_MESSAGE):
        return start + LAST_MESSAGE.size
    return start + DASHED.size if stands(block, start, end, DASHED) else -1


@njit(cache=True, nogil=True)
def _rfc5424(block, start, end):
    """Behind the version: STAMP HOST APP PROCID MSGID SD TEXT; `-` is none."""
    kind, value, _, host = stamp_at(block, start, end)
    host_end = find_byte(block, host, end, SPACE)
    app_end = find_byte(block, host_end + 1, end, SPACE) if host_end > 0 else -1
    process_end = find_byte(block, app_end + 1, end, SPACE) if app_end > 0 else -1
    id_end = find_byte(block, process_end + 1, end, SPACE) if process_end > 0 else -1
    text = _behind_data(block, id_end + 1, end) if id_end > 0 else -1
    if kind < 2 or text < 0 or host_end - host > LONGEST_NAME or app_end - host_end > LONGEST_NAME:
        return (NO_STAMP, 0, 0), nowhere(start)
    app = host_end + 1
    # rsyslog keeps the blank behind the colon of the message that it got.
    if text < end and block[text] == SPACE:
        text += 1
    if stands(block, text, end, BYTE_ORDER_MARK):
        text += 3
    text, text_end = unwrapped(block, text, end)
    pid = max(digits(block, app_end + 1, process_end), 0) if process_end - app_end < 12 else 0
    if host_end == host + 1 and block[host] == MINUS:
        host_end = host
    if app_end == app + 1 and block[app] == MINUS:
        app_end = app
    return (kind, value, 0), (host, host_end, app, app_end, pid, text, text_end)


@njit(cache=True, nogil=True)
def _behind_data(block, start, end):
    """Where the text begins behind the structured data at `start`, -1 when it is damaged."""
    place, quoted = start, False
    if place < end and block[place] == MINUS:
        place += 1
    else:
        while place < end and block[place] == BRACKET:
            while place < end and (quoted or block[place] != CLOSE):
                if quoted and block[place] == BACKSLASH:
                    place += 1
                elif block[place] == QUOTE:
                    quoted = not quoted
                place += 1
            place += 1  # behind the bracket
    if place == start or place > end or (place < end and block[place] != SPACE):
        return -1
    return min(place + 1, end)
