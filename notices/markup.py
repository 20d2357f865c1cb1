"""The HTML of a mail, made from its text: the same words, with headings, steps and the link marked up.

The styles are put into the lines once, when the template is compiled: mail programs read nothing else.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from css_inline import CSSInliner
from django.conf import settings
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from notices.lines import URL

LETTER = settings.BASE_DIR / "templates" / "mail" / "letter.html"
CUT = "<!-- one block -->"
HEADINGS = ("■ ", "* ")
STEP = re.compile(r"\d+\. ")
NUMBER = re.compile(r"(\d+(?:-\d+)+)")  # an announcement or phone number, which is read as one


@dataclass(frozen=True)
class Block:
    """What stands between two blank lines; `kind` is heading, link, steps or words."""

    kind: str
    lines: tuple[str, ...]


def html(subject: str, body: str, *, language: str) -> str:
    """`body` is the text before its lines were wrapped."""
    marked_up = Markup("".join(_part(part) for part in parts(body)))
    return _letter().frame.render(subject=subject, blocks=marked_up, language=language)


def parts(body: str) -> list[str]:
    return re.split(r"\n[ \t]*\n", body.strip("\n"))


@lru_cache(maxsize=2048)  # most parts of a mailing are the same in every mail
def _part(part: str) -> str:
    template = _letter().block
    return "".join(template.render(kind=each.kind, lines=each.lines) for each in blocks(part.split("\n")))


def blocks(lines: list[str]) -> list[Block]:
    """A heading or an address ends the words above it, also without a blank line."""
    found: list[Block] = []
    for line in filter(None, map(str.rstrip, lines)):
        kind = _kind(line)
        if found and kind == found[-1].kind and kind not in ("heading", "link"):
            found[-1] = Block(kind, (*found[-1].lines, line))
        elif found and found[-1].kind == "steps" and line.startswith(" "):
            found[-1] = Block("steps", (*found[-1].lines, line))
        else:
            found.append(Block(kind, (line.removeprefix(HEADINGS[0]).removeprefix(HEADINGS[1]),)))
    return found


def _kind(line: str) -> str:
    if line.startswith(HEADINGS):
        return "heading"
    if line.startswith(URL) and " " not in line:
        return "link"
    return "steps" if STEP.match(line) else "words"


def numbers_apart(line: str) -> list[tuple[str, str]]:
    """Words and the number after them, as often as there is one; "" where there are no words, or no number."""
    pieces = [*NUMBER.split(line), ""]
    return list(zip(pieces[::2], pieces[1::2], strict=True))


@dataclass(frozen=True)
class Letter:
    """The template, cut at its two marks: what stands around the blocks, and one block."""

    frame: Template
    block: Template


@cache
def _letter() -> Letter:
    inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
    head, block, tail = inliner.inline(LETTER.read_text(encoding="utf-8")).split(CUT)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["numbers_apart"] = numbers_apart
    return Letter(environment.from_string(head + tail.lstrip()), environment.from_string(block.lstrip()))
