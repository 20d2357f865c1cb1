"""Who is let through although nothing in the login log explains it: forgotten machines, and people who are slow."""

from collections.abc import Sequence

from campaign.sample.acts import Act
from campaign.sample.people import Person, Way
from campaign.sample.reactions import Change, way_of

# In no list of own networks, and let through by the mail server since somebody asked for it years ago.
MACHINES = (("nas.office.example", "203.0.113.201"), ("unknown", "203.0.113.214"))
SOONEST, LATEST = 2400, 4100  # seconds from a login to the mail: more than a login is held to explain
END = 86390  # of the day; what begins before it ends on it


def machine_of(roll: int) -> tuple[str, str]:
    """Name and address; the first one sends most."""
    return MACHINES[roll % 5 == 0]


def late_device(person: Person, act: Act, *, midnight: int, known: Sequence[Change]) -> int | None:
    """The device with which this person sends the old way from outside, long after the login; None: not this one."""
    if not person.devices or person.inside or act.second + LATEST > END:
        return None
    way = way_of(person, 0, at=midnight + act.second, known=known)
    return 0 if way is Way.LEGACY else None


def sends_at(act: Act) -> int:
    return act.second + SOONEST + (act.roll >> 30) % (LATEST - SOONEST)
