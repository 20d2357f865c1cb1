"""What the audit keeps of a change, in the reader's words: the one table of its keys, and of values that have names.

An entry keeps what the code calls things, so that a program can read it (the file has it so); the page says it
in words. A key without a word here is shown as it is written; a test holds that the code writes none.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import reduce
from urllib.parse import parse_qsl

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign import brands
from campaign.customers.chosen import NO_WAVE
from campaign.dashboard import words
from campaign.dashboard.signin import people
from campaign.jinja import day, moment
from campaign.models import AuditEntry, BulkChange, Campaign, Contact, Language, Reason, Standing
from campaign.roles import TITLES, Role
from notices.models import Mailing, StaffCopy

FIELDS: dict[str, Callable[[], str]] = {
    "act": lambda: _("act"),
    "active": lambda: _("active"),
    "addresses": lambda: _("number of IP addresses"),
    "addresses_added": lambda: _("addresses added"),
    "addresses_removed": lambda: _("addresses removed"),
    "audience": lambda: _("to whom it goes"),
    "before": lambda: _("older than"),
    "brand": lambda: _("brand"),
    "by": lambda: _("how"),
    "campaign": lambda: _("campaign"),
    "changed": lambda: _("changed"),
    "channel": lambda: _("channel"),
    "chosen": lambda: _("customers chosen"),
    "contacts_per_seat": lambda: _("contacts of a seat"),
    "customer": lambda: _("customer"),
    "customers": lambda: _("customers changed"),
    "cutoff_on": lambda: _("cut-off date"),
    "day": lambda: _("day"),
    "days_between": lambda: _("days between two waves"),
    "delayed": lambda: _("only who has more time"),
    "email": lambda: _("mail address"),
    "entries": lambda: _("entries"),
    "filter": lambda: _("filter"),
    "first_day": lambda: _("first day"),
    "first_name": lambda: _("given name"),
    "good_for_days": lambda: _("good for days"),
    "groups": lambda: _("roles"),
    "in": lambda: _("campaign"),
    "is_active": lambda: _("may log in"),
    "is_superuser": lambda: _("may do everything"),
    "kind": lambda: _("kind"),
    "language": lambda: _("language"),
    "languages": lambda: _("languages"),
    "last_name": lambda: _("family name"),
    "made": lambda: _("number of the record"),
    "mailing": lambda: _("number of the mailing"),
    "minutes": lambda: _("minutes"),
    "new": lambda: _("new"),
    "openid": lambda: _("OpenID subject"),
    "outcome": lambda: _("outcome"),
    "page": lambda: _("page"),
    "password": lambda: _("password"),
    "pause_reason": lambda: _("reason of the pause"),
    "paused_at": lambda: _("paused at"),
    "program": lambda: _("mail program"),
    "programs": lambda: _("mail programs"),
    "q": lambda: _("search for"),
    "quiet_days": lambda: _("quiet days"),
    "range": lambda: _("address range"),
    "reason": lambda: _("reason"),
    "reasons": lambda: _("reasons"),
    "recovery_codes": lambda: _("recovery codes"),
    "restored": lambda: _("customers as before"),
    "role": lambda: _("role"),
    "rows": lambda: _("rows"),
    "seats": lambda: _("seats"),
    "standing": lambda: _("standing"),
    "standings": lambda: _("standings"),
    "starts_on": lambda: _("first day of the campaign"),
    "state": lambda: _("state"),
    "tag": lambda: _("tag"),
    "text_en_id": lambda: _("number of the English text"),
    "text_ja_id": lambda: _("number of the Japanese text"),
    "ticked": lambda: _("customers ticked"),
    "to": lambda: _("sent to"),
    "topic": lambda: _("topic"),
    "unchanged": lambda: _("as before"),
    "undelivered": lambda: _("only whom no mail reaches"),
    "until": lambda: _("until"),
    "user_permissions": lambda: _("rights beyond the roles"),
    "username": lambda: _("login"),
    "wave": lambda: _("wave"),
    "waves": lambda: _("waves"),
}
WAYS: dict[str, Callable[[], str]] = {  # of logging in
    "mfa": lambda: _("second factor"),
    "openid": lambda: _("OpenID Connect"),
    "password": lambda: _("password"),
    "socialaccount": lambda: _("OpenID Connect"),
}
SAID: dict[str, Callable[[], str]] = {
    "made anew": lambda: _("made anew"),
    "set anew": lambda: _("set anew"),
    "yes": lambda: _("yes"),
}
REASONS: dict[str, Callable[[], str]] = {  # that the code gives, not a person
    "first OpenID sign-in": lambda: _("first login by OpenID Connect"),
    "groups at the OpenID provider": lambda: _("groups at the OpenID provider"),
    "inactive": lambda: _("the login is closed"),
    "incorrect_code": lambda: _("wrong code"),
    "no role": lambda: _("the login has no role"),
    "reset": lambda: _("taken away by somebody else"),
    "the same confirmed address": lambda: _("the same confirmed address"),
    people.INACTIVE: lambda: _("the login is closed"),
    people.LONG: lambda: _("the OpenID subject is too long"),
    people.NO_GROUP: lambda: _("no group of the person stands for a role"),
    people.NO_NAME: lambda: _("the OpenID provider does not say what the person is called"),
    people.NO_SUCH_ROLE: lambda: _("the settings name a role that there is not"),
    people.TAKEN: lambda: _("somebody else has the name or the address here"),
}
NAMES = {  # values that are one of several names, by their key
    "channel": (Contact.Channel,),
    "campaign": (Campaign.Name,),
    "in": (Campaign.Name,),
    "kind": (BulkChange.Kind, Mailing.Kind),
    "language": (Language,),
    "languages": (Language,),
    "outcome": (Contact.Outcome, StaffCopy.Outcome),
    "state": (Mailing.State,),
    "topic": (Contact.Topic,),
    "act": (AuditEntry.Act,),
}


def joined(parts: Iterable[str]) -> str:
    """A list as the reader's language has it; "" of nothing."""
    first, *others = [*parts] or [""]
    return reduce(lambda before, part: _("%(before)s, %(next)s") % {"before": before, "next": part}, others, first)


