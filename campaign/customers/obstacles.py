"""Why a change does not show: the three usual obstacles, the likeliest first by what the logs keep of a customer."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Obstacle(StrEnum):
    """In the order in which they are met with when nothing is known."""

    PROGRAM = "program"  # another program or device than the one that was changed
    DOOR = "door"  # the old server name or port, or an encryption that does not belong to the port
    PASSWORD = "password"


class Grounds(IntEnum):
    """How sure an obstacle is; the smaller, the surer."""

    SEEN = 0  # the last mail shows it
    LIKELY = 1  # it fits
    POSSIBLE = 2  # nothing speaks for it or against it


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Of the last day sent the old way, but for `failed_at`, the last mail after a sign-in that was refused, and
    what is of the last mail with SMTP-AUTH (`auth`). A program that is "" is not known."""

    last_legacy_at: datetime
    submissions: int = 1
    at_old_door: int = 0
    legacy_program: str = ""
    failed_at: datetime | None = None
    last_auth_at: datetime | None = None
    auth_program: str = ""


def password(seen: Signs) -> Grounds:
    """A sign-in was refused, and none has worked since; at the last mail, or before."""
    if seen.failed_at is None or (seen.last_auth_at and seen.last_auth_at > seen.failed_at):
        return Grounds.POSSIBLE
    return Grounds.SEEN if seen.failed_at >= seen.last_legacy_at else Grounds.LIKELY


def door(seen: Signs) -> Grounds:
    """All came in where nobody signs in, from the program that signs in elsewhere, or from one that is not known to.

    Who was refused for the password has found the right door.
    """
    if password(seen) is Grounds.SEEN:
        return Grounds.POSSIBLE
    only_old = seen.submissions > 0 and seen.at_old_door >= seen.submissions
    same = seen.legacy_program != "" and seen.legacy_program == seen.auth_program
    if only_old and (same or not seen.last_auth_at):
        return Grounds.SEEN
    return Grounds.LIKELY if same else Grounds.POSSIBLE


def program(seen: Signs) -> Grounds:
    """The new way is known from another program; or from one of which that is not known."""
    if not seen.last_auth_at:
        return Grounds.POSSIBLE
    if seen.legacy_program and seen.auth_program:
        return Grounds.POSSIBLE if seen.legacy_program == seen.auth_program else Grounds.SEEN
    return Grounds.LIKELY


RULES = {Obstacle.PROGRAM: program, Obstacle.DOOR: door, Obstacle.PASSWORD: password}


def obstacles(seen: Signs) -> list[tuple[Obstacle, Grounds]]:
    """All three, the likeliest first."""
    return sorted(((each, rule(seen)) for each, rule in RULES.items()), key=lambda found: found[1])
