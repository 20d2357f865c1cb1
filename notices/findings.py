"""What a check of a text says, and what it is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit

from notices.days import long_day, short_day
from notices.filling import TAG, Use
from notices.placeholders import examples


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # cannot be approved
    WARNING = "warning"  # look at it


class Field(StrEnum):
    SUBJECT = "subject"
    BODY = "body"


@dataclass(frozen=True)
class Finding:
    """`start` and `end` mark the place in the source of `field`; both 0 where it is about all of it.

    `replacement` is what could stand there instead, also "" for nothing; None where only a person knows.
    """

    severity: Severity
    code: str
    sentence: str
    field: Field = Field.BODY
    start: int = 0
    end: int = 0
    replacement: str | None = None


@dataclass(frozen=True)
class Facts:
    """What a text is held against."""

    cutoff_on: date
    former_cutoffs: frozenset[date]
    own_hosts: frozenset[str]
    provider: str

    def values(self, language: str) -> dict[str, str | bool]:
        """A value for every name: of the campaign where it has one, an example for the rest."""
        last_day = self.cutoff_on - timedelta(days=1)
        return examples(language) | {
            "provider": self.provider,
            "cutoff": long_day(self.cutoff_on, language),
            "cutoff_day": short_day(self.cutoff_on, language),
            "until": long_day(last_day, language),
            "until_day": short_day(last_day, language),
        }


@dataclass(frozen=True)
class Source:
    """One field of a text, and the names in it."""

    field: Field
    text: str
    uses: tuple[Use, ...]
    language: str
    facts: Facts

    @cached_property
    def words(self) -> str:
        """The text with blanks in place of placeholders and conditions: what staff typed, at its places."""
        return TAG.sub(lambda tag: " " * len(tag[0]), self.text)

    def error(self, code: str, sentence: str, start: int = 0, end: int = 0, replacement: str | None = None) -> Finding:
        return Finding(Severity.ERROR, code, sentence, self.field, start, end, replacement)

    def warning(self, code: str, sentence: str, start: int = 0, end: int = 0, new: str | None = None) -> Finding:
        return Finding(Severity.WARNING, code, sentence, self.field, start, end, new)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line of the source with the place where it begins."""
        begin = 0
        for line in self.text.split("\n"):
            yield begin, line
            begin += len(line) + 1


def hosts(*urls: str) -> frozenset[str]:
    return frozenset(host for host in (urlsplit(url).hostname for url in urls) if host)
