"""A customer list as CSV -> checked rows, or every mistake with its line; knows no database."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.logs.logins import canonical_login

COLUMNS = ("login", "addresses", "language", "name", "contact_address", "contract")
LONGEST = {"login": 254, "name": 200, "contact_address": 254, "contract": 64}
LANGUAGES = ("ja", "en")
SHOWN = 60  # characters of a wrong value in a message

DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
LOCAL_PART = r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
ADDRESS = re.compile(f"{LOCAL_PART}@{DOMAIN}")
BARE_LOGIN = re.compile(LOCAL_PART)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")  # and what turns the writing direction
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # a spreadsheet would compute it


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer of the list; login and addresses are canonical."""

    line: int
    login: str
    addresses: tuple[str, ...]
    language: str
    name: str
    contact_address: str
    contract: str


class Mistakes(list[str]):
    """Messages as `customers.csv:12: language is 'fr', wanted ja or en`."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, line: int, field: str, value: str, wanted: str) -> None:
        shown = value if len(value) <= SHOWN else value[:SHOWN] + "…"
        self.append(f"{self.file}:{line}: {field} is {shown!r}, wanted {wanted}")


def entries(content: bytes, *, file: str, default_domain: str) -> tuple[list[Entry], Mistakes]:
    """All rows of the list, and all mistakes; the rows are good only if there are none of these.

    UTF-8 with or without byte order mark, a header with exactly COLUMNS in any order. A line
    is the physical line on which the row begins.
    """
    mistakes = Mistakes(file)
    found: list[Entry] = []
    for line, row in _rows(content, mistakes):
        before = len(mistakes)
        entry = _entry(line, row, default_domain, mistakes)
        if len(mistakes) == before:
            found.append(entry)
    _once_each(found, mistakes)
    return found, mistakes


def _rows(content: bytes, mistakes: Mistakes) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and fields of each row below the header; nothing where the header is not as it must be."""
    lines = _lines(content, mistakes)
    line, header = next(lines, (1, []))
    names = [name.strip().lower() for name in header]
    if sorted(names) != sorted(COLUMNS):
        if not mistakes:
            mistakes.note(line, "the header", ",".join(header), "the columns " + ",".join(COLUMNS))
        return
    for line, cells in lines:
        if len(cells) == len(names):
            yield line, dict(zip(names, cells, strict=True))
        else:
            mistakes.note(line, "the number of fields", str(len(cells)), f"{len(names)} as in the header")


def _lines(content: bytes, mistakes: Mistakes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_text(content, mistakes), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        mistakes.note(line, "the row", str(error), "closed quotation marks and fields of at most 131072 characters")


def _text(content: bytes, mistakes: Mistakes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        bad = content[error.start : error.start + 4].hex(" ")
        mistakes.note(line, "the text", bad, "UTF-8 (in Excel: save as CSV UTF-8)")
        return ""


def _entry(line: int, row: dict[str, str], default_domain: str, mistakes: Mistakes) -> Entry:
    for field, value in row.items():
        if CONTROL.search(value):
            mistakes.note(line, field, value, "one line without control characters")
        elif value.strip().startswith(FORMULA):
            mistakes.note(line, field, value, "text that does not begin like a formula (= + - @)")
        elif len(value) > LONGEST.get(field, len(value)):
            mistakes.note(line, field, value, f"at most {LONGEST[field]} characters")
    login = canonical_login(row["login"], default_domain)
    if not ADDRESS.fullmatch(login) and (default_domain or not BARE_LOGIN.fullmatch(login)):
        mistakes.note(line, "login", row["login"], "a login such as hanako or hanako@isp.example")
    written = row["addresses"].replace(";", " ").lower().split()
    for address in written:
        if not _is_address(address):
            mistakes.note(line, "addresses", address, "addresses such as hanako@isp.example, separated by blanks or ;")
    contact = row["contact_address"].strip().lower()
    if contact and not _is_address(contact):
        mistakes.note(line, "contact_address", contact, "one address such as hanako@isp.example, or nothing")
    language = row["language"].strip().lower() or LANGUAGES[0]
    if language not in LANGUAGES:
        mistakes.note(line, "language", row["language"], " or ".join(LANGUAGES))
    addresses = tuple(dict.fromkeys(written)) or ((login,) if "@" in login else ())
    return Entry(line, login, addresses, language, row["name"].strip(), contact, row["contract"].strip())


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST["contact_address"] and ADDRESS.fullmatch(text) is not None


def _once_each(found: list[Entry], mistakes: Mistakes) -> None:
    """Note logins that stand twice, and addresses that two logins claim."""
    logins: dict[str, Entry] = {}
    owners: dict[str, Entry] = {}
    for entry in found:
        first = logins.setdefault(entry.login, entry)
        if first is not entry:
            mistakes.note(entry.line, "login", entry.login, f"each login once; line {first.line} has it")
            continue
        for address in entry.addresses:
            owner = owners.setdefault(address, entry)
            if owner is not entry:
                wanted = f"an address of one login; line {owner.line} gives it to {owner.login}"
                mistakes.note(entry.line, "addresses", address, wanted)
