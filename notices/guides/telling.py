"""A whole guide in one language, with one brand's values filled in: what the pages and the desk's script tell."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import translation
from django.utils.formats import date_format

from campaign.brands import Brand
from notices.guides import catalog
from notices.guides.wording import Action, Setting, Teller, Told, setting_table

YEAR = {"en": "Y", "ja": "Y年"}


@dataclass(frozen=True)
class Trouble:
    """An error message; `unsure` when nobody has seen its wording in this language."""

    shows: str
    means: Told
    do: Told
    unsure: bool


@dataclass(frozen=True)
class Guide:
    """A guide in one language, with one brand's values filled in."""

    name: str
    title: str
    who: Told
    looks: Told
    version: Told
    affected: Told
    state: str
    ended: str  # since when its maker no longer looks after it, in words; "" while it does
    instead: Told
    instead_guides: tuple[tuple[str, str], ...]  # name and title
    minutes: int
    steps: tuple[Action, ...]
    switch: tuple[str, Told] | None
    test: tuple[Action, ...]
    undo: tuple[Action, ...]
    mistakes: tuple[tuple[Told, Told], ...]
    errors: tuple[Trouble, ...]
    settings: tuple[Setting, ...]  # none for a program that must not send any more


@lru_cache(maxsize=512)
def told(name: str, language: str, brand: Brand) -> Guide:
    """The guide for this program, or the one for any other."""
    client = catalog.client(name)
    teller = Teller(client, language, brand)
    switch = client.pbs_switch
    return Guide(
        name=client.name,
        title=client.title[language],
        who=teller.tell(client.who),
        looks=teller.tell(client.looks),
        version=teller.tell(client.version),
        affected=teller.tell(client.affected),
        state=client.state,
        ended=_ended(client.retired_on, language),
        instead=teller.tell(client.instead),
        instead_guides=tuple((name, catalog.client(name).title[language]) for name in client.instead_guides),
        minutes=client.minutes,
        steps=teller.actions(client.steps),
        switch=(teller.label(switch.label), teller.tell(switch.note)) if switch else None,
        test=teller.actions(client.test),
        undo=teller.actions(client.undo),
        mistakes=tuple((teller.tell(each.wrong), teller.tell(each.right)) for each in client.mistakes),
        errors=tuple(
            Trouble(each.shows[language], teller.tell(each.means), teller.tell(each.do), language in each.unverified)
            for each in client.errors
        ),
        settings=setting_table(brand, language, prefers=client.prefers) if client.state != "dead" else (),
    )


def _ended(day: str, language: str) -> str:
    """A day, or the month or the year where no more is known."""
    if not day:
        return ""
    year, month, of_month = (*map(int, day.split("-")), 1, 1)[:3]
    known = day.count("-")
    with translation.override(language):
        return date_format(date(year, month, of_month), (YEAR[language], "YEAR_MONTH_FORMAT", "DATE_FORMAT")[known])
