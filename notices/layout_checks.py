"""What speaks against a text's form: lengths, links, and characters that old programs cannot show."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from notices import encoding
from notices.filling import TAG, VALUE, filled
from notices.findings import Finding, Source
from notices.lines import COLUMNS, IN_A_ROW, URL, broken, units, width

LONGEST_SUBJECT = 50  # columns: 25 full-width characters; phones and old programs cut what is longer
LINK = re.compile(r"(?:https?://|www\.)(?:(?![<>\"'])[!-~])+", re.IGNORECASE)
LINK_NAMES = ("link", "home")
MULTI_LINE_NAMES = ("steps", "situation")
# The usual shape of a character; a customer's name keeps its own, in a text of ours this one does.
USUAL = {"髙": "高", "﨑": "崎", "𠮷": "吉", "德": "徳", "濵": "浜"}
PLAIN = "plain"
PICTURES = {"So", "Sk", "Mn", "Me", "Cf", "Co"}  # emoji, and what hangs on them
MARK, MARK_END = "\ue000", "\ue001"


def subject(source: Source) -> Iterator[Finding]:
    shown = filled(source.text, source.facts.values(source.language)).strip()
    if width(shown) > LONGEST_SUBJECT:
        values = {"length": -(-width(shown) // 2), "most": LONGEST_SUBJECT // 2}
        sentence = _("The subject is %(length)s full-width characters long; at most %(most)s are shown everywhere.")
        yield source.error("subject_too_long", sentence % values, 0, len(source.text))
    if not shown.startswith(source.facts.provider):
        sentence = _("A subject begins with our name, so that customers see whose mail it is: %(name)s.")
        yield source.warning("provider_first", sentence % {"name": "{{ provider }}"}, 0, 0)


def characters(source: Source) -> Iterator[Finding]:
    """Only Japanese goes out in the old coding."""
    if source.language != "ja":
        return
    for begin, words in _runs(source.words):
        instead = respelled(words)
        values = {"words": words, "instead": instead or ""}
        if encoding.holds(words):
            sentence = _("Old programs cannot show “%(words)s”; there we write “%(instead)s”.")
        elif instead:
            sentence = _("Old programs cannot show “%(words)s”: “%(instead)s” would do.")
        else:
            sentence = _("Old programs cannot show “%(words)s”: with it, nobody gets the mail in their coding.")
        yield source.warning("old_programs", sentence % values, begin, begin + len(words), instead)


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Characters that old programs cannot show, those of a sort together, and where they begin."""
    begin = 0
    for sort, chars in groupby(text, key=_sort):
        run = "".join(chars)
        if sort != PLAIN:
            yield begin, run
        begin += len(run)


def _sort(char: str) -> str:
    if char == "\n" or _plain(char):
        return PLAIN
    if encoding.holds(char):
        return "respelled"
    return "picture" if unicodedata.category(char) in PICTURES else "other"


def respelled(words: str) -> str | None:
    """What old programs can show and means the same; "" for what can be left out; None if nobody knows."""
    usual = "".join(USUAL.get(char, char) for char in words).translate(encoding.RESPELLED)
    for tried in (usual, unicodedata.normalize("NFKC", usual)):
        if encoding.holds(tried) and all(map(_plain, tried)):
            return tried
    return "" if all(unicodedata.category(char) in PICTURES for char in words) else None


def _plain(char: str) -> bool:
    try:
        char.encode("iso-2022-jp")
    except UnicodeEncodeError:
        return False
    return True


def links(source: Source) -> Iterator[Finding]:
    for found in LINK.finditer(source.words):
        address = found[0] if "://" in found[0] else f"https://{found[0]}"
        host = _host(address)
        if not any(host == own or host.endswith(f".{own}") for own in source.facts.own_hosts):
            values = {"words": found[0], "link": "{{ link }}", "home": "{{ home }}"}
            sentence = _("“%(words)s” is not one of our addresses. Wanted %(link)s or %(home)s.") % values
            yield source.error("foreign_link", sentence, *found.span())


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # such as https://[
        return ""


def body(source: Source) -> Iterator[Finding]:
    values = source.facts.values(source.language)
    for begin, line in source.lines():
        yield from _line(source, begin, line, values)
    reported = set()
    for names in (True, False):
        for first, last in _crowded(source, all_conditions=names):
            if not reported & set(range(first, last + 1)):
                reported |= set(range(first, last + 1))
                yield _crowd(source, first, last)


def _line(source: Source, begin: int, line: str, values: dict[str, str | bool]) -> Iterator[Finding]:
    alone = line.strip()
    if any(name in LINK_NAMES for name in VALUE.findall(line)) or LINK.search(line):
        if not VALUE.fullmatch(alone) and not LINK.fullmatch(alone):
            sentence = _("An address stands alone on its line, so that no program breaks it.")
            yield source.warning("link_not_alone", sentence, begin, begin + len(line))
        return
    columns = COLUMNS[source.language]
    shown = TAG.sub(lambda tag: _value(tag[0], values), line)
    if any(width(unit.rstrip()) > columns for unit in units(shown)):
        most = columns // 2 if source.language == "ja" else columns
        sentence = _(
            "This line is longer than %(most)s characters and has no place to break: put in a comma or a blank."
        )
        yield source.warning("no_break", sentence % {"most": most}, begin, begin + len(line))


def _value(tag: str, values: dict[str, str | bool]) -> str:
    name = VALUE.fullmatch(tag)
    return str(values[name[1]]).split("\n")[0] if name else ""


def _crowded(source: Source, *, all_conditions: bool) -> Iterator[tuple[int, int]]:
    """First and last line of the source of each paragraph that fills more than three lines."""
    values = source.facts.values(source.language)
    if not all_conditions:
        values = {name: "" if _may_be_empty(name, value) else value for name, value in values.items()}
    marked = "\n".join(
        line if re.fullmatch(r"[ \t]*\{%[^%]*%\}[ \t]*", line) else f"{MARK}{index}{MARK_END}{line}"
        for index, line in enumerate(source.text.split("\n"))
    )
    numbered = re.compile(f"{MARK}(\\d+){MARK_END}")
    paragraph: list[tuple[int, str]] = []
    index = 0
    for line in [*filled(marked, values).split("\n"), ""]:
        found = [int(number) for number in numbered.findall(line)]
        index = found[0] if found else index
        shown = numbered.sub("", line)
        if shown.strip():
            paragraph.append((index, shown))
        elif paragraph:
            if _height(paragraph, source.language) > IN_A_ROW and not _is_list(paragraph, source):
                yield paragraph[0][0], paragraph[-1][0]
            paragraph = []


def _may_be_empty(name: str, value: str | bool) -> bool:
    return value is True or name in ("name", "program", "situation", "moved_on")


def _height(paragraph: list[tuple[int, str]], language: str) -> int:
    return sum(1 if line.startswith(URL) else len(broken(line, COLUMNS[language])) for _index, line in paragraph)


def _is_list(paragraph: list[tuple[int, str]], source: Source) -> bool:
    """Steps have their own blank lines already."""
    lines = source.text.split("\n")
    names = {name for index, _line in paragraph for name in VALUE.findall(lines[index])}
    return bool(names & set(MULTI_LINE_NAMES))


def _crowd(source: Source, first: int, last: int) -> Finding:
    places = list(source.lines())
    start, end = places[first][0], places[last][0] + len(places[last][1])
    sentence = _("More than three lines without a blank one: they are read more easily in two pieces.")
    return source.warning("paragraph_long", sentence, start, end)
