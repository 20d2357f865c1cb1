"""The bytes of a mail: 7-bit clean, short lines, and a second coding for programs that show UTF-8 as rubbish.

Written out by hand, since the same few headers go out fifty thousand times; the tests read them back
with Python's parser.
"""

import re
import struct
from base64 import b64encode
from collections.abc import Callable
from email.header import Header
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

BASE64_LINE = 76  # RFC 2045
UTF_8, OLD_CODING = "utf-8", "iso-2022-jp"
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


class Readable(NamedTuple):
    """What people see of a mail; `text` gives its bytes in a coding, with CRLF, or None where that lacks a
    character; `html` "" for text alone."""

    subject: str
    sender_name: str
    sender: str
    text: Callable[[str], bytes | None]
    html: str = ""


def content(readable: Readable, headers: str, *, for_old_programs: bool) -> tuple[bytes, bool]:
    """The whole mail with CRLF, and whether it is UTF-8 although an old program gets it.

    `headers` are ASCII lines, in their order. An old program gets the text alone, in ISO-2022-JP, unless a
    character is left that it cannot hold.
    """
    subject, name, sender = readable.subject, readable.sender_name, readable.sender
    if for_old_programs and holds(subject) and holds(name):
        old = readable.text(OLD_CODING)
        if old is not None:
            heads = _heads(respelled(subject), respelled(name), sender, OLD_CODING)
            return _joined(heads, headers, _head("text/plain", OLD_CODING, "7bit"), old), False
    return _joined(_heads(subject, name, sender, UTF_8), headers, _in_utf8(readable)), for_old_programs


def encoded(text: str, charset: str) -> bytes | None:
    """Lines of text with CRLF, respelled for the old coding; None where it lacks a character."""
    if charset != OLD_CODING:
        return text.replace("\n", "\r\n").encode(charset)
    try:
        return respelled(text).replace("\n", "\r\n").encode(charset)
    except UnicodeEncodeError:
        return None


def quoted(address: str) -> str:
    """An address as a header and a command of SMTP take it."""
    local, _, domain = address.rpartition("@")
    return address if DOT_ATOM.fullmatch(local) else f'"{local}"@{domain}'


def respelled(text: str) -> str:
    return _TO_RESPELL.sub(lambda found: RESPELLED[ord(found[0])], text)  # ten times as fast as translate()


@lru_cache(maxsize=1024)
def holds(text: str) -> bool:
    """Whether ISO-2022-JP, after respelling, can hold the text."""
    try:
        respelled(text).encode("iso-2022-jp")
    except UnicodeEncodeError:
        return False
    return True


def _in_utf8(readable: Readable) -> bytes:
    text = _part("text/plain", readable.text(UTF_8))
    if not readable.html:
        return text
    html = _part("text/html", encoded(readable.html, UTF_8))
    boundary = b"=_" + sha256(text + html).hexdigest()[:24].encode()  # the same mail has the same bytes
    top = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    return top + b"".join(b"--" + boundary + b"\r\n" + part for part in (text, html)) + b"--" + boundary + b"--\r\n"


def _part(kind: str, text: bytes) -> bytes:
    coded = b64encode(text)
    return _head(kind, UTF_8, "base64") + b"\r\n".join(_lines(len(coded)).unpack(coded)) + b"\r\n"


@lru_cache(maxsize=4096)
def _lines(length: int) -> struct.Struct:
    """Cuts a text of so many bytes into lines, in one step."""
    full, rest = divmod(length, BASE64_LINE)
    return struct.Struct(f"{BASE64_LINE}s" * full + (f"{rest}s" if rest else ""))


@lru_cache(maxsize=8)
def _head(kind: str, charset: str, coding: str) -> bytes:
    """The head of a part, with the empty line after it."""
    return f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'.encode()


def _joined(heads: bytes, headers: str, *body: bytes) -> bytes:
    # Not folded after the name, where one value is long: an empty first line is legal, and misread here and there.
    return b"".join((heads, headers.encode("ascii"), b"MIME-Version: 1.0\r\n", *body))


@lru_cache(maxsize=1024)
def _heads(subject: str, sender_name: str, sender: str, charset: str) -> bytes:
    # With its name known, a header fills its first line: an empty one counts as no subject.
    words = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    whole = Header(sender_name, charset, header_name="From")
    whole.append(f"<{sender}>", "us-ascii")
    sender_words = whole.encode(linesep="\r\n")
    return f"Subject: {words}\r\nFrom: {sender_words}\r\n".encode("ascii")
