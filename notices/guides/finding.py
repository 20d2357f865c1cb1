"""Finds guides by what people type: a program's name as they write it, or the words of an error message.

Forgiving on purpose: full-width letters, capitals, part of a number, words left out or in another order, and a
whole pasted window with names and addresses around the message all find the same entry.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from math import fsum, log
from unicodedata import normalize

from campaign.brands import Brand
from campaign.models import Language
from notices.guides import catalog
from notices.guides.telling import told
from notices.guides.wording import Told

LONGEST = 1000  # of what is typed; the message is at its beginning
MOST = 8
ENOUGH = 0.5  # of the weight of what was typed, or of what the message says
NEAR = 0.7  # of the best: what fits much less only distracts
WORD = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff]+")
PART = 4  # letters of a number or word from which on a part of it counts
# How people write the names of programs by ear.
BY_EAR = {
    "アウトルック": "outlook",
    "サンダーバード": "thunderbird",
    "アイフォン": "iphone",
    "アイフォーン": "iphone",
    "アイパッド": "ipad",
    "マック": "mac",
    "アンドロイド": "android",
    "ジーメール": "gmail",
    "ギャラクシー": "samsung",
    "ベッキー": "becky",
    "シルフィード": "sylpheed",
    "ユードラ": "eudora",
}


@dataclass(frozen=True)
class Program:
    """`guide` is the one to read: a program without its own has that for any other."""

    title: str
    guide: str


@dataclass(frozen=True)
class Meaning:
    """What a message means in one program, and what to do there."""

    guide: str
    title: str
    means: Told
    do: Told


@dataclass(frozen=True)
class Found:
    """A message as it is shown; `unsure` when nobody has seen these words in this language."""

    shows: str
    unsure: bool
    meanings: tuple[Meaning, ...]


def plain(typed: str) -> str:
    """Small letters and half-width; hexadecimal numbers without 0x, long vowels without their bar."""
    folded = normalize("NFKC", typed[:LONGEST]).casefold().replace("\u2019", "'").replace("ー", "")
    return re.sub(r"\b0x(?=[0-9a-f]{4})", "", folded)


def terms(text: str) -> frozenset[str]:
    """Words and numbers as they stand, Japanese by pairs of characters."""
    flat = plain(text)
    words = {word for word in WORD.findall(flat) if len(word) > 1}
    for run in JAPANESE.findall(flat):
        words |= {run[place : place + 2] for place in range(max(1, len(run) - 1))}
    return frozenset(words)


def messages(typed: str, language: str, brand: Brand) -> tuple[Found, ...]:
    """The best first; none where too little fits."""
    asked = terms(typed)
    if not asked:
        return ()
    known, weights = _known(language, brand)
    rated = [(max(_rate(asked, entry, weights) for entry in entries), found) for entries, found in known]
    least = max(ENOUGH, NEAR * max(rate for rate, _found in rated))
    window = plain(typed)
    best = sorted(  # of two whose words all stand there, the one that stands there as it is; else as in the index
        (each for each in rated if each[0] >= least),
        key=lambda each: (-each[0], plain(each[1].shows).strip(" ….") not in window),
    )
    return tuple(found for _rated, found in best[:MOST])


def _rate(asked: frozenset[str], entry: frozenset[str], weights: Counter[str]) -> float:
    """From 0 to 1: how much of what was typed stands in the message, or of the message in what was typed.

    A message of one or two words stands in every long text, so it has to be typed nearly alone.
    """
    shared = [_match(term, entry) for term in asked]
    met = {match for match in shared if match}
    if not met:
        return 0
    weight = fsum(weights[match] for match in met)  # whatever the order of a set: equal messages stay equal
    of_typed = weight / (weight + weights[""] * shared.count(""))
    of_message = weight / fsum(weights[term] for term in entry)
    return max(of_typed, of_message if len(entry) > 2 else 0)


def _match(term: str, entry: frozenset[str]) -> str:
    if term in entry:
        return term
    if len(term) < PART or not term.isascii():
        return ""
    return next((each for each in sorted(entry) if term in each), "")


@lru_cache(maxsize=32)
def _known(language: str, brand: Brand) -> tuple[tuple[tuple[tuple[frozenset[str], ...], Found], ...], Counter[str]]:
    """Every message, with its terms in each language, for a program can speak another one than its owner;
    and what a term weighs: the rarer, the more. Under "" is the weight of a word that no message has."""
    entries: dict[str, dict[frozenset[str], None]] = {}
    founds: dict[str, Found] = {}
    for client in catalog.clients():
        guide = told(client.name, language, brand)
        for message, trouble in zip(client.errors, guide.errors, strict=True):
            spoken = {terms(message.shows[each]): None for each in Language.values}
            entries.setdefault(trouble.shows, {}).update(spoken)
            before = founds.get(trouble.shows, Found(trouble.shows, trouble.unsure, ()))
            meaning = Meaning(guide.name, guide.title, trouble.means, trouble.do)
            founds[trouble.shows] = replace(before, meanings=(*before.meanings, meaning))
    known = tuple((tuple(entries[shows]), found) for shows, found in founds.items())
    often = Counter(term for each, _found in known for term in frozenset().union(*each))
    weights = Counter({term: log(1 + len(known) / count) for term, count in often.items()})
    weights[""] = log(2)
    return known, weights


def programs(typed: str, language: str) -> tuple[Program, ...]:
    """Those whose name begins a word of, or contains, what was typed; by ear as well."""
    wanted = _name(typed)
    for heard, written in BY_EAR.items():
        wanted = wanted.replace(_name(heard), written)
    if len(wanted) < 2:
        return ()
    found = [program for names, program in _names(language) if any(wanted in name or name in wanted for name in names)]
    return tuple(dict.fromkeys(found))[:MOST]


def _name(text: str) -> str:
    """Letters and digits alone: Windows Mail, windowsmail and WINDOWS-MAIL are one name."""
    return "".join(char for char in plain(text) if char.isalnum())


@lru_cache(maxsize=4)
def _names(language: str) -> tuple[tuple[tuple[str, ...], Program], ...]:
    own = [client.name for client in catalog.clients() if client.name != catalog.FALLBACK]
    known = []
    for name in (*own, *catalog.WITHOUT_GUIDE):
        spelled = {_name(name), *(_name(catalog.title(name, each)) for each in Language.values)}
        names = tuple(sorted(each for each in spelled if len(each) > 2))
        known.append((names, Program(catalog.title(name, language), catalog.client(name).name)))
    return tuple(known)
