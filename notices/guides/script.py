"""A guide as a person on the phone reads it out: what to say, what to ask, and values letter by letter.

All sentences are in the customer's language, whatever that of the page around them is.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.brands import Brand
from notices.guides.telling import Guide, told
from notices.guides.wording import Action, Line, plain

SIGNS = {
    "en": {".": "dot", "-": "hyphen", "_": "underscore", "@": "at sign", "/": "slash"},
    "ja": {".": "ドット", "-": "ハイフン", "_": "アンダーバー", "@": "アットマーク", "/": "スラッシュ"},
}


@dataclass(frozen=True)
class Dictated:
    """A value beside its word on the screen; `spelled` where every letter counts, else ""."""

    label: str
    value: str
    spelled: str


@dataclass(frozen=True)
class Passage:
    """What to say, then what to ask before going on; `otherwise` is for when the answer is no."""

    heading: str
    say: tuple[str, ...]
    dictated: tuple[Dictated, ...]
    ask: str
    otherwise: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """What to say on the phone, in order; `guide` is its name."""

    guide: str
    title: str
    passages: tuple[Passage, ...]


def script(program: str, language: str, brand: Brand) -> Script:
    """Of the guide for the program, or of that for any other."""
    guide = told(program, language, brand)
    with translation.override(language):
        passages = [_opening(guide, brand), _same_program(guide)]
        if guide.instead:
            passages.append(_said(_("About this program"), plain(guide.instead)))
        passages += [_step(action, len(guide.steps), language) for action in guide.steps]
        if guide.switch:
            label, note = guide.switch
            passages.append(_said(_("Important: this must be off"), label, plain(note), ask=_("Is it off now?")))
        if guide.steps:
            passages.append(_test(guide))
        passages.append(_closing(brand))
        return Script(guide.name, guide.title, tuple(passages))


def spelled(value: str, language: str) -> str:
    """Letter by letter, signs by their names: s m t p, dot, ..."""
    return " ".join(SIGNS[language].get(char, char) for char in value)


def _said(heading: str, *say: str, ask: str = "", otherwise: tuple[str, ...] = ()) -> Passage:
    return Passage(heading, tuple(filter(None, say)), (), ask, otherwise)


def _opening(guide: Guide, brand: Brand) -> Passage:
    name = brand.name[translation.get_language()]
    minutes = ngettext(
        "It takes about %(num)s minute, and you can always go back.",
        "It takes about %(num)s minutes, and you can always go back.",
        guide.minutes,
    ) % {"num": guide.minutes}
    begins = _("This is %(provider)s. Together we will now change how your program sends mail.")
    if guide.state == "dead":
        begins = _(
            "This is %(provider)s. Your mail program cannot send the new way. "
            "Together we will now see what you can use instead."
        )
    return _said(
        _("To begin with"),
        begins % {"provider": name},
        minutes if guide.steps else "",
        _("Please never tell me your password: I do not need to know it."),
        ask=_("Are you in front of the device that you send mail with?"),
        otherwise=(_("Agree on a time for another call, at the device."),),
    )


def _same_program(guide: Guide) -> Passage:
    return _said(
        _("Is it this program?"),
        plain(guide.looks),
        plain(guide.version),
        ask=_("Is that what you see?"),
        otherwise=(_("Find out which program it is, and choose it at the top of this page."),),
    )


def _step(action: Action, total: int, language: str) -> Passage:
    heading = _("Step %(number)s of %(total)s") % {"number": action.number, "total": total}
    return Passage(
        heading=heading,
        say=tuple(filter(None, (plain(action.do), plain(action.detail)))),
        dictated=tuple(_dictated(line, language) for line in action.lines),
        ask=_question(action),
        otherwise=tuple(f"{when}: {plain(do)}" for when, do in action.versions),
    )


def _question(action: Action) -> str:
    if action.lines:
        return _("Please read to me what it says there now, line by line.")
    if action.screen and action.screen.pressed:
        return _("Do you see “%(word)s”? Tell me when you have pressed it.") % {"word": action.screen.pressed}
    return _("Tell me when you have done it. What do you see now?")


def _dictated(line: Line, language: str) -> Dictated:
    value = plain(line.value)
    if line.note:
        value = f"{value} ({plain(line.note)})"
    return Dictated(line.label, value, spelled(plain(line.value), language) if line.copy else "")


def _test(guide: Guide) -> Passage:
    said = [text for action in guide.test for text in (plain(action.do), plain(action.detail))]
    return _said(
        _("Finally: does it work?"),
        *said,
        ask=_("Has the mail arrived?"),
        otherwise=tuple(
            f"{trouble.shows}: {plain(trouble.means)} {plain(trouble.do)}"  # what the customer reads off the screen
            for trouble in guide.errors
        ),
    )


def _closing(brand: Brand) -> Passage:
    return _said(
        _("At the end"),
        _("Do you send mail from another device as well? It needs the same change."),
        _("If anything does not work as before, please call %(phone)s.") % {"phone": brand.phone},
    )
