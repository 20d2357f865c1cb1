"""Who is behind an address: for each message that did not authenticate, the customers who collected mail before it.

Candidates are all with a successful login from the message's address within the window before it (and the
skew behind it). The logins of an address are gone through once in time order, together with its messages, so
the work grows with their number alone: in SQL, where each message meets each login of its address, a
carrier's address with thousands of both was most of a day's work.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.columns import mapped
from campaign.logs.scan import njit

NOBODY = -1
NO_LOGIN = [pa.array([], pa.int32()), pa.array([], pa.dictionary(pa.int32(), pa.string())), pa.array([], pa.int64())]


def behind(
    sent: pa.Table, logins: Iterable[pa.RecordBatch], canonical: Callable[[str], str], *,
    window: int, skew: int, day: tuple[int, int], crowd: int,
) -> pa.Table:  # fmt: skip
    """A row for each of `sent` (id, moment, ip, sender_login, bare_login), with

    `candidates`: how many customers may have sent it; `owners`: how many of them own the sender's address;
    `one`: the only candidate, `owner`: the only owner (null where there is none or more than one);
    `from_crowd`: whether more than `crowd` customers logged in from the address within `day`.

    `logins` have ip, user, moment; `canonical` turns the spellings of a login into the customer's own.
    `sender_login` is the customer whose address the sender is, `bare_login` the same without a domain
    where such a login would be his, too. Times are microseconds, both ends of the window count.
    """
    addresses = sent["ip"].combine_chunks().dictionary_encode()
    known = _from(addresses.dictionary, logins)
    users = known["user"].combine_chunks()
    spelled = mapped(users.dictionary, canonical, pa.string()).dictionary_encode()
    names = spelled.dictionary
    login_at, sent_at = _numbers(known["moment"]), _numbers(sent["moment"])
    found = _count(
        login_at,
        *_by_address(_numbers(known["address"]), login_at, len(addresses.dictionary)),
        _numbers(spelled.indices.take(users.indices)),
        len(names),
        sent_at,
        *_by_address(_numbers(pc.fill_null(addresses.indices, NOBODY)), sent_at, len(addresses.dictionary)),
        _places(sent["sender_login"], names),
        _places(sent["bare_login"], names),
        window,
        skew,
        *day,
        crowd,
    )
    candidates, owners, one, owner, from_crowd = found
    return pa.table({
        "id": sent["id"],
        "candidates": candidates,
        "owners": owners,
        "one": names.take(pa.array(one, mask=one == NOBODY)),
        "owner": names.take(pa.array(owner, mask=owner == NOBODY)),
        "from_crowd": from_crowd,
    })  # fmt: skip


def _from(addresses: pa.Array, logins: Iterable[pa.RecordBatch]) -> pa.Table:
    """The logins from these addresses as (address: its place, user: dictionary, moment): numbers, not texts."""
    kept = [pa.table(NO_LOGIN, names=["address", "user", "moment"])]
    for batch in logins:
        place = pc.index_in(batch["ip"], value_set=addresses)
        columns = {"address": place, "user": batch["user"].dictionary_encode(), "moment": batch["moment"]}
        kept.append(pa.table(columns).filter(place.is_valid()))
    return pa.concat_tables(kept).unify_dictionaries()


def _places(values: pa.ChunkedArray, among: pa.Array) -> np.ndarray:
    """Where each value stands among others, NOBODY where it does not."""
    return _numbers(pc.fill_null(pc.index_in(values.combine_chunks(), value_set=among), NOBODY))


def _numbers(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """As compiled code takes them. Arrow lends some and copies others; for both to be one type, nobody may write."""
    found = column.to_numpy()
    found.flags.writeable = False
    return found


@njit(cache=True, nogil=True)
def _by_address(address, moment, addresses):
    """Rows in the order of address and time, and where each address begins among them; NOBODY's are left out."""
    begins = np.zeros(addresses + 1, np.int64)
    for row in range(address.size):
        if address[row] != NOBODY:
            begins[address[row] + 1] += 1
    begins = np.cumsum(begins)
    order, free = np.empty(begins[-1], np.int64), begins[:-1].copy()
    for row in range(address.size):
        if address[row] != NOBODY:
            order[free[address[row]]] = row
            free[address[row]] += 1
    for number in range(addresses):  # events come nearly in the order of time
        part = order[begins[number] : begins[number + 1]]
        for place in range(1, part.size):
            if moment[part[place]] < moment[part[place - 1]]:
                part[:] = part[np.argsort(moment[part], kind="mergesort")]
                break
    return order, begins


@njit(cache=True, nogil=True)
def _count(
    at, order, begins, users, names, sent_at, sent_order, sent_begins, sender, bare, window, skew, start, end, crowd
):
    """The sweep over each address: `there` counts the logins of every user that are within the window."""
    candidates, owners = np.zeros(sent_at.size, np.int32), np.zeros(sent_at.size, np.int32)
    one, owner = np.full(sent_at.size, NOBODY, np.int32), np.full(sent_at.size, NOBODY, np.int32)
    from_crowd = np.zeros(sent_at.size, np.bool_)
    there, counted_at = np.zeros(names, np.int32), np.full(names, NOBODY, np.int32)
    for address in range(begins.size - 1):
        first, last = begins[address], begins[address + 1]
        if sent_begins[address] == sent_begins[address + 1]:
            continue
        of_day = 0
        for place in range(first, last):
            login = order[place]
            if start <= at[login] < end and counted_at[users[login]] != address:
                counted_at[users[login]] = address
                of_day += 1
        left, right, different = first, first, 0
        for place in range(sent_begins[address], sent_begins[address + 1]):
            row = sent_order[place]
            while right < last and at[order[right]] <= sent_at[row] + skew:
                user = users[order[right]]
                different += there[user] == 0
                there[user] += 1
                right += 1
            while left < right and at[order[left]] < sent_at[row] - window:
                user = users[order[left]]
                there[user] -= 1
                different -= there[user] == 0
                left += 1
            from_crowd[row] = of_day > crowd
            candidates[row] = different
            if different == 1:
                one[row] = users[order[right - 1]]
            for wanted in (sender[row], bare[row]):
                if wanted != NOBODY and there[wanted] > 0:
                    owners[row] += 1
                    owner[row] = wanted
            if owners[row] > 1:
                owner[row] = NOBODY
        for place in range(left, right):
            there[users[order[place]]] = 0
    return candidates, owners, one, owner, from_crowd
