"""What is kept of a stranger's text: no addresses of people, nothing that a database or a terminal trips over."""

import re

PART = r"[^\s<>\[\]()=,:;\"']+"
ADDRESS = re.compile(rf'(?:"(?:\\.|[^"\\@])*"|{PART})@(?:{PART}|\[[^\s\]]*\]?)')
NUMBERS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")  # IPv4: a tag ends at the first colon


def without_addresses(text: str) -> str:
    """Mail addresses blanked out: such texts are looked at by people who need not know them."""
    return ADDRESS.sub("…@…", readable(text))


def without_person(words: str, address: str) -> str:
    """What another server said of `address`, without this or any other address, and without its bare login."""
    login = re.escape(address.rpartition("@")[0])
    named = without_addresses(words)
    return re.sub(rf"(?<!\w){login}(?!\w)", "…", named, flags=re.I) if login else named


def name_of_program(tag: str) -> str:
    """A tag as it is kept: where a line is of another form than it seems, an address may stand in its place."""
    return without_addresses(NUMBERS.sub("…", tag))


def masked_address(address: str) -> str:
    """So that who looks over a shoulder learns little: `h***@isp.example`, or `h***` of a bare login."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***{at}{domain}"


def readable(text: str) -> str:
    """Without control characters: after a crash a log holds runs of NUL, which PostgreSQL takes in no text."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text.replace("\t", " "))
