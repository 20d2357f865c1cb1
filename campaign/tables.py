"""TOML -> frozen values, by the types of their classes; whatever is wrong is named by file and field."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


class WrongFile(ValueError):
    """Names the file, the field, what stood there and what would be right."""


@dataclass(frozen=True)
class Words:
    """The same text in each language of the product."""

    en: str
    ja: str

    def __getitem__(self, language: str) -> str:
        return {"en": self.en, "ja": self.ja}[language]


Same = Callable[[str], bool]


def read(path: Path, kind: type, *, same: Same = lambda text: False) -> Any:
    """The file as a value of `kind`, a dataclass of dataclasses, texts, numbers, tuples and mappings.

    A text for both languages (`Words`) may be given as one where `same` allows it. Raises `WrongFile`.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongFile(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongFile(f"{path.name}: {error}, wanted TOML in UTF-8") from error
    try:
        return _shape(kind, table, "", same)
    except WrongFile as error:
        raise WrongFile(f"{path.name}: {error}") from None


def wrong(where: str, given: Any, wanted: str) -> WrongFile:
    return WrongFile(f"{where or 'the file'} is {given!r}, wanted {wanted}")


def _shape(wanted: Any, given: Any, where: str, same: Same) -> Any:
    """`given` as a value of the type `wanted`."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (UnionType, Union):
        return _shape(inner[0], given, where, same)  # optional: TOML has no null, so what is there counts
    if origin is Literal:
        if given not in inner:
            raise wrong(where, given, "one of " + ", ".join(inner))
        return given
    if origin is tuple:
        if not isinstance(given, list):
            raise wrong(where, given, "a list")
        return tuple(_shape(inner[0], one, f"{where}[{place}]", same) for place, one in enumerate(given, 1))
    if origin is Mapping:
        return MappingProxyType(
            {
                _shape(inner[0], k, f"{where}: key", same): _shape(inner[1], v, f"{where}.{k}", same)
                for k, v in _table(given, where)
            }
        )
    if wanted is Words and isinstance(given, str):
        return _both(given, where, same)
    if is_dataclass(wanted):
        return _record(wanted, given, where, same)
    return _plain(wanted, given, where)


def _table(given: Any, where: str):
    if not isinstance(given, dict):
        raise wrong(where, given, "a table")
    return given.items()


def _record(wanted: Any, given: Any, where: str, same: Same) -> Any:
    known = {field.name: field for field in fields(wanted)}
    hints = get_type_hints(wanted)
    values = {}
    for key, value in _table(given, where):
        place = f"{where}.{key}".lstrip(".")
        if key not in known:
            raise WrongFile(f"{place} is not known, wanted one of {', '.join(known)}")
        values[key] = _shape(hints[key], value, place, same)
    for name, field in known.items():
        if name not in values and field.default is MISSING:
            raise WrongFile(f"{f'{where}.{name}'.lstrip('.')} is missing")
    return wanted(**values)


def _plain(wanted: type, given: Any, where: str) -> Any:
    if type(given) is not wanted:
        raise wrong(where, given, {str: "a text", int: "a whole number", bool: "true or false"}[wanted])
    if wanted is str and (not given.strip() or given != given.strip()):
        raise wrong(where, given, "a text without blanks around it")
    return given


def _both(given: str, where: str, same: Same) -> Words:
    """One string for both languages is fine only where there is nothing to translate."""
    if not same(given):
        raise wrong(where, given, f"a text per language ({where}.en, {where}.ja) or one token such as {{smtp_host}}")
    return Words(en=given, ja=given)


def strings(value: Any, where: str = ""):
    """All texts below `value` with their places."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for place, one in enumerate(value, 1):
            yield from strings(one, f"{where}[{place}]")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from strings(one, f"{where}.{key}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name), f"{where}.{field.name}".lstrip("."))
