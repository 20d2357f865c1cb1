"""What people do about their notices, and without any: changes of the way their devices send.

A change is a function of the person and of the times of the notices that reached them, so
it needs no memory: a later notice adds changes, it never alters an earlier one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from campaign.sample.people import NEVER, Person, Way


class Change(NamedTuple):
    at: int  # seconds since 1970
    device: int
    way: Way


def changes(person: Person, *, begins: int, notices: Sequence[int]) -> tuple[Change, ...]:
    """In time order; `begins` is the sample's first second, `notices` their times in order."""
    if not any(device.way is not Way.AUTH for device in person.devices):
        return ()
    temper = person.temper
    moves = begins + temper.churns
    if temper.notices != NEVER and len(notices) >= temper.notices:
        moves = min(moves, notices[temper.notices - 1] + temper.delay)
    found: list[Change] = []
    for index, device in enumerate(person.devices):
        if device.way is Way.AUTH or not device.movable or (temper.first_only and index > 0):
            continue
        at = moves + index * 5400
        if temper.fumbles:
            found.append(Change(at, index, Way.FAILING))
            at += temper.fumbles
        found.append(Change(at, index, Way.AUTH))
        if temper.relapses:
            relapse = at + temper.relapses
            found.append(Change(relapse, index, device.way))
            woken = next((notice for notice in notices if notice > relapse), None)
            if woken is not None:
                found.append(Change(woken + temper.delay, index, Way.AUTH))
    return tuple(sorted(found, key=lambda change: change.at))


def way_of(person: Person, device: int, *, at: int, known: Sequence[Change]) -> Way:
    """How this device sends at that second."""
    way = person.devices[device].way
    for change in known:
        if change.at > at:
            break
        if change.device == device:
            way = change.way
    return way
