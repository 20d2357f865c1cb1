"""Sends what is due: claimed and committed before SMTP speaks, settled by the relay's reply."""

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices import mailings, pace, pacing, selection
from notices.compose import Letter, NotSendable, compose
from notices.models import Attempt, Mailing, Notice
from notices.outcomes import Outcome
from notices.relay import Barred, Lost, NoConnection, Relay

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
SOON = timedelta(minutes=1)  # after a connection's end that says nothing about the notice


def send_batch(*, mailing_id: int, clock: Clock, limit: int) -> int:
    """Send up to `limit` due notices of a mailing over one connection; how many the relay accepted.

    Any number of workers may do this at once. Nothing happens outside the hours, above the
    day's cap, or while the mailing is not being sent. Without a connection nothing is claimed.
    """
    mailing = Mailing.objects.get(pk=mailing_id)
    now = clock()
    if mailing.state != Mailing.State.SENDING or not pacing.hours().allow(now):
        return 0
    due = Notice.objects.for_mailing(mailing).claimable(now=now).order_by("send_after", "pk")
    wanted = list(due.values_list("pk", flat=True)[:limit])
    if not wanted:
        mailings.finish_if_done(mailing_id=mailing_id, now=now)
        return 0
    day = timezone.localdate(now)
    granted = pace.take_from_day(day, wanted=len(wanted), cap=mailing.daily_cap)
    batch = Batch(clock)
    try:
        batch.send(mailing, wanted[:granted])
    finally:
        pace.give_back_to_day(day, granted - batch.used)
    mailings.finish_if_done(mailing_id=mailing_id, now=clock())
    return batch.accepted


@dataclass
class Batch:
    """One worker's turn: a connection, a place in the common pace, and what came of it."""

    clock: Clock
    accepted: int = 0
    used: int = 0  # of the day's cap: what went out, may have gone out, or was refused for good

    def send(self, mailing: Mailing, notices: list[int]) -> None:
        if not notices:
            return
        try:
            relay = Relay.open()
        except NoConnection as error:
            attempt = Attempt.BARRED if isinstance(error, Barred) else Attempt.NO_CONNECTION
            _note(mailing, attempt, str(error), now=self.clock())
            return
        random.shuffle(notices)  # two workers with the same list shall not race for each of its rows
        rate = pace.Rate(per_second=settings.NOTICE_PER_SECOND, url=settings.REDIS_URL)
        with contextlib.closing(relay), contextlib.closing(rate):
            self._send_all(notices, relay, rate)

    def _send_all(self, notices: Iterable[int], relay: Relay, rate: pace.Rate) -> None:
        for pk in notices:
            notice = _load(pk, now=self.clock())
            if notice is None:
                continue  # another worker was faster
            if notice.mailing.state != Mailing.State.SENDING or not pacing.hours().allow(self.clock()):
                return
            letter = self._letter(notice)
            if letter is None:
                continue
            time.sleep(rate.take())
            if _claim(notice, now=self.clock()) and not self._hand_over(notice, letter, relay):
                return

    def _letter(self, notice: Notice) -> Letter | None:
        """What to send; None when this notice does not go out, and then the ledger says why."""
        now = self.clock()
        row = Notice.objects.filter(pk=notice.pk)
        reason = selection.no_longer_due(notice, today=timezone.localdate(now))
        if reason:
            row.withdraw(reason, now=now)
            return None
        try:
            return compose(notice, now=now)
        except NotSendable as error:
            row.filter(state=Notice.State.WAITING).update(state=Notice.State.REFUSED, reply=str(error), ended_at=now)
        except Exception as error:  # whatever a text can do wrong, it does it to the next customer, too
            log.exception("notice %s cannot be composed", notice.number)
            values = {"number": notice.number, "error": f"{type(error).__name__}: {error}"}
            _pause(notice.mailing, _("The text for announcement number %(number)s fails: %(error)s") % values, now=now)
        return None

    def _hand_over(self, notice: Notice, letter: Letter, relay: Relay) -> bool:
        """Give a claimed notice to the relay and write down what it says; whether the connection is still good."""
        try:
            outcome, words = relay.send(letter)
        except NoConnection as error:
            outcome, words = Outcome.CLOSING, str(error)
        except Lost as error:
            # It stays claimed: whether it went out, the log will tell.
            self.used += 1
            _note(notice.mailing, Attempt.LOST, str(error), now=self.clock())
            return False
        self._settle(notice, outcome, words)
        return outcome is not Outcome.CLOSING

    def _settle(self, notice: Notice, outcome: Outcome, words: str) -> None:
        now = self.clock()
        if outcome is Outcome.ACCEPTED:
            settled = notice.accept(words, now=now)
            self.accepted += 1
            self.used += 1
        elif outcome is Outcome.REFUSED:
            settled = notice.refuse(words, now=now)
            self.used += 1
        elif outcome is Outcome.CLOSING:
            settled = notice.put_back(words, send_after=now + SOON)
        else:
            settled = notice.put_back(words, send_after=now + pace.retry_after(notice.attempts))
        if not settled:
            log.error("notice %s: %s came after its lease had ended: %s", notice.number, outcome.value, words)
        _note(notice.mailing, ATTEMPTS[outcome], words, now=now)


ATTEMPTS = {
    Outcome.ACCEPTED: Attempt.SENT,
    Outcome.DEFERRED: Attempt.DEFERRED,
    Outcome.REFUSED: Attempt.REFUSED,
    Outcome.BARRED: Attempt.BARRED,
    Outcome.CLOSING: Attempt.NO_CONNECTION,
}


def _load(pk: int, *, now: datetime) -> Notice | None:
    """The notice with all it needs, as it is at this moment; None when it no longer waits."""
    waiting = Notice.objects.filter(pk=pk, state=Notice.State.WAITING)
    notice = selection.as_it_stands(waiting, today=timezone.localdate(now)).first()
    if notice is not None:
        customer = notice.holdout.customer
        notice.language, notice.client_program = customer.language, customer.client_program
    return notice


def _claim(notice: Notice, *, now: datetime) -> bool:
    with transaction.atomic(durable=True):  # committed, or SMTP must not speak
        return notice.claim(now=now)


def _note(mailing: Mailing, attempt: Attempt, words: str, *, now: datetime) -> None:
    """Remember how it went; too much trouble pauses the mailing."""
    recent = mailing.note(attempt)
    if attempt is not Attempt.SENT and pace.trouble(recent):
        _pause(mailing, _("Too many attempts failed. The relay's last words: %(words)s") % {"words": words}, now=now)


def _pause(mailing: Mailing, reason: str, *, now: datetime) -> None:
    with contextlib.suppress(mailings.NotAllowed):  # somebody paused or cancelled it already
        mailings.pause(mailing_id=mailing.pk, reason=reason, now=now)
    log.warning("mailing %s paused: %s", mailing.pk, reason)
