"""Sends what is due: claimed and committed before SMTP speaks, settled by the relay's reply."""

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.logs.redaction import without_addresses, without_person
from notices import ledger, mailings, pace, pacing
from notices.claims import Claim
from notices.ledger import End
from notices.letters import Letters
from notices.models import Attempt, Mailing, Notice
from notices.outcomes import Outcome
from notices.relay import Barred, Busy, Lost, NoConnection, Relay

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
State, Cause = Notice.State, Mailing.PauseCause
SOON = timedelta(minutes=1)  # after a connection's end that says nothing about the notice
LONGEST_CHUNK = timedelta(seconds=2)  # then what was claimed goes back: a pause holds within 5 seconds
CHUNKS = 20  # for so many a worker takes from the day's cap at once


def send_batch(*, mailing_id: int, clock: Clock, limit: int) -> int:
    """Send up to `limit` due notices of a mailing over one connection; how many the relay accepted.

    Any number of workers may do this at once. Nothing happens outside the hours, above the
    day's cap, or while the mailing is not being sent. Without a connection nothing is claimed.
    """
    now = clock()
    mailing = Mailing.objects.sending(now=now).filter(pk=mailing_id).first()
    if mailing is None or not pacing.may_go(now, asked_for=mailing.asked_for):
        return 0
    with contextlib.ExitStack() as stack:
        batch = Batch(mailing, clock, stack)
        batch.send(limit)
    mailings.finish_if_done(mailing_id=mailing_id, now=clock())
    return batch.accepted


def try_again(*, mailing_id: int, clock: Clock) -> bool:
    """See whether the relay takes the mail of a mailing again that has paused for its sake, and then go on.

    One connection with one notice, if one is due. True when the mailing goes on.
    """
    now = clock()
    asked_for = Mailing.objects.asked_for().filter(pk=mailing_id).exists()
    if not pacing.may_go(now, asked_for=asked_for) or not mailings.take_try(mailing_id=mailing_id, now=now):
        return False
    with contextlib.ExitStack() as stack:
        batch = Batch(Mailing.objects.get(pk=mailing_id), clock, stack, trial=True)
        if not batch.connect():
            return False
        batch.send(1)
    if not set(batch.attempts) <= {Attempt.SENT, Attempt.REFUSED}:
        return False
    log.info("the relay takes mail again, mailing %s goes on", mailing_id)
    return mailings.go_on(mailing_id=mailing_id)


