"""What is kept of a stranger's text: no addresses of people, nothing that a database or a terminal trips over."""

import re

ADDRESS = re.compile(r"[^\s<>\[\]()=,:;\"']+@[^\s<>\[\]()=,:;\"']+")


def without_addresses(text: str) -> str:
    """Mail addresses blanked out: such texts are looked at by people who need not know them."""
    return ADDRESS.sub("…@…", readable(text))


def readable(text: str) -> str:
    """Without control characters: after a crash a log holds runs of NUL, which PostgreSQL takes in no text."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text.replace("\t", " "))
