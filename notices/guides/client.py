"""What one file below `clients/` says. These classes are its schema: `schema.py` reads by their types.

Texts are written once per language. In them `[key]` is a word on the screen, listed with its wording
under `labels`, and `{token}` is a value of the provider, filled from the settings alone, so that a
wrong server name can never sit inside a client's file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from campaign.tables import Words


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
    """One line of a settings screen; `pair` marks port and encryption, which belong together.

    `kind` is how the program draws it: a box to type in, a list to choose from, a tick or a switch
    that is on or off, one of several round buttons.
    """

    label: str
    value: Words
    note: Words | None = None
    pair: bool = False
    kind: Literal["text", "choice", "on", "off", "chosen", "not_chosen"] = "text"


@dataclass(frozen=True)
class Screen:
    """What the step's screen shows, as far as it helps to find the place; the values stand in the step's `fields`.

    `entries` are a menu's or a list's, top to bottom; `tabs` stand in a row above, `buttons` below. `press` is the
    one among them to press. All are labels.
    """

    kind: Literal["window", "menu", "phone"]
    title: str = ""  # a label
    tabs: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    press: str = ""


@dataclass(frozen=True)
class Step:
    """One action; `detail` is what helps to do it, never a second action. `page` is one of ours to open for it."""

    do: Words
    detail: Words | None = None
    versions: tuple[Version, ...] = ()
    fields: tuple[Field, ...] = ()
    screen: Screen | None = None
    page: Literal["", "new_device"] = ""  # as urls.py names it


@dataclass(frozen=True)
class Switch:
    """The program's own switch for POP before SMTP: left on, its user is only half moved."""

    label: str
    note: Words


@dataclass(frozen=True)
class Mistake:
    """What many enter, and what is right."""

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
    """A program that is `retired` still sends, and its maker mends no faults any more; a `dead` one does not
    send any more, or must not. Both say what to use `instead`; a dead one may have no steps."""

    name: str
    title: Words
    who: Words  # whom the guide is for, and who need not read on
    looks: Words  # how to tell that one has this program
    affected: Words  # where in the program to see whether it sends the old way
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
    version: Words | None = None  # how to tell which version one has, where that changes the steps
    pbs_switch: Switch | None = None
    retired_on: str = ""  # the day as 2024-12-31, or the month or the year where no more is known
    instead: Words | None = None
    instead_guides: tuple[str, ...] = ()  # guides of what to use instead
    prefers: Literal["", "SSL/TLS", "STARTTLS"] = ""  # where one of the two does not work in this program
    programs: tuple[str, ...] = ()  # as campaign/logs/client.py names them, besides `name`
    mailers: tuple[str, ...] = ()  # values of its X-Mailer or User-Agent header, for the tests
