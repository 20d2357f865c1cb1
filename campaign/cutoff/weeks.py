"""Weeks from Monday to Sunday, as ISO 8601 numbers them: 2026-W47."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

WRITTEN = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE | re.ASCII)
WEEK = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Week:
    """`first` is its Monday."""

    first: date

    @classmethod
    def read(cls, text: str) -> "Week":
        """Raises ValueError where this is no week, also for the 53rd of a year that has 52."""
        found = WRITTEN.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r}: wanted a week such as 2026-W47")
        return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1))

    def __str__(self) -> str:
        year, number, _day = self.first.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(7)]


def past_weeks(*, today: date, kept_from: date) -> list[Week]:
    """The weeks that are over and whose evidence is still kept whole, newest first."""
    monday = today - timedelta(days=today.weekday()) - WEEK
    found = []
    while monday >= kept_from:
        found.append(Week(monday))
        monday -= WEEK
    return found
