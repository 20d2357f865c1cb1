"""Takes in the messages that come back: each counts once, for the notice that its address names."""

from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from notices import mutes
from notices.deliveries import dsn, keep, verp
from notices.deliveries import message as mail
from notices.deliveries.dsn import Kind, Returned
from notices.deliveries.evidence import Evidence
from notices.models import Delivery, Mute, Notice, ReturnedMail

CAME_BACK = gettext_noop("something came back for it, so it did go out")
MUTING = {"abuse", "opt-out", "opt-out-list"}
"""Feedback that asks for no more mail (RFC 5965, 7.3). What is about fraud or a virus asks for people."""


class NotYet(Exception):
    """The notice is being sent at this moment: come again when the relay's reply is written down."""


def take_in(content: bytes, *, now: datetime, recipient: str = "") -> ReturnedMail.Kind:
    """Write down what one message says, and return what it is. The same message again changes nothing.

    `recipient` is the address that it came to, where the mail server tells it. Raises `NotYet`.
    """
    try:
        message = mail.parse(content)
        told = dsn.read(message)
        notice = verp.notice_of(message, recipient=recipient, complaint=told.kind == Kind.COMPLAINT)
    except mail.Unreadable as error:
        told, notice = Returned(Kind.OTHER, text=str(error)), None
    if notice is None:
        told = Returned(Kind.FOREIGN)  # the address that it came to is no one of ours, or forged
    elif notice.state == Notice.State.CLAIMED:
        raise NotYet(notice.number)
    with transaction.atomic():
        if _is_new(_digest(content, recipient), told, notice, now=now) and notice is not None:
            _act(told, notice, now=now)
    return told.kind


def _digest(content: bytes, recipient: str) -> str:
    return sha256(recipient.lower().encode("utf-8", "surrogateescape") + b"\0" + content).hexdigest()


def _is_new(digest: str, told: Returned, notice: Notice | None, *, now: datetime) -> bool:
    row = ReturnedMail(
        digest=digest,
        notice=notice,
        kind=told.kind,
        at=now,
        status_code=told.status_code[:12],
        text=_printable(told.text)[:300],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if ReturnedMail.objects.filter(digest=digest).exists():
            return False
        raise
    return True


def _act(told: Returned, notice: Notice, *, now: datetime) -> None:
    if told.kind == Kind.COMPLAINT and told.complaint in MUTING:
        mutes.mute(holdout_id=notice.holdout_id, by=Mute.By.COMPLAINT, now=now, notice_id=notice.pk)
    fate = _fate(told)
    if fate is None:
        return
    began = notice.accepted_at or notice.claimed_at or now
    at = min(max(told.at or now, began), now)  # another server's clock, and within what is possible
    if notice.state == Notice.State.UNKNOWN:
        keep.accept_late(notice, CAME_BACK, at=began)
    text, host = _printable(told.text)[:300], _printable(told.host)[:255]
    evidence = Evidence(Delivery.Source.RETURNED, fate, at, told.status_code[:12], text, host)
    keep.write_down({notice.message_id: evidence})


def _fate(told: Returned) -> Delivery.Fate | None:
    """What failed for a passing reason was tried until the other server gave up."""
    if told.kind == Kind.FAILED:
        return Delivery.Fate.EXPIRED if told.status_code.startswith("4") else Delivery.Fate.BOUNCED
    return {Kind.DELAYED: Delivery.Fate.DEFERRED, Kind.DELIVERED: Delivery.Fate.DELIVERED}.get(told.kind)


def _printable(text: str) -> str:
    """A stranger's words on one line; PostgreSQL takes no NUL, and people no control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def forget_before(moment: datetime) -> None:
    ReturnedMail.objects.filter(at__lt=moment).delete()
