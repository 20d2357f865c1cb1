"""A text filled in with all but what is one customer's own: the most of it is the same in thousands of mails.

What comes out is, byte by byte, what filling in, wrapping and encoding the whole text would give.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notices import texts
from notices.encoding import encoded
from notices.lines import COLUMNS, one_line, short_lines, wrapped

OWN = ("name", "number", "sent_on", "sent_at", "moved_on", "link")
# Characters that no text and no value has, since they stand for nothing: each keeps an own value's place.
PLACES = {name: chr(0xFDD0 + place) for place, name in enumerate(OWN)}
NAMES = {place: f"%({name})s" for name, place in PLACES.items()}
ANY_PLACE = re.compile(f"[{''.join(NAMES)}]")
Own = dict[str, str]  # values by the names of OWN, each on one line


@dataclass
class Stencil:
    """Made by `cut`; `subject`, `body` and `text` are given the own values of a customer.

    An own value that was empty when it was cut has to be so here, and the others must not be: conditions ask that.
    """

    language: str
    filled: texts.Filled  # with PLACES
    _encoded: dict[str, list[bytes | str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._subject, self._body = _with_names(self.filled.subject), _with_names(self.filled.body)
        self._same_subject = "" if ANY_PLACE.search(self.filled.subject) else one_line(self.filled.subject)

    def subject(self, own: Own) -> str:
        return self._same_subject or one_line(self._subject % own)

    def body(self, own: Own) -> str:
        """Its lines not broken yet."""
        return self._body % own

    def text(self, own: Own, charset: str) -> bytes | None:
        """In short lines and encoded; None where the coding lacks a character."""
        if charset not in self._encoded:
            self._encoded[charset] = self._parts(charset)
        parts = self._encoded[charset]
        if parts is None:
            return None
        columns = COLUMNS[self.language]
        found = [part if part.__class__ is bytes else _line(part % own, columns, charset) for part in parts]
        return None if None in found else b"".join(found)

    def _parts(self, charset: str) -> list[bytes | str] | None:
        """What is the same for all as bytes, and each line with an own value in it as a text to fill in."""
        parts: list[bytes | str] = []
        same: list[str] = []
        for line in self._lines():
            if ANY_PLACE.search(line):
                parts += [encoded("".join(same), charset), _with_names(line)]
                same = ["\n"]
            else:
                same += [line, "\n"]
        parts.append(encoded("".join(same), charset))
        return None if None in parts else parts

    def _lines(self) -> Iterator[str]:
        """All lines; those without an own value are short ones."""
        columns = COLUMNS[self.language]
        text = wrapped(self.filled.body, columns=columns, whole=ANY_PLACE)
        return iter(text.removesuffix("\n").split("\n"))


def _line(filled: str, columns: int, charset: str) -> bytes | None:
    return encoded("\n".join(short_lines(filled, columns)), charset)


def cut(text: texts.Text, common: dict[str, object], *, empty: frozenset[str], language: str) -> Stencil:
    """`common` has the values of all names but those of OWN, of which some are `empty`. Raises WrongText."""
    places = {name: "" if name in empty else place for name, place in PLACES.items()}
    return Stencil(language, texts.fill(text, common | places))


def _with_names(text: str) -> str:
    """A text to be filled in by `%`."""
    return ANY_PLACE.sub(lambda place: NAMES[place[0]], text.replace("%", "%%"))
