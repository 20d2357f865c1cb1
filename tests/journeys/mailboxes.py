"""Notices in the mailboxes that Dovecot keeps."""

import email
import email.policy
from email.message import EmailMessage

from journeys.dovecot import Dovecot


def notices_of(dovecot: Dovecot, login: str) -> list[EmailMessage]:
    """The product's own mail in somebody's mailbox, whatever else is in it."""
    mails = [read(path) for path in sorted(dovecot.maildir(login).glob("*/*")) if path.parent.name in ("new", "cur")]
    return [mail for mail in mails if mail["Message-ID"].startswith("<notice.")]


def read(path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
