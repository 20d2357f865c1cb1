"""Lines of a mail: short ones, broken where a reader would, with room to breathe."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import east_asian_width

COLUMNS = {"ja": 60, "en": 72}  # a full-width character is two columns
IN_A_ROW = 3  # lines, then a blank one
NEVER_FIRST = "、。」』）)ーっゃゅょッャュョ"  # on a line
URL = ("http://", "https://")


def width(text: str) -> int:
    """Columns of text where a full-width character takes two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=8192)
def _columns(char: str) -> int:
    return 2 if east_asian_width(char) in "WFA" else 1


def one_line(text: str) -> str:
    """A stranger's text without line ends and other characters that nobody sees."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def wrapped(text: str, *, columns: int) -> str:
    """Lines of at most `columns`, at most one blank line in a row; a line with an address on its own stays whole."""
    paragraphs = (_wrapped_paragraph(paragraph, columns) for paragraph in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


@lru_cache(maxsize=1024)  # most paragraphs of a mailing are the same in every mail
def _wrapped_paragraph(text: str, columns: int) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        for each in (line,) if line.startswith(URL) else broken(line.rstrip(), columns):
            if each or (lines and lines[-1]):
                lines.append(each)
    return "\n".join(lines).rstrip("\n")


def breathing(pieces: Iterable[str], *, columns: int) -> str:
    """The pieces one below the other, with a blank line where more than three lines would stand in a row.

    A piece stays together, whatever its length.
    """
    text, height = "", 0
    for piece in pieces:
        lines = sum(len(broken(line, columns)) for line in piece.split("\n"))
        if text:
            text += "\n" if height + lines <= IN_A_ROW else "\n\n"
        height = lines if not text or text.endswith("\n\n") else height + lines
        text += piece
    return text


@lru_cache(maxsize=4096)  # most lines of a mailing are the same in every mail
def broken(line: str, columns: int) -> tuple[str, ...]:
    return tuple(_broken(line, columns))


def _broken(line: str, columns: int) -> Iterator[str]:
    """Japanese goes to a new line after each 。 and, where that is too long, after a 、."""
    hang = " " * len(re.match(r" *(?:\d+\. |- |\()?", line)[0])
    filled = ""
    for piece in _pieces(line, columns - len(hang)):
        if filled and (width(filled + piece.rstrip()) > columns or filled.endswith("。")):
            yield filled.rstrip()
            filled = hang
        filled += piece
    yield filled.rstrip()


def units(line: str) -> list[str]:
    """What must stay on one line: up to a 、 or 。 or a blank."""
    return [unit for unit in re.findall(r"[^、。 ]*(?:[、。][」』）)]?| +|$)", line) if unit]


def _pieces(line: str, columns: int) -> Iterator[str]:
    """The units; one that is longer than a line is cut anywhere."""
    for piece in units(line):
        # A long one is not measured whole each time.
        while len(seen := piece.rstrip()) > 2 * columns or width(seen) > columns:
            cut = next(end for end in range(min(len(piece), columns), 0, -1) if width(piece[:end]) <= columns)
            cut -= len(re.search(r"[A-Za-z0-9@._-]*$", piece[:cut])[0]) % cut  # not inside a word, if there is a choice
            while cut > 1 and piece[cut] in NEVER_FIRST:
                cut -= 1
            yield piece[:cut]
            piece = piece[cut:]
        yield piece
