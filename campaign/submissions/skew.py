"""By how much a login server's clock differs from a mail server's, told by their customers.

People collect mail and send some: a mail falls just behind a login. Where it seems to fall
minutes before one, or later than it should, and for many customers by the same time, it is
a clock that is wrong. How it is found, and how sure that is, stands in docs/sources.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from campaign.logs.events import LOGINS, MESSAGES, SESSIONS
from campaign.submissions.attribution import TOLD_LOGINS, view
from campaign.submissions.days import start_of
from campaign.submissions.segments import Segments

SQL = Path(__file__).with_name("skew.sql").read_text()
SEARCHED = 30 * 60  # seconds; a clock that is more wrong than that is not found
REACH = SEARCHED + 15 * 60  # of the pairs looked at, so that their end does not look like an edge
FALL = 120  # seconds; how fast the interest in a login falls with the time since it
VOTES = 8.0  # customers who must agree
CLEAR = 6.0  # standard deviations of what chance alone would do
NEARLY = 0.8  # of the best: as good, so that the smaller offset is taken
TOLD = 60  # seconds; a smaller difference may be how people send, and is no finding
BLUR = 240  # seconds; within so many nothing else may be as good, or the offset is not known well enough
HOMES = 20_000  # addresses asked on one day
BUSY = 300  # mails a day from one address; beyond that it is no person


@dataclass(frozen=True)
class Reading:
    """The clock of `host`, a login server, is `seconds` ahead of that of `against`, a mail server."""

    host: str
    against: str
    seconds: int
    votes: int


@dataclass(frozen=True)
class WrongClock:
    """The clock of `host` seems `seconds` ahead (behind, if negative) of those of `against`."""

    host: str
    seconds: int
    against: tuple[str, ...]


def measure(
    con: duckdb.DuckDBPyConnection, segments: Segments, day: date, clock_offsets: Mapping[str, int]
) -> list[Reading]:
    """What the events of `day` tell, with the clocks set right that are known to be wrong."""
    start, end = start_of(day, segments.zone), start_of(day + timedelta(days=1), segments.zone)
    reach = REACH * 1_000_000
    for name, stream in (("piece", MESSAGES), ("session_event", SESSIONS), ("login_event", LOGINS)):
        view(con, name, segments, stream, (start - reach, end + reach), clock_offsets)
    variables = {"day_start": start, "day_end": end, "reach_us": reach, "homes": HOMES, "busy": BUSY}
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = {value}")
    con.execute(TOLD_LOGINS)
    told = con.execute(SQL).fetchnumpy()
    found = []
    for pair in sorted(set(zip(told["login_host"], told["mail_host"], strict=True))):
        mine = (told["login_host"] == pair[0]) & (told["mail_host"] == pair[1])
        if measured := offset(told["seconds"][mine], told["votes"][mine], told["squares"][mine]):
            found.append(Reading(*pair, *measured))
    return found


def offset(seconds: np.ndarray, votes: np.ndarray, squares: np.ndarray) -> tuple[int, int] | None:
    """By how many seconds the logins' clock is ahead, and how many say so; None where they do not agree.

    `seconds` are distances from a login to a mail, `squares` sums of the squares of the single `votes`.
    """
    inside = np.abs(seconds) <= REACH
    held = np.bincount(seconds[inside] + REACH, votes[inside], minlength=2 * REACH + 1)
    chance = np.sqrt(squares[inside].sum() / held.size * FALL)
    distance = np.arange(-(REACH - SEARCHED), REACH - SEARCHED + 1)
    edge = np.exp(-np.abs(distance) / FALL) * np.where(distance < 0, -1, 1)  # mail just behind a login, none before
    agreed = np.correlate(held, edge, "valid")  # one entry for each shift that is searched
    best = float(agreed.max(initial=0))
    if best < VOTES or best < CLEAR * chance:
        return None
    near = agreed[SEARCHED - TOLD : SEARCHED + TOLD + 1]
    peaks = _peaks(agreed)
    peaks[SEARCHED - TOLD + near.argmax()] = True  # that clocks are right is supposed until the contrary is clear
    shifts = np.flatnonzero(peaks & (agreed >= NEARLY * best)) - SEARCHED
    shift = int(shifts[np.argmin(np.abs(shifts))])
    if _blurred(agreed, shift + SEARCHED, 3 * chance):
        return None
    return -shift, round(float(agreed[shift + SEARCHED]))


def _blurred(agreed: np.ndarray, place: int, chance: float) -> bool:
    """Whether another shift, not close by and yet no comb's next tooth, may be as good but for chance."""
    around = np.arange(max(place - BLUR, 0), min(place + BLUR + 1, agreed.size))
    as_good = around[agreed[around] >= agreed[place] - chance]
    return bool((np.abs(as_good - place) > TOLD).any())


def _peaks(agreed: np.ndarray) -> np.ndarray:
    """Which entries are the highest within a minute to both sides."""
    padded = np.pad(agreed, TOLD)
    return agreed >= np.lib.stride_tricks.sliding_window_view(padded, 2 * TOLD + 1).max(axis=1)


def wrong_clocks(readings: Iterable[Reading]) -> list[WrongClock]:
    """Who is to blame: of each two that differ one is wrong, and it is the one that differs from most.

    Where two hosts alone differ nobody can tell; the login server is named, and with it the other.
    """
    apart = {(one.host, one.against): one.seconds for one in readings}
    found = []
    while left := {pair: seconds for pair, seconds in apart.items() if abs(seconds) > TOLD}:
        hosts = sorted({(place, pair[place]) for pair in left for place in (0, 1)})
        place, host = max(hosts, key=lambda one: (_share(apart, *one), sum(p[one[0]] == one[1] for p in left), -one[0]))
        mine = {pair: seconds for pair, seconds in left.items() if pair[place] == host}
        against = tuple(sorted(pair[1 - place] for pair in mine))
        found.append(WrongClock(host, round(float(np.median(list(mine.values())))) * (-1 if place else 1), against))
        apart = {pair: seconds for pair, seconds in apart.items() if pair[place] != host}
    return found


def _share(apart: dict[tuple[str, str], int], place: int, host: str) -> float:
    """Of the hosts that this one was compared with, how many it differs from."""
    compared = [abs(seconds) > TOLD for pair, seconds in apart.items() if pair[place] == host]
    return sum(compared) / len(compared)
