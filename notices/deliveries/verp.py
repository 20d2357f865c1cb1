"""Whose notice came back: told by the address that it came back to, and by nothing in the message.

The key in it is a part of the notice's Message-ID, which is 96 bits of an HMAC under SECRET_KEY:
nobody can name another's notice.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from notices.deliveries import message as mail
from notices.models import Mailing, Notice

ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
"""Where mail servers write the address that a message came to, the surest first."""

KEY_LENGTH = 24
AT_ONCE = 100  # conditions in one query
ADDRESS = re.compile(r"notice\+([0-9a-f]{24})@([a-z0-9.-]{1,253})")
MESSAGE_ID = re.compile(r"notice\.[a-z0-9]{1,8}\.[0-9a-z-]{1,20}\.([0-9a-f]{24})@")


def notice_of(message: Message, *, recipient: str = "", complaint: bool = False) -> Notice | None:
    """The notice that was sent from `recipient`, or from the address that the message says it came to.

    A complaint comes to a desk's address; there the notice is the one that is attached.
    """
    if recipient:
        return _find(_keys([recipient]))
    keys = _keys(mail.addresses(message, *ENVELOPE))
    return _find([*keys, *_attached(message)] if complaint else keys)


def _keys(addresses: Iterable[str]) -> list[str]:
    found = (ADDRESS.fullmatch(address.strip().strip("<>").lower()) for address in addresses)
    return [match[1] for match in found if match and match[2] == settings.NOTICE_DOMAIN.lower()]


def _attached(message: Message) -> list[str]:
    found = []
    for part in mail.parts(message):
        fields = mail.blocks(part)[:1] if part.get_content_type() == "message/feedback-report" else [part]
        for each in fields:
            found += _keys(mail.addresses(each, "Original-Mail-From", "Return-Path"))
            named = MESSAGE_ID.search(mail.header(each, "Message-ID"))
            found += [named[1]] if named else []
        if part.get_content_type() == "text/rfc822-headers":
            named = MESSAGE_ID.search(mail.text(part))
            found += [named[1]] if named else []
    return found


def _find(keys: Iterable[str]) -> Notice | None:
    """One search of the index for each round that there ever was; the key alone has no index of its own."""
    related = Notice.objects.select_related("holdout__customer", "delivery")
    for key in dict.fromkeys(keys):
        for heads in _batched(_heads(), AT_ONCE):
            wanted = reduce(or_, (Q(message_id__begins=f"{head}{key}@") for head in heads))
            notice = related.filter(wanted).first()
            if notice is not None:
                return notice
    return None


def _heads() -> list[str]:
    """What the Message-IDs of each round begin with, as one of its notices shows."""
    one = Notice.objects.filter(mailing=OuterRef("pk")).values("message_id")[:1]
    shown = Mailing.objects.annotate(shown=Subquery(one)).exclude(shown=None).values_list("shown", flat=True)
    return sorted({message_id.partition("@")[0][:-KEY_LENGTH] for message_id in shown})


def _batched(heads: list[str], size: int) -> Iterator[list[str]]:
    for begin in range(0, len(heads), size):
        yield heads[begin : begin + size]
