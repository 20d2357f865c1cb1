"""The heads of programs that write files of their own, without syslog, compiled.

    dovecot: 2026-11-04 09:00:00 Info: pop3-login: text       Dovecot 1.x
    pop3-login: Nov 04 09:00:00 Info: text                    Dovecot 0.99
    2026-11-04 09:00:00 pop3-login: Info: text                Dovecot 2.x, with such a log_timestamp
    2026-11-04 09:00:00 [pid] text                            Exim: tag `exim`
    2026/11/04 09:00:00 [info] pid#tid: *conn text            nginx: tag `nginx`
    @400000006909f7fa00000000 (tag: )text                     multilog: tag `multilog` without one

Of Dovecot's the service is the tag, as syslog has it where no `dovecot: ` stands before.
"""

from campaign.logs.head_parts import EXIM, MULTILOG, NGINX, name_end, nowhere, own, program, stands, tagged
from campaign.logs.scan import BRACKET, CLOSE, SPACE, digits, find_byte, njit, pattern
from campaign.logs.stamp_forms import NO_STAMP, SLASH, own_stamp, stamp_at

HASH, STAR = 35, 42
LONGEST_NAME = 128  # bytes of a program's name
DOVECOT = pattern("dovecot")
LEVELS = [pattern(f"{word}: ") for word in ("Info", "Warning", "Error", "Fatal", "Panic", "Debug")]
INFO, WARNING, ERROR, FATAL, PANIC, DEBUG = LEVELS
# What qmail-send itself begins a line with, and what Courier's logger writes: no names of programs.
STATUS, QMAIL_WARNING, ALERT = pattern("status: "), pattern("warning: "), pattern("alert: ")
COURIER_LEVELS = [pattern(f"{word}: ") for word in ("INFO", "ERR", "WARN", "DEBUG")]
COURIER_INFO, COURIER_ERROR, COURIER_WARNING, COURIER_DEBUG = COURIER_LEVELS


@njit(cache=True, nogil=True)
def own_head(block, start, end):
    """Like `head_forms.rare_head`, for these forms alone."""
    kind, value, day, after, fraction = own_stamp(block, start, end)
    if kind == NO_STAMP:
        return _dovecot_1(block, start, end)
    stamp = (kind, value, day)
    # tai64nlocal writes Exim's form, with multilog's nine digits.
    if fraction == 9:
        return stamp, _multilog(block, after, end)
    if block[start + 4] == SLASH:
        return stamp, _nginx(block, after, end)
    colon = name_end(block, after, end)
    if colon > after and _level_end(block, colon + 2, end) > 0:
        return stamp, tagged(block, after, after, colon, end)
    return stamp, _exim(block, after, end)


@njit(cache=True, nogil=True)
def doubled(block, start, end):
    """Where the text of Exim or nginx begins, and the pid, when its own head stands behind syslog's."""
    kind, _, _, after, _ = own_stamp(block, start, end)
    if kind == NO_STAMP:
        return start, 0
    places = _nginx(block, after, end) if block[start + 4] == SLASH else _exim(block, after, end)
    return places[5], places[4]


@njit(cache=True, nogil=True)
def _dovecot_1(block, start, end):
    """`dovecot: STAMP Info: pop3-login: text`, and 0.99's `pop3-login: STAMP Info: text`."""
    colon = name_end(block, start, min(end, start + 64))
    kind, value, day, after = NO_STAMP, 0, 0, start
    if colon > 0:
        kind, value, day, after = stamp_at(block, colon + 2, end)
        if kind == NO_STAMP:
            kind, value, day, after, _ = own_stamp(block, colon + 2, end)
    text = _level_end(block, after, end) if kind != NO_STAMP else -1
    if text < 0:
        return (NO_STAMP, 0, 0), nowhere(start)
    service = name_end(block, text, end)
    if service > 0 and colon - start == DOVECOT.size and stands(block, start, colon, DOVECOT):
        return (kind, value, day), tagged(block, text, text, service, end)
    tag_end, pid = program(block, start, colon)
    return (kind, value, day), (start, start, start, tag_end, pid, text, end)


@njit(cache=True, nogil=True)
def _level_end(block, start, end):
    """Where the text begins behind Dovecot's `Info: `, -1 when no such word stands here."""
    for level in (INFO, WARNING, ERROR, FATAL, PANIC, DEBUG):
        if stands(block, start, end, level):
            return start + level.size
    return -1


@njit(cache=True, nogil=True)
def _exim(block, start, end):
    pid = 0
    close = find_byte(block, start, min(end, start + 12), CLOSE)
    if close > start + 1 and close + 1 < end and block[start] == BRACKET and block[close + 1] == SPACE:
        number = digits(block, start + 1, close)
        if number >= 0:
            pid, start = number, close + 2
    return own(EXIM, start, start, pid, start, end)


@njit(cache=True, nogil=True)
def _nginx(block, start, end):
    """Behind the stamp: [level] pid#tid: *conn text; there may be no connection."""
    close = find_byte(block, start, min(end, start + 12), CLOSE)
    mark = find_byte(block, close + 2, min(end, close + 14), HASH) if close > 0 else -1
    colon = name_end(block, mark, min(end, mark + 24)) if mark > 0 else -1
    if colon < 0 or block[start] != BRACKET:
        return own(NGINX, start, start, 0, start, end)
    text, pid = colon + 2, max(digits(block, close + 2, mark), 0)
    if text < end and block[text] == STAR:
        blank = find_byte(block, text, min(end, text + 24), SPACE)
        text = blank + 1 if blank > 0 else text
    return own(NGINX, start, start, pid, text, end)


@njit(cache=True, nogil=True)
def _multilog(block, start, end):
    """`tag[pid]: text` where a program writes its name, `multilog` where the file alone says whose it is."""
    colon = name_end(block, start, min(end, start + LONGEST_NAME))
    if colon < 0 or _no_name(block, start, end):
        return own(MULTILOG, start, start, 0, start, end)
    return tagged(block, start, start, colon, end)


@njit(cache=True, nogil=True)
def _no_name(block, start, end):
    for word in (STATUS, QMAIL_WARNING, ALERT, COURIER_INFO, COURIER_ERROR, COURIER_WARNING, COURIER_DEBUG):
        if stands(block, start, end, word):
            return True
    return False
