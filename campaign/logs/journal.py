"""journald's JSON export (`journalctl --all -o json`), as the plain lines that syslog would have written.

    {"__REALTIME_TIMESTAMP": "1777896000000123", "_HOSTNAME": "mx1", "SYSLOG_IDENTIFIER": "dovecot",
     "SYSLOG_PID": "812", "MESSAGE": "pop3-login: Login: ..."}                                 in one line
    2026-05-04T12:00:00.000123Z mx1 dovecot[812]: pop3-login: Login: ...

Source: systemd, docs/JOURNAL_EXPORT_FORMATS.md, section "Journal JSON Format".
"""

import json
from functools import lru_cache
from typing import Any

import numpy as np

from campaign.logs.stamps import SECOND, moment

DAMAGE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)
# A word of the head ends at a blank or a colon: within a name they would begin the text.
IN_A_WORD = bytes.maketrans(bytes([*range(33), ord(":"), 127]), b"?" * 35)
SENT, RECEIVED = "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"


def is_journal(head: bytes) -> bool:
    """Whether a file that begins so is such an export."""
    return head.startswith(b"{")


def plain(block: np.ndarray) -> np.ndarray:
    """A block of whole lines as the same number of plain ones; a damaged line stays what it is.

    A bytearray, as blocks of files are: for bytes, which nobody may write, all searches would be compiled once more.
    """
    return np.frombuffer(bytearray(b"\n").join([_plain(line) for line in block.tobytes().split(b"\n")]), np.uint8)


def _plain(line: bytes) -> bytes:
    if not line.startswith(b"{"):
        return line
    try:
        entry = json.loads(line.decode())
        second, fraction = divmod(int(_value(entry, SENT, RECEIVED)), SECOND)
        stamp, text = b"%s.%06dZ" % (_stamp(second), fraction), _value(entry, "MESSAGE")
        host, name = _value(entry, "_HOSTNAME"), _value(entry, "SYSLOG_IDENTIFIER", "_COMM")
        pid = _value(entry, "SYSLOG_PID", "_PID")
    except DAMAGE:
        return line
    if not text or not name:  # a text of more than 4096 bytes is null without --all
        return line
    return b"%s %s: %s" % (stamp, _words(host, name, pid), text.replace(b"\n", b"?"))


@lru_cache(maxsize=1024)
def _stamp(second: int) -> bytes:
    return f"{moment(second * SECOND):%Y-%m-%dT%H:%M:%S}".encode()


@lru_cache(maxsize=4096)
def _words(host: bytes, name: bytes, pid: bytes) -> bytes:
    """`host name[pid]`"""
    process = name.translate(IN_A_WORD) + (b"[%s]" % pid if pid.isdigit() else b"")
    return b"%s %s" % (host.translate(IN_A_WORD), process) if host else process


def _value(entry: dict[str, Any], *names: str) -> bytes:
    """The first of these fields that the entry has. A list of numbers is bytes that are no UTF-8; another
    list is a field given more than once: its first value counts."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, list) and value and not isinstance(value[0], int):
            value = value[0]
        if isinstance(value, str | list) and value:
            return value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)
    return b""
