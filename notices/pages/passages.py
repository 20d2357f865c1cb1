"""A text as everybody may read it: its own words, and marks where each customer gets something of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from jinja2 import Environment, nodes

from notices import filling

_reader = Environment(autoescape=True, keep_trailing_newline=True)  # takes a text apart; fills nothing in


@dataclass(frozen=True)
class Passage:
    """Words as they are sent; or what is everybody's own; or two ways to go on, of which a customer gets one."""

    words: str = ""
    own: str = ""
    either: tuple["Passage", ...] = ()
    otherwise: tuple["Passage", ...] = ()

    @property
    def parts(self) -> bool:
        return bool(self.either or self.otherwise)

    @property
    def lines(self) -> bool:
        """Whether the two ways are whole lines, not words within one."""
        if self.parts:
            return all(way[-1].lines for way in (self.either, self.otherwise) if way)
        return self.words.endswith("\n")


def own_values() -> dict[str, str]:
    """What stands in the place of a customer's own values, in the language of the notice."""
    return {
        "name": _("your name"),
        "number": _("your announcement number"),
        "sent_on": _("day of your last mail sent the old way"),
        "sent_at": _("its time"),
        "moved_on": _("day of your last mail sent the new way"),
        "program": _("your mail program"),
        "situation": _("a sentence on your own case"),
        "steps": _("the steps for your mail program"),
        "link": _("the address of your own page"),
    }


def passages(source: str, *, same: Mapping[str, str | bool]) -> tuple[Passage, ...]:
    """The text in its language of this moment; `same` are the values that all customers have in common.

    Raises `filling.WrongText`.
    """
    filling.uses(source)
    tree = _reader.parse(filling.OWN_LINE.sub(r"\1", source))
    return tuple(_joined(_of(tree.body, same, own_values())))


def _of(body: list[nodes.Node], same: Mapping[str, str | bool], own: Mapping[str, str]) -> Iterator[Passage]:
    for node in body:
        if isinstance(node, nodes.Output):
            yield from (_value(each, same, own) for each in node.nodes)
        elif isinstance(node, nodes.If):
            yield from _chosen(node, same, own)


def _value(node: nodes.Node, same: Mapping[str, str | bool], own: Mapping[str, str]) -> Passage:
    if isinstance(node, nodes.TemplateData):
        return Passage(words=node.data)
    return Passage(words=str(same[node.name])) if node.name in same else Passage(own=own[node.name])


def _chosen(node: nodes.If, same: Mapping[str, str | bool], own: Mapping[str, str]) -> Iterator[Passage]:
    """`elif` is an `else` with an `if` in it. A question that has one answer for all is answered."""
    branches = [(node.test, node.body), *((each.test, each.body) for each in node.elif_)]
    rest = tuple(_of(node.else_, same, own))
    for test, body in reversed(branches):
        then = tuple(_of(body, same, own))
        known = _answer(test, same)
        if known is None:
            rest = (Passage(either=tuple(_joined(then)), otherwise=tuple(_joined(rest))),)
        else:
            rest = then if known else rest
    yield from rest


def _answer(test: nodes.Node, same: Mapping[str, str | bool]) -> bool | None:
    """None where it differs from customer to customer."""
    if isinstance(test, nodes.Not):
        inside = _answer(test.node, same)
        return None if inside is None else not inside
    if isinstance(test, nodes.And | nodes.Or):
        decides = isinstance(test, nodes.Or)  # one side that is so decides alone
        sides = (_answer(test.left, same), _answer(test.right, same))
        return decides if decides in sides else None if None in sides else not decides
    return bool(same[test.name]) if test.name in same else None


def _joined(found: Iterator[Passage] | tuple[Passage, ...]) -> Iterator[Passage]:
    """Neighbouring words as one passage, nothing empty."""
    words = ""
    for each in found:
        if each.own or each.parts:
            if words:
                yield Passage(words=words)
            yield each
            words = ""
        else:
            words += each.words
    if words:
        yield Passage(words=words)


def in_one_line(found: tuple[Passage, ...]) -> str:
    """A subject: the first of two ways, marks as in print."""
    return "".join(
        in_one_line(each.either) if each.parts else f"〔{each.own}〕" if each.own else each.words for each in found
    )
