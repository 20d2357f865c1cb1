"""To whom a kind of mailing goes: what staff may narrow a plan to, checked once, where it comes in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _

from campaign.logs.client import MACHINES
from campaign.models import Language, Reason, Standing
from campaign.models.holdouts import LEFT
from notices.guides import catalog
from notices.models import Mailing

Value = TypeVar("Value", str, int)
UNKNOWN = "unknown"  # a reason or program that nothing is known of; the rows have ""
HIGHEST_WAVE = 32767
BY_KIND = {
    Mailing.Kind.THANKS: (Standing.MIGRATED,),
    Mailing.Kind.GUIDE: (*LEFT, Standing.SILENT),  # who asks for it wants to send mail again
}


class NotAnAudience(ValueError):
    """`field` is the key that is wrong; the message says what stood there and what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Audience:
    """Each field lists what is let in; an empty one lets everybody in."""

    standings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    waves: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def as_json(self) -> dict[str, list]:
        """As `MailingPlan` and `Mailing` keep it."""
        return {field: list(values) for field, values in asdict(self).items() if values}

    def takes(self, standing: str) -> bool:
        """What is looked at again when a notice goes out: the rest was so when it was planned."""
        return not self.standings or standing in self.standings

    def lets_in(self, *, standing: str, reason: str, program: str, wave: int | None, language: str) -> bool:
        return (
            self.takes(standing)
            and (not self.reasons or (reason or UNKNOWN) in self.reasons)
            and (not self.programs or (program or UNKNOWN) in self.programs)
            and (not self.waves or wave in self.waves)
            and (not self.languages or language in self.languages)
        )

    def condition(self) -> Q:
        """The same as `lets_in`, for holdouts in the database."""
        columns = {
            "standing": self.standings,
            "reason": tuple(_stored(self.reasons)),
            "client_program": tuple(_stored(self.programs)),
            "wave": self.waves,
            "customer__language": self.languages,
        }
        found = Q()
        for column, values in columns.items():
            if values:
                found &= Q(**{f"{column}__in": values})
        return found


EVERYBODY = Audience()


def _stored(values: Iterable[str]) -> Iterable[str]:
    return ("" if value == UNKNOWN else value for value in values)


def standings_of(kind: Mailing.Kind | str) -> tuple[str, ...]:
    """Whom a kind can be for at all: thanks are for those who have moved, everything else for those left."""
    return tuple(standing.value for standing in BY_KIND.get(Mailing.Kind(kind), LEFT))


def programs() -> tuple[str, ...]:
    guides = [client.name for client in catalog.clients() if client.name != catalog.FALLBACK]
    more = [name for name in (*catalog.WITHOUT_GUIDE, *MACHINES) if name not in guides]
    return (*guides, *more, UNKNOWN)


def choices(kind: Mailing.Kind | str) -> dict[str, tuple[str, ...]]:
    """What may stand in each field that is a list of names."""
    return {
        "standings": standings_of(kind),
        "reasons": (*Reason.values, UNKNOWN),
        "programs": programs(),
        "languages": tuple(Language.values),
    }


def kept(stored: Mapping[str, list]) -> Audience:
    """What was read once and stored. A program that has left the catalogue since still means its people."""
    return Audience(**{each.name: tuple(stored.get(each.name, ())) for each in fields(Audience)})


def read(raw: object, *, kind: Mailing.Kind | str) -> Audience:
    """The audience that JSON or a form gives. Raises NotAnAudience."""
    if not isinstance(raw, Mapping):
        raise NotAnAudience("", _("An audience is an object of lists, not %(found)s.") % {"found": repr(raw)})
    known = [*choices(kind), "waves"]
    for field in raw:
        if field not in known:
            values = {"field": field, "fields": ", ".join(known)}
            raise NotAnAudience(str(field), _("“%(field)s” is no part of an audience; there are: %(fields)s.") % values)
    names = {field: _names(field, raw.get(field, []), allowed) for field, allowed in choices(kind).items()}
    return Audience(**names, waves=_values("waves", raw.get("waves", []), _wave))


def _names(field: str, given: object, allowed: tuple[str, ...]) -> tuple[str, ...]:
    def name(value: object) -> str:
        if value not in allowed:
            values = {"field": field, "found": repr(value), "names": ", ".join(allowed)}
            raise NotAnAudience(field, _("%(field)s: %(found)s is not one of %(names)s.") % values)
        return str(value)

    return _values(field, given, name)


def _wave(value: object) -> int:
    digits = str(value)
    if isinstance(value, bool) or not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= HIGHEST_WAVE):
        values = {"found": repr(value)}
        raise NotAnAudience("waves", _("waves: %(found)s is not the number of a wave: 1, 2, 3 ….") % values)
    return int(digits)


def _values(field: str, given: object, read_one: Callable[[object], Value]) -> tuple[Value, ...]:
    """Without repetitions, in the order given."""
    if not isinstance(given, list | tuple):
        values = {"field": field, "found": repr(given)}
        raise NotAnAudience(field, _("%(field)s: wanted a list, not %(found)s.") % values)
    return tuple(dict.fromkeys(read_one(value) for value in given))
