"""From the stamps in line heads to microseconds since 1970 in UTC.

RFC 3164 stamps have neither year nor zone: the zone is the source's, the year is counted
from the file's first such stamp and turns where the month falls back. RFC 3339 has both,
and both win over what the source says.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND
OUT_OF_ORDER = 2  # days; a line this much older than the line before is late, not a year on
NEVER = np.iinfo(np.int64).min  # the time of a line that has none: 30 February


def micros(moment: datetime) -> int:
    """An aware time as microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


@dataclass(frozen=True)
class YearState:
    """Where the counting of years stands: the year, month and day of the last stamp without year."""

    year: int
    month: int = 0  # 0: no stamp seen yet
    day: int = 0

    def next(self, month: int, day: int) -> "YearState":
        """The state at a stamp of `month` and `day`."""
        if self.month == 0:
            return YearState(self.year, month, day)
        gone = _day_of_year(month, day) - _day_of_year(self.month, self.day)
        if gone < -OUT_OF_ORDER and month < self.month:
            return YearState(self.year + 1, month, day)
        if gone > 366 - OUT_OF_ORDER:  # the last days of December, late, behind New Year
            return YearState(self.year - 1, month, day)
        return YearState(self.year, month, day)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def _day_of_year(month: int, day: int) -> int:
    return (date(2024, month, 1) - date(2024, 1, 1)).days + day


def first_year(month: int, day: int, latest: date) -> int:
    """The year of a file's first stamp, if the file was last written on `latest`: never after it."""
    # A day of grace: the writer's clock and zone may be ahead of the reader's.
    grace = latest + timedelta(days=1)
    if grace.year > latest.year or (month, day) <= (grace.month, grace.day):
        return latest.year
    return latest.year - 1


def local_days(codes: np.ndarray, state: YearState) -> tuple[np.ndarray, YearState]:
    """Days since 1970 for stamps given as month * 32 + day, in file order, and the state behind them.

    NEVER where the calendar has no such day.
    """
    if not codes.size:
        return np.zeros(0, np.int64), state
    runs = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    found = []
    for code in codes[runs].tolist():
        month, day = divmod(code, 32)
        state = state.next(month, day)
        try:
            found.append((date(state.year, month, day) - date(1970, 1, 1)).days)
        except ValueError:
            found.append(NEVER)
    return np.repeat(np.array(found, np.int64), np.diff(np.append(runs, codes.size))), state


def to_utc(local: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Local microseconds since 1970, read in `zone`, as UTC; of an hour that comes twice, the first."""
    days, place = np.unique(local // DAY, return_inverse=True)
    shifts = np.array([_shift(int(day), zone) for day in days], np.int64)
    utc = local - shifts[place]
    for row in np.flatnonzero(shifts[place] == NEVER):
        naive = datetime(1970, 1, 1) + timedelta(microseconds=int(local[row]))
        utc[row] = micros(naive.replace(tzinfo=zone))
    return utc


def _shift(day: int, zone: ZoneInfo) -> int:
    """How far the zone is ahead of UTC on this day; NEVER on a day on which that changes."""
    midnight = datetime(1970, 1, 1) + timedelta(days=day)
    shift = midnight.replace(tzinfo=zone).utcoffset()
    next_shift = (midnight + timedelta(days=1)).replace(tzinfo=zone).utcoffset()
    assert shift is not None
    return shift // timedelta(microseconds=1) if shift == next_shift else NEVER
