"""What changed from one text to another, word by word; Japanese, which has no blanks, by its kinds of letters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    change: Change
    text: str


# A placeholder, a word, a number, a run of katakana or of kanji with what hangs on it; else a single character.
WORDS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|[^\W\d_\u3000-\u30ff\u3400-\u9fff]+|\d+|[ァ-ヶー]+|[\u3400-\u9fff々]+[ぁ-ん]?|[ぁ-ん]{1,2}|\n|[^\S\n]+|."
)


def compared(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both in reading order: without the new ones they are `old`, without the gone ones `new`."""
    old, new = (text.replace("\r\n", "\n") for text in (old, new))
    found: list[Piece] = []
    for same, gone, added in _differing(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        found += [Piece(Change.SAME, same)] if same else _words(gone, added)
    joined = (
        (change, "".join(piece.text for piece in run)) for change, run in groupby(found, lambda each: each.change)
    )
    return tuple(Piece(change, text) for change, text in joined)


def _words(old: str, new: str) -> Iterator[Piece]:
    for same, gone, added in _calmed(_differing(WORDS.findall(old), WORDS.findall(new))):
        for change, text in ((Change.SAME, same), (Change.GONE, gone), (Change.NEW, added)):
            if text:
                yield Piece(change, text)


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """What both have, or else what is gone and what came in its place."""
    for tag, begin, end, begin_new, end_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, added = "".join(old[begin:end]), "".join(new[begin_new:end_new])
        yield (gone, "", "") if tag == "equal" else ("", gone, added)


def _calmed(parts: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """A comma or blank that both have by chance, between two changes, is part of one change: it reads more easily."""
    gone = added = held = ""
    for same, removed, put in parts:
        if not same:
            gone, added, held = gone + held + removed, added + held + put, ""
        elif (gone or added) and not re.search(r"\w|\n", same):
            held = same
        else:
            yield from _whole(gone, added, held)
            gone = added = held = ""
            yield same, "", ""
    yield from _whole(gone, added, held)


def _whole(gone: str, added: str, held: str) -> Iterator[tuple[str, str, str]]:
    if gone or added:
        yield "", gone, added
    if held:
        yield held, "", ""
