"""Finds the fields of Postfix's lines, compiled; `postfix.py` says what they mean.

Each line is read from the left by its daemon's grammar. Names of hosts, HELO, envelope
addresses, header values and the answers of other servers are strangers' text: nothing is
ever looked for behind where such a text may begin, but for the ends that Postfix writes.
Sources: postfix src/smtpd/smtpd.c, src/global/opened.c, log_adhoc.c, src/cleanup/cleanup_message.c.
"""

import numpy as np

from campaign.logs.scan import BRACKET, CLOSE, COLON, COMMA, EQUALS, SPACE, at, find, find_byte, njit, pattern, rfind

SILENT, SMTPD, CLEANUP, QUEUE, AGENT = 1, 2, 3, 4, 5
KINDS = [
    "",
    "accepted",
    "queued",
    "message_id",
    "program",
    "delivery",
    "removed",
    "connected",
    "auth_failed",
    "expired",
    "proxied",
    "handed_on",
]
(NOTHING, ACCEPTED, QUEUED, MESSAGE_ID, PROGRAM, DELIVERY, REMOVED, CONNECTED, AUTH_FAILED, EXPIRED, PROXIED,
 HANDED_ON) = range(12)  # fmt: skip
NOT_UNDERSTOOD = 99
# Fields of a line, each a span. ACCEPTED: address, user, (whether reinjected, whether to cut the user).
# PROXIED the same, without an id: a filter before the queue has the message first; HANDED_ON has the id it got then.
# DELIVERY: domain of the recipient, status, code, words, next hop.
QUEUE_ID, FIRST, SECOND, THIRD, FOURTH, FIFTH = range(6)

ID_END, CLIENT, CONNECT, WARNING = pattern(": "), pattern("client"), pattern("connect from "), pattern("warning: ")
SASL_FAILED, AUTH_WORDS = pattern("]: SASL "), pattern(" authentication failed")
NOQUEUE, NOQUEUE_CLIENT = pattern("NOQUEUE"), pattern("NOQUEUE: client")
PROXY_ACCEPT, QUEUED_AS = pattern("proxy-accept: END-OF-MESSAGE: "), pattern(" queued as ")
USER, SENDER_OF, ORIG = pattern(", sasl_username="), pattern(", sasl_sender="), pattern(", orig_")
ORIG_ID = pattern(", orig_queue_id=")
MESSAGE, HEADER, FROM, HEADER_END = pattern("message-id="), pattern(": header "), pattern(" from "), pattern("; from=<")
X_MAILER, USER_AGENT = pattern("x-mailer: "), pattern("user-agent: ")
MESSAGE_WORD, FROM_WORD, TO_WORD = pattern("message-id"), pattern("from"), pattern("to")
ENVELOPE, SIZE, REMOVED_WORD = pattern("from=<"), pattern(">, size="), pattern("removed")
RETURNED = pattern(", status=expired, returned to sender")
TO, RELAY, ORIG_TO, STATUS, DSN = (
    pattern("to=<"), pattern(">, relay="), pattern(">, orig_to=<"), pattern(", status="), pattern(", dsn="),
)  # fmt: skip
SENT, DEFERRED, BOUNCED, EXPIRED_WORD = pattern("sent"), pattern("deferred"), pattern("bounced"), pattern("expired")
LONGEST_TEXT = 998  # characters kept of a Message-ID; RFC 5322 has no longer line
LONGEST_WORDS = 200


@njit(cache=True, nogil=True)
def steps(block, texts, ends, daemons):
    """The kind of every line and the spans of its fields (lines x 6 x 2)."""
    kind = np.zeros(texts.size, np.int8)
    fields = np.full((texts.size, 6, 2), -1, np.int64)
    for line in range(texts.size):
        start, end, daemon, found = texts[line], ends[line], daemons[line], fields[line]
        if daemon == SILENT:
            continue
        id_end = _queue_id(block, start, end)
        if daemon == SMTPD:
            kind[line] = _smtpd(block, start, end, id_end, found)
        elif id_end > 0:
            found[QUEUE_ID, 0], found[QUEUE_ID, 1] = start, id_end
            if daemon == CLEANUP:
                kind[line] = _cleanup(block, id_end + 2, end, found)
            elif daemon == QUEUE:
                kind[line] = _queue(block, id_end + 2, end, found)
            else:
                kind[line] = _delivery(block, id_end + 2, end, found)
    return kind, fields


