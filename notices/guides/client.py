"""What one file below `clients/` says. These classes are its schema: `schema.py` reads by their types.

Texts are written once per language. In them `[key]` is a word on the screen, listed with its wording
under `labels`, and `{token}` is a value of the provider, filled from the settings alone, so that a
wrong server name can never sit inside a client's file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Words:
    """The same text in each language of the product."""

    en: str
    ja: str

    def __getitem__(self, language: str) -> str:
        return {"en": self.en, "ja": self.ja}[language]


@dataclass(frozen=True)
class Label:
    """A word as the program shows it; `unverified` names the languages where nobody has seen it."""

    en: str
    ja: str
    unverified: tuple[str, ...] = ()

    def __getitem__(self, language: str) -> str:
        return {"en": self.en, "ja": self.ja}[language]


@dataclass(frozen=True)
class Version:
    """What differs in some versions of the program."""

    when: Words
    do: Words


@dataclass(frozen=True)
class Field:
    """One line of a settings screen; `pair` marks port and encryption, which belong together."""

    label: str
    value: Words
    note: Words | None = None
    pair: bool = False


@dataclass(frozen=True)
class Step:
    """One action; `detail` is what helps to do it, never a second action."""

    do: Words
    detail: Words | None = None
    versions: tuple[Version, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Switch:
    """The program's own switch for POP before SMTP: left on, its user is only half moved."""

    label: str
    note: Words


@dataclass(frozen=True)
class Mistake:
    wrong: Words
    right: Words


@dataclass(frozen=True)
class Message:
    """An error message, what it means, and what to do."""

    shows: Words
    means: Words
    do: Words
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True)
class Client:
    name: str
    title: Words
    looks: Words  # how to tell that one has this program
    state: Literal["current", "retired", "dead"]
    devices: tuple[Literal["iphone", "android", "windows", "mac", "else"], ...]
    order: int  # place in the index
    minutes: int
    evidence: str
    labels: Mapping[str, Label]
    security: Mapping[Literal["SSL/TLS", "STARTTLS"], Words]  # what the program calls each
    steps: tuple[Step, ...]
    test: tuple[Step, ...]
    undo: tuple[Step, ...]
    mistakes: tuple[Mistake, ...]
    errors: tuple[Message, ...]
    pbs_switch: Switch | None = None
