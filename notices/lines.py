"""Lines of a mail: short ones, broken where a reader would, with room to breathe."""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from unicodedata import east_asian_width

COLUMNS = {"ja": 60, "en": 72}  # a full-width character is two columns
IN_A_ROW = 3  # lines, then a blank one
NEVER_FIRST = "、。，．・：；！？」』）】〉》〕)]ー～〜…々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"  # on a line
NEVER_LAST = "「『（【〈《〔(["
POLITE = "おご"  # belongs to the word behind it
PARTICLES = "かがをにのはへともでや"
SENTENCES = re.compile(r"[^ ].*?(?:(?<=。)(?![。」』）)])|$)")
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


def wrapped(text: str, *, columns: int, whole: re.Pattern[str] | None = None) -> str:
    """Lines of at most `columns`, at most one blank line in a row; a line with an address on its own stays whole.

    So do those with a match of `whole`, each of which stands for what is not blank.
    """
    paragraphs = (_wrapped_paragraph(paragraph, columns, whole) for paragraph in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _wrapped_paragraph(text: str, columns: int, whole: re.Pattern[str] | None) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        for each in (line,) if whole and whole.search(line) else short_lines(line, columns):
            if each or (lines and lines[-1]):
                lines.append(each)
    return "\n".join(lines).rstrip("\n")


def short_lines(line: str, columns: int) -> tuple[str, ...]:
    return (line,) if line.startswith(URL) else broken(line.rstrip(), columns)


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


def broken(line: str, columns: int) -> tuple[str, ...]:
    if 2 * len(line) <= columns and "。" not in line and not line[-1:].isspace():
        return (line,)  # most lines, and too different for a cache
    return _kept_broken(line, columns)


@lru_cache(maxsize=4096)  # most others of a mailing are the same in every mail
def _kept_broken(line: str, columns: int) -> tuple[str, ...]:
    return tuple(_broken(line, columns))


def _broken(line: str, columns: int) -> Iterator[str]:
    """Japanese goes to a new line after each 。 and, where that is too long, at the best place for it."""
    hang = " " * len(re.match(r" *(?:\d+\. |- |\()?", line)[0])
    if len(hang) > columns // 2:
        line, hang = line.lstrip(), ""
    begin = line[: len(line) - len(line.lstrip(" "))]
    for sentence in SENTENCES.findall(line) or [""]:
        rest = begin + sentence.rstrip()
        # A long one is not measured whole each time.
        while len(rest) > columns or width(rest) > columns:
            cut = _cut(rest, columns, least=len(hang))
            yield rest[:cut].rstrip()
            rest = hang + rest[cut:].lstrip(" ")
        yield rest
        begin = hang


def _cut(text: str, columns: int, *, least: int) -> int:
    """Where a line ends that is too long: at the latest of the best places in its second half."""
    used = half = end = 0
    for end, char in enumerate(text):
        used += _columns(char)
        if used > columns:
            break
        half = end + 1 if used <= columns // 2 else half
    places: dict[tuple[bool, Place], int] = {}
    for place in range(end, least, -1):
        places.setdefault((place < half, _place(text, place)), place)
    good = [each for each in sorted(places) if each[1] < Place.NEVER]
    return places[good[0]] if good else end


class Place(IntEnum):
    """How good a place is to go to a new line, the best first."""

    STOP = 0
    PHRASE = 1
    BETWEEN = 2
    WITHIN = 3
    NEVER = 4


def _place(text: str, place: int) -> Place:
    """Of the place before `text[place]`. What begins with a particle or an ending belongs to what is before it."""
    before, after = text[place - 1], text[place]
    scripts = (script(before), script(after))
    if after in NEVER_FIRST or before in NEVER_LAST or scripts == ("word", "word"):
        return Place.NEVER
    if before in "、。" or (before in "」』）)" and text[place - 2 : place - 1] in ("、", "。")):
        return Place.STOP
    if "blank" in scripts:
        return Place.WITHIN if script(text[place:].lstrip(" ")[:1]) == "hiragana" else Place.PHRASE
    if scripts[1] != "hiragana":
        if scripts[0] == "hiragana":
            return Place.PHRASE if before not in POLITE else Place.WITHIN
        same = scripts[0] == scripts[1] or before.isdigit()
        return Place.WITHIN if same else Place.BETWEEN
    if after in POLITE and script(text[place + 1 : place + 2]) == "kanji":
        return Place.PHRASE
    return Place.BETWEEN if scripts[0] == "hiragana" and after not in PARTICLES else Place.WITHIN


def script(char: str) -> str:
    """What keeps together with its like; "other" for punctuation of Japanese, and for the end of the text."""
    if char == " ":
        return "blank"
    if char.isascii():
        return "word" if char else "other"
    if "\u3041" <= char <= "\u309f":
        return "hiragana"
    if "\u30a0" <= char <= "\u30ff":
        return "katakana"
    return "kanji" if "\u4e00" <= char <= "\u9fff" or char == "々" else "other"


def units(line: str) -> list[str]:
    """What reads best on one line: up to a 、 or 。 or a blank."""
    return [unit for unit in re.findall(r"[^、。 ]*(?:[、。][」』）)]?| +|$)", line) if unit]
