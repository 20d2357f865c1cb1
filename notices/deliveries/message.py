"""A message that came back as a tree of parts: bounded, and never an exception."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

LONGEST = 4 << 20  # bytes that are looked at; what is behind them is the original message
MOST_PARTS = 50
BLOCKS = re.compile(r"\n[ \t]*\n")


class Unreadable(ValueError):
    """No tree of parts."""


def parse(content: bytes) -> Message:
    """The old policy takes whatever comes: it keeps broken headers as they are. Raises `Unreadable`."""
    try:
        return message_from_bytes(content[:LONGEST], policy=policy.compat32)
    except (RecursionError, ValueError, LookupError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def parts(message: Message) -> Iterator[Message]:
    return islice(message.walk(), MOST_PARTS)


def header(message: Message, name: str) -> str:
    """On one line, with bytes that are no characters replaced; "" where there is none."""
    return " ".join(str(message.get(name, "")).encode("utf-8", "replace").decode("utf-8", "replace").split())


def decoded(words: str) -> str:
    """Encoded words (RFC 2047) as text, or as they stand where they are broken."""
    try:
        return str(make_header(decode_header(words)))
    except (HeaderParseError, LookupError, ValueError):
        return words


def addresses(message: Message, *names: str) -> list[str]:
    found = [str(value) for name in names for value in message.get_all(name, [])[:5]]
    return [address for _name, address in getaddresses(found) if address]


def blocks(part: Message) -> list[Message]:
    """The groups of fields of a report: the first is about the message, each other about a recipient.

    RFC 6533's `message/global-delivery-status` is the same in UTF-8; the library takes only the old name apart.
    """
    inner = part.get_payload()
    whole = "\n\n".join(each.as_string() for each in inner) if isinstance(inner, list) else text(part)
    return [HeaderParser().parsestr(block) for block in BLOCKS.split(whole.replace("\r\n", "\n")) if block.strip()]


def text(part: Message) -> str:
    """A part's text; a charset that nobody knows, or the wrong one, costs characters and no more."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(charset, "replace")
        except LookupError:
            continue
    return ""


def body(message: Message) -> str:
    """What the report says to people: its first text, without the message that it is about."""
    for part in parts(message):
        if part.get_content_maintype() == "message" and part is not message:
            break
        if part.get_content_maintype() == "text":
            return text(part)[:20_000]
    return ""


def moment(words: str) -> datetime | None:
    """Of a Date field; None where it is none."""
    try:
        found = parsedate_to_datetime(words)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