@dataclass
class Batch:
    """One worker's turn: a connection, a place in the common pace, and what came of it."""

    mailing: Mailing
    clock: Clock
    stack: contextlib.ExitStack  # ends the connections to the relay and to Redis
    trial: bool = False
    accepted: int = 0
    used: int = 0  # of the day's cap: what went out, may have gone out, or was refused for good
    attempts: str = ""  # how they ended, as letters of `Attempt`
    relay: Relay | None = None
    place: pace.Place | None = None
    rate: pace.Rate | None = None

    def send(self, limit: int) -> None:
        """In portions, each taken from the day's cap before anything is sent."""
        while limit > 0:
            portion = min(limit, CHUNKS * pace.chunk_size(), self._due())
            day = timezone.localdate(self.clock())
            granted = pace.take_from_day(day, wanted=portion, cap=self.mailing.cap) if portion else 0
            before = self.used
            try:
                if not granted or not self.connect() or not self._send_portion(granted):
                    return
            finally:
                pace.give_back_to_day(day, granted - (self.used - before))
            limit -= granted

    def _due(self) -> int:
        due = Notice.objects.for_mailing(self.mailing).claimable(now=self.clock())
        return due.order_by()[: CHUNKS * pace.chunk_size()].count()

    def connect(self) -> bool:
        """A connection to the relay, if there is not one already; what stands in the way is noted."""
        if self.relay is not None:
            return True
        if self.place is None:
            self.place = self.stack.enter_context(contextlib.closing(pace.Place(url=settings.REDIS_URL)))
            rate = pace.Rate(per_second=settings.NOTICE_PER_SECOND, url=settings.REDIS_URL)
            self.rate = self.stack.enter_context(contextlib.closing(rate))
            self.stack.callback(self._hang_up)
        if not self.place.take():
            return False
        try:
            self.relay = Relay.open()
        except Busy as error:
            others = self.place.too_many()
            log.warning("the relay has too many connections, %s others stay: %s", others, without_addresses(str(error)))
            if not others:
                self._note(Attempt.NO_CONNECTION, str(error))
        except NoConnection as error:
            self._note(Attempt.BARRED if isinstance(error, Barred) else Attempt.NO_CONNECTION, str(error))
        return self.relay is not None

    def _hang_up(self) -> None:
        if self.relay is not None:
            self.relay.close()
            self.relay = None

    def _send_portion(self, granted: int) -> bool:
        """Chunk by chunk; whether the turn goes on."""
        while granted > 0:
            size = min(granted, pace.chunk_size())
            time.sleep(self.rate.take(size))  # first the pace, then a look at how things stand now
            now = self.clock()
            if not pacing.may_go(now, asked_for=self.mailing.asked_for) or not self.place.take():
                return False
            notices = ledger.claim(mailing_id=self.mailing.pk, limit=size, now=now, trial=self.trial)
            if not notices or not self._send_chunk(Chunk(notices, now)):
                return False
            granted -= size
        return True

    def _send_chunk(self, chunk: "Chunk") -> bool:
        try:
            good = self._hand_over(chunk)
        finally:
            self._settle(chunk)
        return self._note(chunk.attempts, chunk.words) and good

    def _hand_over(self, chunk: "Chunk") -> bool:
        """Give the letters to the relay, for as long as a chunk may last; whether the connection is still good."""
        letters = Letters(chunk.notices, chunk.end, self.clock())
        while letters.fill():
            lasted = self.clock() - chunk.claimed_at
            if lasted >= settings.NOTICE_LEASE:
                return False  # this machine was asleep: another worker may have sent them meanwhile
            if chunk.attempts and lasted >= LONGEST_CHUNK:
                return self._stop_here()
            attempt = self._send(chunk, letters)
            chunk.attempts += attempt
            if attempt in (Attempt.LOST, Attempt.NO_CONNECTION):
                return False
            if self._trouble(chunk.attempts):
                return self._stop_here()
        if letters.away:
            raise letters.away
        if letters.failure:
            self._pause(letters.failure, Cause.TEXT)
        return not letters.failure

    def _stop_here(self) -> bool:
        """Leave the rest of a chunk; whether there is a good connection for the next one."""
        if self.relay.announced is not None:
            self._hang_up()  # so that it forgets that letter
        return self.connect()

    def _send(self, chunk: "Chunk", letters: Letters) -> Attempt:
        notice, letter, then = letters.take()
        del chunk.left[notice.pk]  # from here on only the relay's word, or its log, tells what became of it
        try:
            outcome, words = self.relay.send(letter, then=then, meanwhile=letters.fill)
        except NoConnection as error:
            outcome, words = Outcome.CLOSING, str(error)
        except Lost as error:
            chunk.said, chunk.said_to = str(error), letter.recipient
            self.used += 1
            return Attempt.LOST
        chunk.said, chunk.said_to = words, letter.recipient
        if outcome is Outcome.ACCEPTED:
            chunk.end(notice, State.ACCEPTED, words)
            self.accepted += 1
        elif outcome is Outcome.REFUSED:
            chunk.end(notice, State.REFUSED, words)
        else:
            wait = SOON if outcome is Outcome.CLOSING else pace.retry_after(notice.attempts)
            chunk.end(notice, State.WAITING, words, send_after=self.clock() + wait)
        self.used += outcome in (Outcome.ACCEPTED, Outcome.REFUSED)
        return ATTEMPTS[outcome]

    def _settle(self, chunk: "Chunk") -> None:
        for end in ledger.settle(chunk.ends, untouched=chunk.left.values(), now=self.clock()):
            number, state = end.notice.case.number, end.state
            said = without_person(end.reply, end.notice.case.address)
            log.error("notice %s: %s came after its lease had ended: %s", number, state, said)

    def _trouble(self, attempts: str) -> Cause | None:
        """What is wrong, as far as this worker knows; all of them together say it in `_note`."""
        return None if attempts[-1] == Attempt.SENT else pace.trouble(self.mailing.recent_attempts + attempts)

    def _note(self, attempts: str, words: str) -> bool:
        """Remember how it went; too much trouble pauses the mailing. Whether the turn goes on."""
        self.attempts += attempts
        if self.trial or not attempts:
            return not self.trial
        recent = self.mailing.note(attempts)
        cause = pace.trouble(recent) if set(attempts) != {Attempt.SENT.value} else None
        if cause:
            self._pause(_("Too many attempts failed. The relay's last words: %(words)s") % {"words": words}, cause)
        return not cause

    def _pause(self, reason: str, cause: Cause) -> None:
        with contextlib.suppress(mailings.NotAllowed):  # somebody paused or cancelled it already
            mailings.pause(mailing_id=self.mailing.pk, reason=reason, now=self.clock(), cause=cause)
        log.warning("mailing %s paused: %s", self.mailing.pk, without_addresses(reason))


@dataclass
class Chunk:
    """What was claimed together: `left` was not handed to the relay yet, `ends` is known and not written down yet."""

    notices: list[Claim]
    claimed_at: datetime
    left: dict[int, Claim] = field(init=False)
    ends: list[End] = field(default_factory=list)
    attempts: str = ""
    said: str = ""  # the relay's last words
    said_to: str = ""

    def __post_init__(self) -> None:
        self.left = {notice.pk: notice for notice in self.notices}

    @property
    def words(self) -> str:
        """The relay's last ones, without the customer: they are shown to all staff, and logged."""
        return without_person(self.said, self.said_to)

    def end(self, notice: Claim, state: State, reply: str, *, send_after: datetime | None = None) -> None:
        self.left.pop(notice.pk, None)
        self.ends.append(End(notice, state, reply, send_after))


ATTEMPTS = {
    Outcome.ACCEPTED: Attempt.SENT,
    Outcome.DEFERRED: Attempt.DEFERRED,
    Outcome.REFUSED: Attempt.REFUSED,
    Outcome.BARRED: Attempt.BARRED,
    Outcome.CLOSING: Attempt.NO_CONNECTION,
}
