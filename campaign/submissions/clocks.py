"""Clock readings: taken from the events of days, kept, and made into what staff is told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction

from campaign.locks import in_turn
from campaign.models import ClockReading
from campaign.submissions import skew
from campaign.submissions.attribution import connect
from campaign.submissions.intake import segments
from campaign.submissions.skew import Reading, WrongClock, wrong_clocks

DAYS = 7  # older readings tell nothing of today
OF = 3  # newest readings, of which the middle one is taken


def measure(days: Iterable[date]) -> None:
    """Replaces the readings of these days."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="clocks-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        for day in sorted(set(days)):
            found = skew.measure(con, segments(), day, settings.CLOCK_OFFSETS)
            with transaction.atomic():
                in_turn("campaign.clocks", day)
                ClockReading.objects.filter(day=day).delete()
                ClockReading.objects.bulk_create(
                    ClockReading(
                        day=day,
                        host=one.host[:64],
                        against=one.against[:64],
                        seconds=one.seconds - _set_right_by(one.host, one.against),
                        votes=one.votes,
                    )
                    for one in found
                )


def _set_right_by(host: str, against: str) -> int:
    """By how much the settings move the clock of the one against that of the other."""
    return settings.CLOCK_OFFSETS.get(host, 0) - settings.CLOCK_OFFSETS.get(against, 0)


def readings(*, today: date) -> list[Reading]:
    """What clocks still differ by with the settings as they are now, from the newest readings of each two hosts."""
    known: dict[tuple[str, str], list[ClockReading]] = defaultdict(list)
    newest = ClockReading.objects.filter(day__gt=today - timedelta(days=DAYS), day__lte=today).order_by("-day", "pk")
    for reading in newest:
        known[reading.host, reading.against].append(reading)
    return [
        Reading(
            *pair,
            seconds=round(median(one.seconds for one in found[:OF])) + _set_right_by(*pair),
            votes=sum(one.votes for one in found[:OF]),
        )
        for pair, found in sorted(known.items())
    ]


def wrong(*, today: date) -> list[WrongClock]:
    """The hosts whose clocks are wrong by more than a minute, as far as their customers' mail tells."""
    return wrong_clocks(readings(today=today))


def setting_for(clock: WrongClock) -> str:
    """The whole setting CLOCK_OFFSETS with which this clock would be right, the others as they are."""
    offsets = settings.CLOCK_OFFSETS | {clock.host: settings.CLOCK_OFFSETS.get(clock.host, 0) - clock.seconds}
    return "CLOCK_OFFSETS=" + ",".join(f"{host}:{seconds}" for host, seconds in sorted(offsets.items()))
