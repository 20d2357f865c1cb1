"""What speaks against a text before it is approved. Rules on values: no row, no clock, no setting."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from notices import layout_checks
from notices.days import long_day
from notices.filling import WrongText, uses
from notices.findings import Facts, Field, Finding, Severity, Source, hosts
from notices.placeholders import PLACEHOLDERS, required
from notices.text_words import PROMISES, SENTENCE, advertising, alarming, asks_for_password
from notices.typed_dates import TypedDate, typed_dates

NAMES_OF_DAYS = {
    Field.SUBJECT: {"{{ cutoff_day }}": timedelta(0), "{{ until_day }}": timedelta(days=1)},
    Field.BODY: {"{{ cutoff }}": timedelta(0), "{{ until }}": timedelta(days=1)},
}
"""What to write instead of a day, and how long before the cut-off that day is."""
__all__ = ["Facts", "Field", "Finding", "Severity", "check", "hosts"]


def check(subject: str, body: str, *, kind: str, language: str, facts: Facts) -> list[Finding]:
    """All findings, errors first, each group in the order of the text."""
    sources: list[Source] = []
    found: list[Finding] = []
    for field, text in ((Field.SUBJECT, subject), (Field.BODY, body)):
        try:
            sources.append(Source(field, text, uses(text), language, facts))
        except WrongText as error:
            found.append(_not_understood(error, field))
    if len(sources) == len(Field):
        found += _missing(sources, kind)
        found += layout_checks.subject(sources[0])
        found += layout_checks.body(sources[1])
        found += _promise(sources[1])
    for source in sources:
        for rule in RULES:
            found += rule(source)
    order = list(Severity)
    return sorted(found, key=lambda each: (order.index(each.severity), each.field != Field.SUBJECT, each.start))


def _not_understood(error: WrongText, field: Field) -> Finding:
    place = {"field": field, "start": error.start, "end": error.end, "replacement": error.replacement}
    return Finding(Severity.ERROR, "not_understood", str(error), **place)


def _missing(sources: list[Source], kind: str) -> Iterator[Finding]:
    put = {use.name for source in sources for use in source.uses if not use.in_condition}
    for name in required(kind):
        if name not in put:
            values = {"written": PLACEHOLDERS[name].written, "meaning": PLACEHOLDERS[name].meaning}
            sentence = _("%(written)s is missing: %(meaning)s has to be in this text.") % values
            yield Finding(Severity.ERROR, "name_missing", sentence)


def _empty_names(source: Source) -> Iterator[Finding]:
    for use in source.uses:
        if PLACEHOLDERS[use.name].optional and not use.asked:
            values = {"name": use.name, "wanted": f"{{% if {use.name} %}} … {{% endif %}}"}
            sentence = _("“%(name)s” is empty for some customers: put what needs it between %(wanted)s.") % values
            yield source.warning("may_be_empty", sentence, use.start, use.end)


def _dates(source: Source) -> Iterator[Finding]:
    for typed in typed_dates(source.words):
        yield _date(source, typed)


def _date(source: Source, typed: TypedDate) -> Finding:
    facts, place = source.facts, (typed.start, typed.end)
    values = {"words": source.text[typed.start : typed.end], "day": long_day(facts.cutoff_on, source.language)}
    for name, before in NAMES_OF_DAYS[source.field].items():
        if typed.means(facts.cutoff_on - before):
            sentence = _("“%(words)s” is typed by hand. With %(name)s it changes when the date is moved.")
            return source.warning("typed_date", sentence % (values | {"name": name}), *place, name)
    for name, before in NAMES_OF_DAYS[source.field].items():
        if any(typed.means(day - before) for day in facts.former_cutoffs):
            sentence = _("“%(words)s” is an old date: the cut-off is %(day)s now. Wanted %(name)s.")
            return source.error("old_date", sentence % (values | {"name": name}), *place, name)
    sentence = _("“%(words)s” is not the cut-off date, which is %(day)s. Is it meant?")
    return source.warning("other_date", sentence % values, *place)


def _alarm(source: Source) -> Iterator[Finding]:
    for found in alarming(source.words):
        sentence = _("“%(words)s” frightens, and fraudulent mail says the same. Give the date and the reason instead.")
        yield source.error("alarm_word", sentence % {"words": found[0]}, *found.span())


def _advertising(source: Source) -> Iterator[Finding]:
    for found in advertising(source.words):
        sentence = _("“%(words)s” sounds like advertising, which a notice about the service must not be.")
        yield source.warning("advertising_word", sentence % {"words": found[0]}, *found.span())


def _passwords(source: Source) -> Iterator[Finding]:
    for sentence in SENTENCE.finditer(source.words):
        if asks := asks_for_password(sentence[0], source.language):
            start, end = sentence.start() + asks.start(), sentence.start() + asks.end()
            words = _("This seems to ask for a password. We never do, neither by mail nor on the phone.")
            yield source.error("asks_for_password", words, start, end)


def _promise(body: Source) -> Iterator[Finding]:
    if not any(PROMISES[body.language].search(sentence[0]) for sentence in SENTENCE.finditer(body.words)):
        yield body.error("promise_missing", _("The text has to say that we never ask for the password."))


RULES = (_empty_names, _dates, _alarm, _advertising, _passwords, layout_checks.characters, layout_checks.links)