def field(key: str) -> str:
    return FIELDS[key]() if key in FIELDS else key


def reason(text: str) -> str:
    """A person's words stay as they are."""
    return REASONS[text]() if text in REASONS else text


def said(key: str, value: object) -> str:
    """A value under its key."""
    if key == "filter" and isinstance(value, str):  # as in an address
        value = dict(parse_qsl(value))
    if isinstance(value, dict):
        filled = {name: each for name, each in value.items() if each not in (None, "", [], {})}
        parts = (_("%(field)s = %(value)s") % {"field": field(n), "value": said(n, v)} for n, v in filled.items())
        return joined(parts) or "–"
    if isinstance(value, list):
        return joined(said(key, each) for each in value) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return "–"
    return _named(key, value) if isinstance(value, str) else str(value)


def _named(key: str, value: str) -> str:
    for names in NAMES.get(key, ()):
        if value in names.values:
            return str(names(value).label)
    if key in BY_KEY:
        return BY_KEY[key](value)
    if value in SAID:
        return SAID[value]()
    return _time(value)


def _time(value: str) -> str:
    """A day or a moment as people write it; other words as they are."""
    try:
        if len(value) == 10:
            return day(date.fromisoformat(value))
        at = datetime.fromisoformat(value) if len(value) > 18 and value[4:5] == "-" else None
    except ValueError:
        return value
    return value if at is None or timezone.is_naive(at) else moment(at)


def _standing(value: str) -> str:
    if value in words.GROUP_TITLES:
        return words.GROUP_TITLES[value]()
    return words.standing_title(value) if value in Standing.values else value


def _reason(value: str) -> str:
    """Of a filter one of ours, of an exemption a person's words."""
    if value == words.UNKNOWN:
        return words.reason_title("")
    return words.reason_title(value) if value in Reason.values else value


def _brand(value: str) -> str:
    return next((each.name[get_language()] for each in brands.brands() if each.slug == value), value)


def _role(value: str) -> str:
    return TITLES[Role(value)]() if value in set(Role) else value


def _wave(value: str) -> str:
    return words.wave_title(value) if value == NO_WAVE else value


def _record(value: str) -> str:
    """Of what was taken back."""
    return {"contact": _("contact"), "note": _("note")}.get(value, value)


BY_KEY: dict[str, Callable[[str], str]] = {
    "brand": _brand,
    "by": lambda value: WAYS[value]() if value in WAYS else value,
    "groups": _role,
    "kind": _record,
    "program": words.program_title,
    "programs": words.program_title,
    "reason": _reason,
    "reasons": _reason,
    "role": _role,
    "standing": _standing,
    "standings": _standing,
    "wave": _wave,
}
