"""The bytes of a mail: 7-bit clean, short lines, and a second coding for programs that show UTF-8 as rubbish.

Written out by hand, since the same few headers go out fifty thousand times; the tests read them back
with Python's parser.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from email.header import Header
from functools import lru_cache
from hashlib import sha256

BASE64_LINE = 76  # RFC 2045
DOT_ATOM = re.compile(r"[^.\s]+(?:\.[^.\s]+)*")
# Programs that show UTF-8 as rubbish, or did in versions that are still about.
OLD_PROGRAMS = frozenset(
    {"outlook-express", "windows-live-mail", "windows-mail", "becky", "eudora"}
    | {"al-mail", "edmax", "shuriken", "sylpheed", "hidemaru"}
)
# What ISO-2022-JP cannot hold, and what means the same. The variants of characters that names
# are written with (髙, 﨑) are not here: a name stays as it is, and makes the mail UTF-8.
RESPELLED = str.maketrans(
    {"～": "〜", "－": "−", "㈱": "(株)", "㈲": "(有)", "–": "-", "—": "―", "•": "・", "\u00a0": " "}
    | {chr(0x2460 + number): f"({number + 1})" for number in range(20)}  # ① to ⑳
)

_TO_RESPELL = re.compile(f"[{''.join(map(chr, RESPELLED))}]")


@dataclass(frozen=True)
class Readable:
    """What people see of a mail; `html` "" for text alone."""

    subject: str
    sender_name: str
    sender: str
    text: str
    html: str = ""


def content(readable: Readable, headers: list[tuple[str, str]], *, for_old_programs: bool) -> tuple[bytes, bool]:
    """The whole mail with CRLF, and whether it is UTF-8 although an old program gets it.

    `headers` are ASCII, in their order. An old program gets the text alone, in ISO-2022-JP, unless a
    character is left that it cannot hold.
    """
    if for_old_programs:
        old = _in_iso_2022_jp(readable)
        if old is not None:
            charset, body = "iso-2022-jp", old
            return _joined(_readable_headers(_respelled_heads(readable), charset) + headers, body), False
    return _joined(_readable_headers(readable, "utf-8") + headers, _in_utf8(readable)), for_old_programs


def quoted(address: str) -> str:
    """An address as a header and a command of SMTP take it."""
    local, _, domain = address.rpartition("@")
    return address if DOT_ATOM.fullmatch(local) else f'"{local}"@{domain}'


def respelled(text: str) -> str:
    return _TO_RESPELL.sub(lambda found: RESPELLED[ord(found[0])], text)  # ten times as fast as translate()


def holds(text: str) -> bool:
    """Whether ISO-2022-JP, after respelling, can hold the text."""
    try:
        respelled(text).encode("iso-2022-jp")
    except UnicodeEncodeError:
        return False
    return True


def _respelled_heads(readable: Readable) -> Readable:
    subject, name = (respelled(part) for part in (readable.subject, readable.sender_name))
    return Readable(subject, name, readable.sender, "")


def _in_iso_2022_jp(readable: Readable) -> bytes | None:
    if not holds(readable.subject) or not holds(readable.sender_name):
        return None
    try:
        encoded = respelled(readable.text).replace("\n", "\r\n").encode("iso-2022-jp")
    except UnicodeEncodeError:
        return None
    return _head("text/plain", "iso-2022-jp", "7bit") + b"\r\n" + encoded


def _in_utf8(readable: Readable) -> bytes:
    text = _part("text/plain", readable.text)
    if not readable.html:
        return text
    html = _part("text/html", readable.html)
    boundary = b"=_" + sha256(text + html).hexdigest()[:24].encode()  # the same mail has the same bytes
    top = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    return top + b"".join(b"--" + boundary + b"\r\n" + part for part in (text, html)) + b"--" + boundary + b"--\r\n"


def _part(kind: str, text: str) -> bytes:
    encoded = b64encode(text.replace("\n", "\r\n").encode())
    lines = [encoded[begin : begin + BASE64_LINE] for begin in range(0, len(encoded), BASE64_LINE)]
    return _head(kind, "utf-8", "base64") + b"\r\n" + b"\r\n".join(lines) + b"\r\n"


def _head(kind: str, charset: str, coding: str) -> bytes:
    return f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {coding}\r\n'.encode()


def _joined(headers: list[tuple[str, str]], body: bytes) -> bytes:
    # Not folded after the name, where one value is long: an empty first line is legal, and misread here and there.
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("ascii") + b"MIME-Version: 1.0\r\n" + body


def _readable_headers(readable: Readable, charset: str) -> list[tuple[str, str]]:
    return [
        ("Subject", _words(readable.subject, charset, "Subject")),
        ("From", _sender(readable.sender_name, readable.sender, charset)),
    ]


@lru_cache(maxsize=1024)
def _words(text: str, charset: str, name: str) -> str:
    # With its name known, a header fills its first line: an empty one counts as no subject.
    return Header(text, charset, header_name=name).encode(linesep="\r\n")


@lru_cache(maxsize=16)
def _sender(name: str, address: str, charset: str) -> str:
    sender = Header(name, charset, header_name="From")
    sender.append(f"<{address}>", "us-ascii")
    return sender.encode(linesep="\r\n")