@njit(cache=True, nogil=True, inline="always")
def _of_id(letter):
    return 48 <= letter <= 57 or 65 <= letter <= 90 or 97 <= letter <= 122


@njit(cache=True, nogil=True, inline="always")
def _queue_id(block, start, end):
    """Where the queue id at `start` ends, -1 when none stands there."""
    place = start
    while place < end and _of_id(block[place]):
        place += 1
    return place if place - start >= 6 and at(block, place, end, ID_END) and not at(block, start, end, NOQUEUE) else -1


@njit(cache=True, nogil=True, inline="always")
def _nearly(block, start, end, word):
    """Whether a line begins with the word that one of a known form begins with, and goes on otherwise."""
    behind = start + word.size
    return at(block, start, end, word) and behind < end and block[behind] in (SPACE, COLON, EQUALS)


@njit(cache=True, nogil=True, inline="always")
def _span(found, field, start, end):
    found[field, 0], found[field, 1] = start, end


@njit(cache=True, nogil=True)
def _smtpd(block, start, end, id_end, found):
    if id_end > 0 and at(block, id_end + 2, end, CLIENT):
        _span(found, QUEUE_ID, start, id_end)
        return ACCEPTED if _client(block, id_end + 2, end, found) else NOT_UNDERSTOOD
    if at(block, start, end, NOQUEUE_CLIENT):
        return PROXIED if _client(block, start + NOQUEUE_CLIENT.size - CLIENT.size, end, found) else NOT_UNDERSTOOD
    if at(block, start, end, PROXY_ACCEPT):
        id_start = find(block, start + PROXY_ACCEPT.size, end, QUEUED_AS) + QUEUED_AS.size
        id_end = id_start
        while id_start >= start + PROXY_ACCEPT.size and id_end < end and _of_id(block[id_end]):
            id_end += 1
        _span(found, QUEUE_ID, id_start, id_end)
        return HANDED_ON if id_end > id_start else NOTHING
    if at(block, start, end, CONNECT):
        open_ = find_byte(block, start, end, BRACKET)
        if open_ < 0:
            return NOTHING
        _span(found, FIRST, open_ + 1, max(find_byte(block, open_, end, CLOSE), open_ + 1))
        return CONNECTED
    if at(block, start, end, WARNING):
        # warning: NAME[IP]: SASL PLAIN authentication failed: text
        open_ = find_byte(block, start, end, BRACKET)
        close = find(block, open_, min(end, open_ + 60), SASL_FAILED) if open_ > 0 else -1
        if close > 0 and find(block, close, min(end, close + 60), AUTH_WORDS) > 0:
            _span(found, FIRST, open_ + 1, close)
            return AUTH_FAILED
    return NOTHING


@njit(cache=True, nogil=True)
def _client(block, start, end, found):
    """Reads `client=NAME[IP]...` into the fields; whether it is as it should be."""
    if start + CLIENT.size >= end or block[start + CLIENT.size] != EQUALS:
        return False
    open_ = find_byte(block, start, end, BRACKET)
    close = find_byte(block, open_, end, CLOSE) if open_ > 0 else -1
    if close < 0:
        return False
    _span(found, FIRST, open_ + 1, close)
    user = find(block, close, end, USER)
    if user >= 0:
        begin = user + USER.size
        _span(found, SECOND, begin, end)
        if find(block, begin, end, ORIG) >= 0 or find(block, begin, end, SENDER_OF) >= 0:
            found[THIRD, 1] = 1
            found[THIRD, 0] = 1 if rfind(block, begin, end, ORIG_ID) >= 0 else 0
    elif find(block, close, end, ORIG_ID) >= 0:
        found[THIRD, 0] = 1
    return True


