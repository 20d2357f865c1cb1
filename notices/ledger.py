"""The ledger's steps for several notices at once: claimed together, settled together, each step one commit.

What is claimed belongs to one worker until it is settled or its lease ends. All steps are conditional, so that
the ledger stays right whatever two workers, a page and a late reply do at the same time.
"""

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet

from notices import claims
from notices.claims import Claim
from notices.models import Mailing, Notice

log = logging.getLogger(__name__)
State = Notice.State
WAITS = (0.2, 1, 2, 4, 8, 15, 30)  # seconds, while the database is away and the relay's words wait to be written

ACCEPT = """
UPDATE notices_notice SET state = 'accepted', reply = one.value ->> 1, accepted_at = %(now)s, ended_at = %(now)s
FROM json_each(%(ends)s) AS one
WHERE notices_notice.id = one.value ->> 0 AND claimed_at = %(claimed_at)s AND state IN ('claimed', 'unknown')"""
# Two lists and not a row for each, as texts that a driver need not look into. The keys once more, because the planner,
# which believes that hardly any are being sent, would otherwise go through all of those again for each of ours.
ACCEPT_AT_ONCE = """
UPDATE notices_notice SET state = 'accepted', reply = one.reply, accepted_at = %(now)s, ended_at = %(now)s
FROM ROWS FROM (unnest(%(keys)s::bigint[]), json_array_elements_text(%(replies)s::json)) AS one (id, reply)
WHERE notices_notice.id = ANY (ARRAY (SELECT unnest(%(keys)s::bigint[]))) AND notices_notice.id = one.id
AND claimed_at = %(claimed_at)s AND state || '' IN ('claimed', 'unknown')"""


@dataclass(frozen=True)
class End:
    """What became of a claimed notice; `send_after` is for one that waits again."""

    notice: Claim
    state: State
    reply: str
    send_after: datetime | None = None


def claim(*, mailing_id: int, limit: int, now: datetime, trial: bool = False) -> list[Claim]:
    """Take up to `limit` due notices for sending: committed when this returns, and nobody else gets them.

    Each is as it stands at this moment, in the language, for the program and to the address that its customer
    has now. None of a mailing that is not being sent; with `trial`, only of one that is paused for the relay's sake.
    """
    going = Mailing.objects.to_try() if trial else Mailing.objects.sending(now=now)
    with transaction.atomic(durable=True):
        found = list(going.select_related("campaign", "text_ja", "text_en").filter(pk=mailing_id))
        return _claimed(found[0], limit, now) if found else []


def _claimed(mailing: Mailing, limit: int, now: datetime) -> list[Claim]:
    return claims.take(mailing, limit=limit, now=now)


def keep_coding(notice: Claim, *, utf8_instead: bool) -> None:
    """Seldom a write: nearly every mail goes out in the coding that its program reads, and did so the last time."""
    if utf8_instead != notice.utf8_instead:
        Notice.objects.filter(pk=notice.pk).update(utf8_instead=utf8_instead)


def settle(ends: Iterable[End], *, untouched: Iterable[Claim] = (), now: datetime) -> list[End]:
    """Write down what became of claimed notices, in one commit; those whose claim was not ours any more.

    The `untouched` were not handed to the relay: they wait as before. A database that is away for some seconds is
    waited for: the relay has spoken already, and will not say it again. A database that dies at this very moment may
    forget it all: they are still claimed then, become unknown, and the relay's log tells.
    """
    ends, untouched = list(ends), list(untouched)
    return _insist(lambda: _settle(ends, untouched, now)) if ends or untouched else []


def _settle(ends: list[End], untouched: list[Claim], now: datetime) -> list[End]:
    with transaction.atomic(durable=True):
        _leave_the_disk_to_the_next_claim()
        if untouched:
            _own(untouched).update(state=State.WAITING, claimed_at=None, attempts=F("attempts") - 1)
        by_state = defaultdict(list)
        for end in ends:
            by_state[end.state].append(end)
        late = _accept(by_state.pop(State.ACCEPTED, []), now=now)
        return late + [end for rest in by_state.values() for end in rest if not _settle_one(end, now=now)]


def _leave_the_disk_to_the_next_claim() -> None:
    """Do not wait until the disk has this commit: the next claim waits for the disk, and takes it along.

    https://www.postgresql.org/docs/current/wal-async-commit.html: within 0.6 seconds it is there in any case.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def _accept(ends: list[End], *, now: datetime) -> list[End]:
    if not ends:
        return []
    keys, replies = [end.notice.pk for end in ends], [end.reply for end in ends]
    adapt = connection.ops.adapt_datetimefield_value
    times = {"now": adapt(now), "claimed_at": adapt(ends[0].notice.claimed_at)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            of_keys = f"{{{','.join(map(str, keys))}}}"
            cursor.execute(ACCEPT_AT_ONCE, times | {"keys": of_keys, "replies": json.dumps(replies)})
        else:
            cursor.execute(ACCEPT, times | {"ends": json.dumps(list(zip(keys, replies, strict=True)))})
        if cursor.rowcount == len(ends):
            return []
    ours = set(_own([end.notice for end in ends], State.ACCEPTED).values_list("pk", flat=True))
    return [end for end in ends if end.notice.pk not in ours]


def _settle_one(end: End, *, now: datetime) -> bool:
    again = {"send_after": end.send_after, "claimed_at": None}  # it certainly did not go out and may go again
    values = again if end.state == State.WAITING else {"ended_at": now}
    return _own([end.notice]).update(state=end.state, reply=end.reply, **values) == 1


def _own(notices: list[Claim], *states: State) -> QuerySet[Notice]:
    """Those whose claim is still the one that was made; all of a chunk were claimed at one time."""
    keys = [notice.pk for notice in notices]
    states = states or (State.CLAIMED, State.UNKNOWN)
    return Notice.objects.filter(pk__in=keys, claimed_at=notices[0].claimed_at, state__in=states)


def _insist(step: Callable[[], list[End]]) -> list[End]:
    for wait in WAITS:
        try:
            return step()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            log.warning("the database is away, the relay's words wait: %s", error)
            connection.close()
            time.sleep(wait)
    return step()
