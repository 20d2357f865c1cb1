"""What happens on one day, before anybody knows how it is sent: who does what, when.

The plan of a day follows from the seed and the day alone. Each act carries its own dice
(`roll`, 128 bits), so that a person who has moved meanwhile changes nobody else's day.
"""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from random import Random
from typing import NamedTuple

from campaign.sample.people import Person

LAST = 86400 - 1800  # what begins before this ends on the same day
WEIGHT_BY_HOUR = (12, 10, 10, 10, 10, 12, 16, 20, 24, 28, 30, 26, 22, 24, 26, 24, 24, 22, 20, 20, 22, 24, 20, 15)


class Kind(IntEnum):
    SEND = 1
    COLLECT = 2
    WRONG_PASSWORD = 3
    INBOUND = 4
    REFUSED = 5
    GUESSER = 6
    TEST = 7  # the first mail after a device was changed; `roll` is the device
    STRAY = 8  # mail that is passed on although no login explains it


STRAYS = 0.0007  # a day at most, for each customer; and one beside


class Act(NamedTuple):
    second: int  # of the day
    kind: Kind
    person: int  # whom it is about: sender, collector, or the inbound mail's recipient
    roll: int
    serial: int  # on this day: process ids follow from it


# Quarter hours, each as often as its hour weighs.
_QUARTERS = tuple(quarter for quarter in range(96) for _ in range(WEIGHT_BY_HOUR[quarter // 4]))


def plan(persons: Sequence[Person], *, seed: int, day: date) -> list[Act]:
    """The day's acts in time order."""
    dice = Random(f"day/{seed}/{day.isoformat()}")
    weekend = day.weekday() >= 5
    found: list[tuple[int, Kind, int, int]] = []
    random, bits, quarters = dice.random, dice.getrandbits, len(_QUARTERS)

    def add(kind: Kind, person: int) -> None:
        roll = bits(128)
        second = min(_QUARTERS[roll % quarters] * 900 + (roll >> 40) % 900, LAST)
        found.append((second, kind, person, roll))

    share = 0.6 if weekend else 1.1
    for person in persons:
        chance = person.sends * share
        if chance and random() < chance:
            add(Kind.SEND, person.number)
            if chance > 0.3 and random() < 0.4:
                add(Kind.SEND, person.number)
        if random() < person.collects:
            add(Kind.COLLECT, person.number)
    count = len(persons)
    for kind, rate in (
        (Kind.INBOUND, 0.045),
        (Kind.REFUSED, 0.04),
        (Kind.GUESSER, 0.015),
        (Kind.WRONG_PASSWORD, 0.006),
    ):
        for _ in range(int(count * rate * (0.8 + 0.4 * random()))):
            add(kind, int(random() * count))
    for _ in range(1 + int(count * STRAYS * random())):
        add(Kind.STRAY, int(random() * count))
    found.sort()
    return [Act(*act, serial) for serial, act in enumerate(found)]
