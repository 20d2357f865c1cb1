"""A word that staff read, and what it means."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """`name` is its anchor on the help page."""

    name: str
    title: Callable[[], str]
    words: Callable[[], str]


@dataclass(frozen=True)
class Group:
    name: str
    title: Callable[[], str]
    terms: tuple[Term, ...]
