"""Puts the steps of each message in a block together, compiled: one row a life of a queue id.

A queue id comes again, so a message is a life of it: it ends with `removed`, and a new one begins
with the next acceptance. Lines of different daemons may be out of order by seconds: a late one
still belongs to the life that ended just before, one that is early to the acceptance just behind.
A life that lies in two blocks leaves a row in each; attribution.sql joins these by the same rules.
"""

from typing import NamedTuple

import numpy as np

from campaign.logs.postfix_scan import (
    ACCEPTED,
    DELIVERY,
    EXPIRED,
    FIFTH,
    MESSAGE_ID,
    PROGRAM,
    QUEUE_ID,
    QUEUED,
    REMOVED,
)
from campaign.logs.scan import at, njit, pattern

LATE = 2_000_000  # microseconds behind `removed` in which a line still belongs to it
EARLY = 5_000_000  # microseconds before `client=` in which a line already belongs to it
LOOPBACK_4, LOOPBACK_6 = pattern("127.0.0.1"), pattern("::1")


class Lives(NamedTuple):
    """One entry a life. `first`, `accepted`, `queued`, `message_id`, `program` and `delivery` are rows
    (-1: none in this block), `removed` a time (0: none), `remote` whether a recipient is remote."""

    first: np.ndarray
    accepted: np.ndarray
    queued: np.ndarray
    message_id: np.ndarray
    program: np.ndarray
    delivery: np.ndarray
    removed: np.ndarray
    remote: np.ndarray


def lives(block, at_, host, mta, kind, fields, remote) -> Lives:
    """All lives in the rows of a block; `remote` is 1 for delivery rows with a remote recipient."""
    steps = int(np.count_nonzero((kind > 0) & (kind <= DELIVERY + 1)) + np.count_nonzero(kind == EXPIRED))
    rows = np.full((6, max(steps, 1)), -1, np.int64)
    removed, far = np.zeros(max(steps, 1), np.int64), np.zeros(max(steps, 1), np.int8)
    size = 1 << max(int(steps * 2).bit_length(), 4)
    slots = np.full(size, -1, np.int64)
    found = _lives(block, at_, host, mta, kind, fields, remote, slots, rows, removed, far)
    return Lives(*(column[:found] for column in rows), removed[:found], far[:found])


@njit(cache=True, nogil=True)
def _lives(block, moment, host, mta, kind, fields, remote, slots, rows, removed, far):
    first, accepted, queued, message_id, program, delivery = rows
    known = 0
    for row in range(kind.size):
        step = kind[row]
        if not (ACCEPTED <= step <= REMOVED or step == EXPIRED):
            continue
        slot = _slot(block, slots, first, host, mta, fields, row)
        life = slots[slot]
        if life < 0 or _new(step, row, life, moment, first, accepted, queued, message_id, removed):
            life = known
            known += 1
            slots[slot] = life
            first[life] = row
        if step == ACCEPTED:
            accepted[life] = row
        elif step == QUEUED:
            if queued[life] < 0:
                queued[life] = row
        elif step == MESSAGE_ID:
            if message_id[life] < 0:
                message_id[life] = row
        elif step == PROGRAM:
            if program[life] < 0:
                program[life] = row
        elif step == REMOVED:
            removed[life] = moment[row]
        else:
            far[life] |= remote[row]
            # What a filter on the same host took over is not delivered yet.
            if step == EXPIRED or not _loopback(block, fields[row, FIFTH]):
                delivery[life] = row
    return known


@njit(cache=True, nogil=True, inline="always")
def _new(step, row, life, moment, first, accepted, queued, message_id, removed):
    """Whether this step begins another life of its queue id."""
    if step == ACCEPTED:
        return accepted[life] >= 0 or removed[life] > 0 or moment[row] - moment[first[life]] > EARLY
    if removed[life] == 0:
        return False
    if moment[row] - removed[life] > LATE or step == REMOVED:
        return True
    return (step == MESSAGE_ID and message_id[life] >= 0) or (step == QUEUED and queued[life] >= 0)


@njit(cache=True, nogil=True)
def _slot(block, slots, first, host, mta, fields, row):
    """The place in the table of this row's host, instance and queue id."""
    start, end = fields[row, QUEUE_ID, 0], fields[row, QUEUE_ID, 1]
    digest = np.uint64(14695981039346656037)
    for letter in block[start:end]:
        digest = (digest ^ np.uint64(letter)) * np.uint64(1099511628211)
    digest ^= np.uint64(host[row] * 131 + mta[row]) * np.uint64(0x9E3779B97F4A7C15)
    mask = np.uint64(slots.size - 1)
    slot = np.int64((digest ^ (digest >> np.uint64(29))) & mask)
    while slots[slot] >= 0:
        other = first[slots[slot]]
        begin = fields[other, QUEUE_ID, 0]
        alike = (
            host[other] == host[row] and mta[other] == mta[row] and fields[other, QUEUE_ID, 1] - begin == end - start
        )
        if alike and _same(block[begin : begin + end - start], block[start:end]):
            return slot
        slot = (slot + 1) & np.int64(mask)
    return slot


@njit(cache=True, nogil=True, inline="always")
def _same(one, two):
    for place in range(one.size):  # noqa: SIM110 (numba compiles no generators)
        if one[place] != two[place]:
            return False
    return True


@njit(cache=True, nogil=True, inline="always")
def _loopback(block, span):
    start, end = span[0], span[1]
    if end - start == LOOPBACK_4.size:
        return at(block, start, end, LOOPBACK_4)
    return end - start == LOOPBACK_6.size and at(block, start, end, LOOPBACK_6)
