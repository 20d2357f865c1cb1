"""What speaks against a text before it is approved. Rules on values: no row, no clock, no setting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from notices.filling import Use, WrongText, uses
from notices.placeholders import PLACEHOLDERS, required


class Severity(StrEnum):
    ERROR = "error"  # cannot be approved
    WARNING = "warning"  # look at it


class Field(StrEnum):
    SUBJECT = "subject"
    BODY = "body"


@dataclass(frozen=True)
class Finding:
    """`start` and `end` mark the place in the source of `field`; both 0 where it is about all of it.

    `replacement` is what could stand there instead; None where only a person knows.
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


@dataclass(frozen=True)
class Source:
    """One field of a text, and the names in it."""

    field: Field
    text: str
    uses: tuple[Use, ...]


def hosts(*urls: str) -> frozenset[str]:
    return frozenset(host for host in (urlsplit(url).hostname for url in urls) if host)


def check(subject: str, body: str, *, kind: str, language: str, facts: Facts) -> list[Finding]:
    """All findings, errors first, each group in the order of the text."""
    sources, found = [], []
    for field, text in ((Field.SUBJECT, subject), (Field.BODY, body)):
        try:
            sources.append(Source(field, text, uses(text)))
        except WrongText as error:
            place = {"field": field, "start": error.start, "end": error.end, "replacement": error.replacement}
            found.append(Finding(Severity.ERROR, "not_understood", str(error), **place))
    if len(sources) == len(Field):
        found += _names(sources, kind)
    order = list(Severity)
    return sorted(found, key=lambda each: (order.index(each.severity), each.field != Field.SUBJECT, each.start))


def _names(sources: list[Source], kind: str) -> Iterator[Finding]:
    put = {use.name for source in sources for use in source.uses if not use.in_condition}
    for name in required(kind):
        if name not in put:
            placeholder = PLACEHOLDERS[name]
            values = {"written": placeholder.written, "meaning": placeholder.meaning}
            sentence = _("%(written)s is missing: %(meaning)s has to be in this text.") % values
            yield Finding(Severity.ERROR, "name_missing", sentence)
    for source in sources:
        for use in source.uses:
            if PLACEHOLDERS[use.name].optional and not use.asked:
                wanted = f"{{% if {use.name} %}} … {{% endif %}}"
                values = {"name": use.name, "wanted": wanted}
                sentence = _("“%(name)s” is empty for some customers: put what needs it between %(wanted)s.") % values
                yield Finding(Severity.WARNING, "may_be_empty", sentence, source.field, use.start, use.end)
