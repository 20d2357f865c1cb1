"""What a text may hold, and filling it in: `{{ name }}`, and `{% if name %}` ... `{% else %}` ... `{% endif %}`.

These are forms of Jinja2, and its sandbox fills them in; but nothing else of it is let through: no
attribute, call, filter, loop or constant. So a text costs what its length says, and cannot look around.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notices.placeholders import ASSURED, PLACEHOLDERS

MOST_USES = 200  # of names in one text: bounds what it can grow to
DEEPEST = 5  # conditions within conditions
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{[{%#]|[}%#]\}", re.DOTALL)
VALUE = re.compile(r"\{\{[ \t]*(\w+)[ \t]*\}\}")
TERM = r"(?:not[ \t]+)?\w+"
CONDITION = re.compile(rf"\{{%[ \t]*(if|elif)[ \t]+({TERM}(?:[ \t]+(?:and|or)[ \t]+{TERM})*)[ \t]*%\}}")
TURN = re.compile(r"\{%[ \t]*(else|endif)[ \t]*%\}")
OWN_LINE = re.compile(r"^[ \t]*(\{%[^%\n]*%\})[ \t]*\n", re.MULTILINE)
OPERATORS = {"not", "and", "or"}
BEGIN, END = "{% if name %}", "{% endif %}"
FORMS = "{{ name }}, {% if name %}, {% else %}, {% endif %}"


class WrongText(ValueError):
    """A text that cannot be filled in: what is wrong, in which line, and what would be right."""

    def __init__(self, sentence: str, *, source: str, start: int, end: int, replacement: str | None = None) -> None:
        self.line = source.count("\n", 0, start) + 1
        super().__init__(_("Line %(line)s: %(sentence)s") % {"line": self.line, "sentence": sentence})
        self.sentence, self.start, self.end, self.replacement = sentence, start, end, replacement


@dataclass(frozen=True)
class Use:
    """Where a name stands in a source. `asked`: where it cannot be empty, since a condition around it asks for it."""

    name: str
    start: int
    end: int
    asked: bool
    in_condition: bool


_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
for _table in (_sandbox.globals, _sandbox.filters, _sandbox.tests):
    _table.clear()


def filled(source: str, values: dict[str, object]) -> str:
    """`source` with the values put in. Raises WrongText."""
    return compiled(source).render(values)


@lru_cache(maxsize=256)
def compiled(source: str) -> Template:
    """A line with nothing but a condition on it leaves no empty line behind. Raises WrongText."""
    uses(source)
    return _sandbox.from_string(OWN_LINE.sub(r"\1", source))


def uses(source: str) -> tuple[Use, ...]:
    """The names in a source, in order. Raises WrongText for the first thing that has no place in one."""
    found: list[Use] = []
    open_conditions: list[_Condition] = []
    for tag in TAG.finditer(source):
        found += _uses_of(tag, source, open_conditions)
    if open_conditions:
        raise open_conditions[-1].wrong(
            source, _("this condition has no end: wanted %(wanted)s after it") % {"wanted": END}
        )
    if len(found) > MOST_USES:
        last = found[MOST_USES]
        sentence = _("more than %(most)s placeholders are too many for one text") % {"most": MOST_USES}
        raise WrongText(sentence, source=source, start=last.start, end=last.end)
    return tuple(found)


@dataclass
class _Condition:
    start: int
    end: int
    surely: frozenset[str]  # names that are not empty in the branch that one is in
    other_branch: bool = False

    def wrong(self, source: str, sentence: str) -> WrongText:
        return WrongText(sentence, source=source, start=self.start, end=self.end)


def _uses_of(tag: re.Match[str], source: str, around: list[_Condition]) -> Iterator[Use]:
    start, end = tag.span()
    if value := VALUE.fullmatch(tag[0]):
        name = _known(value[1], tag, source)
        if PLACEHOLDERS[name].condition:
            wanted = {"name": name, "wanted": f"{{% if {name} %}} … {{% endif %}}"}
            raise _wrong(tag, source, _("“%(name)s” is no text, it can only be asked for: %(wanted)s") % wanted)
        yield Use(name, start, end, any(name in each.surely for each in around), in_condition=False)
    elif condition := CONDITION.fullmatch(tag[0]):
        names = [word for word in condition[2].split() if word not in OPERATORS]
        _open(condition, tag, source, around)
        for name in names:
            yield Use(_known(name, tag, source), start, end, asked=True, in_condition=True)
    elif turn := TURN.fullmatch(tag[0]):
        _turn(turn[1], tag, source, around)
    else:
        raise _wrong(tag, source, _("only these forms are understood: %(forms)s") % {"forms": FORMS})


def _open(condition: re.Match[str], tag: re.Match[str], source: str, around: list[_Condition]) -> None:
    if condition[1] == "elif":
        _branch(tag, source, around)
        around.pop()
    if len(around) == DEEPEST:
        raise _wrong(tag, source, _("more than %(most)s conditions within each other are too many") % {"most": DEEPEST})
    words = condition[2].split()
    surely = set() if "or" in words else {name for name in words if name not in OPERATORS}
    surely -= {name for word, name in pairwise(words) if word == "not"}
    surely |= {also for name in surely for also in ASSURED.get(name, ())}
    around.append(_Condition(*tag.span(), frozenset(surely)))


def _turn(word: str, tag: re.Match[str], source: str, around: list[_Condition]) -> None:
    if word == "endif":
        if not around:
            raise _wrong(
                tag,
                source,
                _("there is no condition here that could end: wanted %(wanted)s before it") % {"wanted": BEGIN},
            )
        around.pop()
    else:
        inner = _branch(tag, source, around)
        inner.other_branch, inner.surely = True, frozenset()


def _branch(tag: re.Match[str], source: str, around: list[_Condition]) -> _Condition:
    if not around or around[-1].other_branch:
        values = {"begin": BEGIN, "end": END}
        raise _wrong(tag, source, _("“else” and “elif” belong between %(begin)s and %(end)s, “else” last") % values)
    return around[-1]


def _known(name: str, tag: re.Match[str], source: str) -> str:
    if name in PLACEHOLDERS:
        return name
    close = get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.6)
    if not close:
        raise _wrong(tag, source, _("there is no placeholder “%(name)s”: see the list") % {"name": name})
    near = PLACEHOLDERS[close[0]].written
    sentence = _("there is no placeholder “%(name)s”; did you mean %(near)s?") % {"name": name, "near": near}
    return_to = tag[0].replace(name, close[0])
    raise WrongText(sentence, source=source, start=tag.start(), end=tag.end(), replacement=return_to)


def _wrong(tag: re.Match[str], source: str, sentence: str) -> WrongText:
    return WrongText(sentence, source=source, start=tag.start(), end=tag.end())
