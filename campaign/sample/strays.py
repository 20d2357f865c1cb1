"""Who is let through although nothing in the login log explains it: forgotten machines, and people who are slow."""

from collections.abc import Mapping, Sequence

from campaign.sample.acts import Act
from campaign.sample.people import Person, Way
from campaign.sample.reactions import Change, way_of

# In no list of own networks, and let through by the mail server since somebody asked for it years ago.
MACHINES = (("nas.office.example", "203.0.113.201"), ("unknown", "203.0.113.214"))
SOONEST, LATEST = 2400, 4100  # seconds from a login to the mail: more than a login is held to explain
END = 86390  # of the day; what begins before it ends on it
SLOW = 3  # of so many strays one is a person's


def machine_of(roll: int) -> tuple[str, str]:
    """Name and address; the first one sends most."""
    return MACHINES[roll % 5 == 0]


def slow_one(
    persons: Sequence[Person], changes: Mapping[int, Sequence[Change]], act: Act, *, midnight: int
) -> Person | None:
    """Who sends this act's mail the old way, from outside and long after the login; None: a machine does."""
    if (act.roll >> 70) % SLOW or act.second + LATEST > END:
        return None

    def sends_so(person: Person) -> bool:
        known = changes.get(person.number, ())
        outside = bool(person.devices) and not person.inside
        return outside and way_of(person, 0, at=midnight + act.second, known=known) is Way.LEGACY

    return next(filter(sends_so, (*persons[act.person :], *persons[: act.person])), None)


def sends_at(act: Act) -> int:
    return act.second + SOONEST + (act.roll >> 30) % (LATEST - SOONEST)