@njit(cache=True, nogil=True)
def _cleanup(block, start, end, found):
    if at(block, start, end, MESSAGE):
        begin = start + MESSAGE.size
        _span(found, FIRST, begin, min(end, begin + LONGEST_TEXT))
        return MESSAGE_ID
    # info: header X-Mailer: VALUE from NAME[IP]; from=<S> to=<R> proto=P helo=<H>
    action_end = find_byte(block, start, min(end, start + 16), 58)
    if action_end < 0 or not at(block, action_end, end, HEADER):
        return NOT_UNDERSTOOD if _nearly(block, start, end, MESSAGE_WORD) else NOTHING
    name = action_end + HEADER.size
    if _same_letters(block, name, end, X_MAILER):
        begin = name + X_MAILER.size
    elif _same_letters(block, name, end, USER_AGENT):
        begin = name + USER_AGENT.size
    else:
        return NOTHING
    header_end = find(block, begin, end, HEADER_END)
    value_end = rfind(block, begin, header_end, FROM) if header_end > 0 else -1
    if value_end < 0:
        return NOT_UNDERSTOOD
    _span(found, FIRST, begin, min(value_end, begin + LONGEST_WORDS))
    return PROGRAM


@njit(cache=True, nogil=True)
def _same_letters(block, start, end, wanted):
    """As at(), but capital letters in the line count as small ones."""
    if start + wanted.size > end:
        return False
    for place in range(wanted.size):
        letter = block[start + place]
        if (letter + 32 if 65 <= letter <= 90 else letter) != wanted[place]:
            return False
    return True


@njit(cache=True, nogil=True)
def _queue(block, start, end, found):
    if at(block, start, end, ENVELOPE):
        begin = start + ENVELOPE.size
        size = rfind(block, begin, end, SIZE)
        if size >= 0:
            _span(found, FIRST, begin, size)
            return QUEUED
        return EXPIRED if at(block, end - RETURNED.size, end, RETURNED) else NOT_UNDERSTOOD
    if at(block, start, end, REMOVED_WORD) and end - start == REMOVED_WORD.size:
        return REMOVED
    return NOT_UNDERSTOOD if _nearly(block, start, end, FROM_WORD) else NOTHING


@njit(cache=True, nogil=True)
def _delivery(block, start, end, found):
    if not at(block, start, end, TO):
        # Else it is of connection trouble, TLS, notes.
        return NOT_UNDERSTOOD if _nearly(block, start, end, TO_WORD) else NOTHING
    recipient = start + TO.size
    recipient_end = find(block, recipient, end, RELAY)
    status = find(block, recipient_end, end, STATUS) if recipient_end > 0 else -1
    if status < 0:
        return NOT_UNDERSTOOD
    begin = status + STATUS.size
    word_end = find_byte(block, begin, end, SPACE)
    word_end = end if word_end < 0 else word_end
    sent = at(block, begin, word_end, SENT)
    if not (sent or at(block, begin, word_end, DEFERRED) or at(block, begin, word_end, BOUNCED)
            or at(block, begin, word_end, EXPIRED_WORD)):  # fmt: skip
        return NOTHING  # an address probe: deliverable, undeliverable
    _span(found, SECOND, begin, word_end)
    if not sent:
        _span(found, FOURTH, min(word_end + 1, end), min(end, word_end + 1 + LONGEST_WORDS))
    # As accepted: orig_to where an alias rewrote the recipient.
    original = rfind(block, recipient, recipient_end, ORIG_TO)
    local_part = original + ORIG_TO.size if original >= 0 else recipient
    for place in range(recipient_end - 1, local_part - 1, -1):
        if block[place] == 64:
            _span(found, FIRST, place + 1, recipient_end)
            break
    code = find(block, recipient_end, status, DSN)
    if code > 0:
        _span(found, THIRD, code + DSN.size, max(find_byte(block, code + DSN.size, end, COMMA), code + DSN.size))
    relay = recipient_end + RELAY.size
    open_ = find_byte(block, relay, max(find_byte(block, relay, end, COMMA), relay), BRACKET)
    if open_ > 0:
        _span(found, FIFTH, open_ + 1, max(find_byte(block, open_, status, CLOSE), open_ + 1))
    return DELIVERY
