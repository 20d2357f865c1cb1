"""Whose notice came back: told by the address that it came back to, and by nothing else in the message.

The address is made of the announcement number and an HMAC of it under SECRET_KEY (`links`): nobody can
name another's notice.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from notices import links
from notices.deliveries import message as mail
from notices.models import Notice

ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
"""Where mail servers write the address that a message came to, the surest first."""

MESSAGE_ID = re.compile(r"<?(notice\.[a-z0-9.-]{1,60}@[A-Za-z0-9.-]{1,253})>?")  # its last part is an HMAC, too


def notice_of(message: Message, *, recipient: str = "", complaint: bool = False) -> Notice | None:
    """The notice that was sent from `recipient`, or from the address that the message says it came to.

    A complaint comes to a desk's address; there the notice is the one that is attached.
    """
    if recipient:
        return _by_address([recipient])
    notice = _by_address(mail.addresses(message, *ENVELOPE))
    return notice or (_attached(message) if complaint else None)


def _by_address(addresses: Iterable[str]) -> Notice | None:
    numbers = [number for address in addresses if (number := links.number_of_bounce(address))]
    return _related().filter(number=numbers[0]).first() if numbers else None


def _attached(message: Message) -> Notice | None:
    heads = list(_heads(message))
    named = [MESSAGE_ID.fullmatch(mail.header(head, "Message-ID")) for head in heads]
    found = _by_address(
        address for head in heads for address in mail.addresses(head, "Original-Mail-From", "Return-Path")
    )
    return found or _related().filter(message_id__in=[match[1] for match in named if match]).first()


def _heads(message: Message) -> Iterator[Message]:
    """The fields of the report, and the header of the message that it is about."""
    for part in mail.parts(message):
        if part.get_content_type() in {"message/feedback-report", "text/rfc822-headers"}:
            yield from mail.blocks(part)[:1]
        elif part is not message:
            yield part


def _related():
    return Notice.objects.select_related("holdout__customer", "delivery")
