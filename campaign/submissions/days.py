"""The provider's days: from midnight to midnight in its own zone, 23 to 25 hours long."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaign.logs.stamps import micros, moment


def start_of(day: date, zone: ZoneInfo) -> int:
    """Midnight at the begin of `day`, in microseconds since 1970."""
    return micros(datetime.combine(day, time(), tzinfo=zone))


def day_of(at: int, zone: ZoneInfo) -> date:
    return moment(at).astimezone(zone).date()


def days_between(first: int, last: int, zone: ZoneInfo) -> Iterator[date]:
    """Every day from the one of `first` to the one of `last`, both included."""
    day, end = day_of(first, zone), day_of(last, zone)
    while day <= end:
        yield day
        day += timedelta(days=1)


def offsets_of(day: date, zone: ZoneInfo) -> list[tuple[int, int, str]]:
    """(from when, shift in microseconds, as RFC 3339 writes it) of the zone on one day."""
    found: list[tuple[int, int, str]] = []
    for hour in range(26):
        at = start_of(day, zone) + hour * 3_600_000_000
        shift = moment(at).astimezone(zone).utcoffset()
        assert shift is not None
        minutes = shift // timedelta(minutes=1)
        if not found or found[-1][1] != minutes * 60_000_000:
            sign, rest = ("-", -minutes) if minutes < 0 else ("+", minutes)
            found.append((at, minutes * 60_000_000, f"{sign}{rest // 60:02}:{rest % 60:02}"))
    return found
