"""The ledger's steps for several notices at once: claimed together, settled together, each step one commit.

What is claimed belongs to one worker until it is settled or its lease ends. All steps are conditional, so that
the ledger stays right whatever two workers, a page and a late reply do at the same time.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from notices import selection
from notices.compose import with_all_it_needs
from notices.models import Mailing, Notice

log = logging.getLogger(__name__)
State = Notice.State
WAITS = (0.2, 1, 2, 4, 8, 15, 30)  # seconds, while the database is away and the relay's words wait to be written

# Each row's key and new values come as one set of rows, whose columns are called as SQLite calls those of VALUES.
CLAIM = """
UPDATE notices_notice SET state = 'claimed', claimed_at = %s, attempts = attempts + 1,
       language = each.column2, client_program = each.column3, sent_to = each.column4
FROM {rows}
WHERE notices_notice.id = each.column1 AND state = 'waiting'"""
ACCEPT = """
UPDATE notices_notice SET state = 'accepted', reply = each.column2, accepted_at = %s, ended_at = %s
FROM {rows}
WHERE notices_notice.id = each.column1 AND claimed_at = %s AND state IN ('claimed', 'unknown')"""


@dataclass(frozen=True)
class End:
    """What became of a claimed notice; `send_after` is for one that waits again."""

    notice: Notice
    state: State
    reply: str
    send_after: datetime | None = None


def claim(*, mailing_id: int, limit: int, now: datetime, trial: bool = False) -> list[Notice]:
    """Take up to `limit` due notices for sending: committed when this returns, and nobody else gets them.

    Each is as it stands at this moment (`selection.as_it_stands`), in the language, for the program and to the
    address that its customer has now. None of a mailing that is not being sent; with `trial`, only of one that is
    paused for the relay's sake.
    """
    going = Mailing.objects.to_try() if trial else Mailing.objects.sending(now=now)
    with transaction.atomic(durable=True):
        due = Notice.objects.claimable(now=now).filter(Exists(going.filter(pk=OuterRef("mailing"))), mailing=mailing_id)
        # What another worker is claiming at this moment is its own; SQLite lets one claim at a time.
        due = due.order_by("send_after", "pk").select_for_update(skip_locked=True, of=("self",))
        locked = list(due.values_list("pk", flat=True)[:limit])
        notices = _as_they_stand(mailing_id, locked, now=now)
        if _claimed(notices, now=now) != len(notices):
            raise RuntimeError("a locked notice was claimed by somebody else")
    return notices


def _as_they_stand(mailing_id: int, locked: list[int], *, now: datetime) -> list[Notice]:
    if not locked:
        return []
    found = selection.as_it_stands(Notice.objects.filter(pk__in=locked), today=timezone.localdate(now))
    mailing = Mailing.objects.select_related("campaign", "text_ja", "text_en").get(pk=mailing_id)
    notices = list(with_all_it_needs(found).select_related(None).select_related("holdout__customer"))
    for notice in notices:
        customer = notice.holdout.customer
        notice.mailing = mailing  # one for all
        notice.language, notice.client_program = customer.language, customer.client_program
        notice.sent_to = customer.notice_address.lower()[:254]
        notice.attempts += 1
        notice.claimed_at = now
    return sorted(notices, key=lambda notice: (notice.send_after, notice.pk))


def _claimed(notices: list[Notice], *, now: datetime) -> int:
    rows = [(notice.pk, notice.language, notice.client_program, notice.sent_to) for notice in notices]
    return _update(CLAIM, rows, before=[now])


def settle(ends: Iterable[End], *, untouched: Iterable[Notice] = (), now: datetime) -> list[End]:
    """Write down what became of claimed notices, in one commit; those whose claim was not ours any more.

    The `untouched` were not handed to the relay: they wait as before. A database that is away for some seconds is
    waited for: the relay has spoken already, and will not say it again.
    """
    ends, untouched = list(ends), list(untouched)
    return _insist(lambda: _settle(ends, untouched, now)) if ends or untouched else []


def _settle(ends: list[End], untouched: list[Notice], now: datetime) -> list[End]:
    with transaction.atomic(durable=True):
        if untouched:
            _own(untouched).update(state=State.WAITING, claimed_at=None, attempts=F("attempts") - 1)
        by_state = defaultdict(list)
        for end in ends:
            by_state[end.state].append(end)
        late = _accept(by_state.pop(State.ACCEPTED, []), now=now)
        return late + [end for rest in by_state.values() for end in rest if not _settle_one(end, now=now)]


def _accept(ends: list[End], *, now: datetime) -> list[End]:
    if not ends:
        return []
    rows = [(end.notice.pk, end.reply) for end in ends]
    if _update(ACCEPT, rows, before=[now, now], after=[ends[0].notice.claimed_at]) == len(ends):
        return []
    ours = set(_own([end.notice for end in ends], State.ACCEPTED).values_list("pk", flat=True))
    return [end for end in ends if end.notice.pk not in ours]


def _settle_one(end: End, *, now: datetime) -> bool:
    if end.state == State.WAITING:
        return end.notice.put_back(end.reply, send_after=end.send_after)
    return _own([end.notice]).update(state=end.state, reply=end.reply, ended_at=now) == 1


def _own(notices: list[Notice], *states: State) -> QuerySet[Notice]:
    """Those whose claim is still the one that was made; all of a chunk were claimed at one time."""
    keys = [notice.pk for notice in notices]
    states = states or (State.CLAIMED, State.UNKNOWN)
    return Notice.objects.filter(pk__in=keys, claimed_at=notices[0].claimed_at, state__in=states)


def _update(statement: str, rows: list[tuple], *, before: list[datetime], after: list[datetime] = ()) -> int:
    if not rows:
        return 0
    source, values = _as_arrays(rows) if connection.vendor == "postgresql" else _as_values(rows)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(statement.format(rows=source), [*map(adapt, before), *values, *map(adapt, after)])
        return cursor.rowcount


def _as_values(rows: list[tuple]) -> tuple[str, list]:
    a_row = f"({', '.join(['%s'] * len(rows[0]))})"
    return f"(VALUES {', '.join([a_row] * len(rows))}) AS each", [value for row in rows for value in row]


def _as_arrays(rows: list[tuple]) -> tuple[str, list]:
    """A primary key and texts: one parameter a column, where a driver that fills them in would look at hundreds."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * (len(columns) - 1)])
    names = ", ".join(f"column{number}" for number in range(1, len(columns) + 1))
    return f"unnest({arrays}) AS each ({names})", columns


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
