"""A client's TOML file -> a frozen Client; whatever is wrong is named by file and field."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from notices.guides.client import Client, Words

MARK = re.compile(r"\[([a-z0-9_]+)\]|\{([a-z0-9_]+)\}")
TOKENS = ("smtp_host", "smtp_port", "security", "login", "provider", "phone")
LANGUAGES = ("en", "ja")
ON_SCREEN = re.compile(r"\.screen\.(?:title|press|(?:tabs|entries|buttons)\[\d+\])$")
DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


class WrongFile(ValueError):
    """Names the file, the field, what stood there and what would be right."""


def read(path: Path) -> Client:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongFile(f"{path.name}: {error}, wanted TOML in UTF-8") from error
    try:
        client = _shape(Client, table, "")
        _check_texts(client)
    except WrongFile as error:
        raise WrongFile(f"{path.name}: {error}") from None
    if client.name != path.stem:
        raise WrongFile(f"{path.name}: name is {client.name!r}, wanted {path.stem!r} as the file is called")
    return client


def _wrong(where: str, given: Any, wanted: str) -> WrongFile:
    return WrongFile(f"{where or 'the file'} is {given!r}, wanted {wanted}")


def _shape(wanted: Any, given: Any, where: str) -> Any:
    """`given` as a value of the type `wanted`."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is UnionType:
        return _shape(inner[0], given, where)  # optional: TOML has no null, so what is there counts
    if origin is Literal:
        if given not in inner:
            raise _wrong(where, given, "one of " + ", ".join(inner))
        return given
    if origin is tuple:
        if not isinstance(given, list):
            raise _wrong(where, given, "a list")
        return tuple(_shape(inner[0], one, f"{where}[{place}]") for place, one in enumerate(given, 1))
    if origin is Mapping:
        return MappingProxyType(
            {_shape(inner[0], k, f"{where}: key"): _shape(inner[1], v, f"{where}.{k}") for k, v in _table(given, where)}
        )
    if wanted is Words and isinstance(given, str):
        return _bare(given, where)
    if is_dataclass(wanted):
        return _record(wanted, given, where)
    return _plain(wanted, given, where)


def _table(given: Any, where: str):
    if not isinstance(given, dict):
        raise _wrong(where, given, "a table")
    return given.items()


def _bare(given: str, where: str) -> Words:
    """One string for both languages is fine only where there is nothing to translate."""
    found = MARK.fullmatch(given)
    if not found or not found[2]:
        raise _wrong(where, given, f"a text per language ({where}.en, {where}.ja) or one token such as {{smtp_host}}")
    return Words(en=given, ja=given)


def _record(wanted: Any, given: Any, where: str) -> Any:
    known = {field.name: field for field in fields(wanted)}
    hints = get_type_hints(wanted)
    values = {}
    for key, value in _table(given, where):
        place = f"{where}.{key}".lstrip(".")
        if key not in known:
            raise WrongFile(f"{place} is not known, wanted one of {', '.join(known)}")
        values[key] = _shape(hints[key], value, place)
    for name, field in known.items():
        if name not in values and field.default is MISSING:
            raise WrongFile(f"{f'{where}.{name}'.lstrip('.')} is missing")
    return wanted(**values)


def _plain(wanted: type, given: Any, where: str) -> Any:
    if type(given) is not wanted:
        raise _wrong(where, given, {str: "a text", int: "a whole number", bool: "true or false"}[wanted])
    if wanted is str and (not given.strip() or given != given.strip()):
        raise _wrong(where, given, "a text without blanks around it")
    return given


def _check_texts(client: Client) -> None:
    """Every word on the screen and every token that a text names must exist."""
    if set(client.security) != {"SSL/TLS", "STARTTLS"}:
        raise _wrong("security", sorted(client.security), "both SSL/TLS and STARTTLS")
    if client.state != "dead" and not (client.steps and client.test):
        raise WrongFile("steps and test are empty, wanted at least one step each")
    if client.state != "current" and not (client.instead and DAY.fullmatch(client.retired_on)):
        raise WrongFile(
            f"state is {client.state!r}, wanted instead and retired_on (as 2024-12-31, 2024-12 or 2024), too"
        )
    for where, value in _strings(client, ""):
        of_screen = ON_SCREEN.search(where) and value
        if (of_screen or where.endswith((".label", "].label"))) and value not in client.labels:
            raise _wrong(where, value, "one of the labels " + ", ".join(client.labels))
        if re.search(r"unverified\[\d+\]$", where) and value not in LANGUAGES:
            raise _wrong(where, value, "one of " + ", ".join(LANGUAGES))
        for label, token in MARK.findall(value):
            if label and label not in client.labels:
                raise WrongFile(f"{where}: [{label}] is not known, wanted one of {', '.join(client.labels)}")
            if token and token not in TOKENS:
                raise WrongFile(f"{where}: {{{token}}} is not known, wanted one of {', '.join(TOKENS)}")


def _strings(value: Any, where: str):
    """All texts below `value` with their places."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for place, one in enumerate(value, 1):
            yield from _strings(one, f"{where}[{place}]")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _strings(one, f"{where}.{key}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name), f"{where}.{field.name}".lstrip("."))
