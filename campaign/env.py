"""Typed, bounded readers of the process environment.

Each reader raises `ImproperlyConfigured` naming the variable, what stood there, unless it is a secret, and what
would be right.
"""

import os
import re
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

TRUTH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\Z")
HOST = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
ISSUER = re.compile(r"(?=.{1,200}\Z)https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z")
HALF_A_DAY = 43_200
HERE = ("localhost", "127.0.0.1", "[::1]")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = re.compile(r"(?P<first>(?:\d{4}-)?\d\d-\d\d)(?:\.\.(?P<last>(?:\d{4}-)?\d\d-\d\d))?\Z", re.ASCII)


def _wrong(name: str, value: str, right: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r}: wanted {right}")


def text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in TRUTH:
        raise _wrong(name, value, "one of " + ", ".join(TRUTH))
    return TRUTH[value.lower()]


def number(name: str, *, default: int, at_least: int, at_most: int = 2**31 - 1) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,10}", value) or not at_least <= int(value) <= at_most:
        raise _wrong(name, value, f"a whole number from {at_least} to {at_most}")
    return int(value)


def file(name: str) -> Path | None:
    """The path of a file that must be there; None where the variable is not set."""
    value = os.environ.get(name, "")
    if value and not os.access(value, os.R_OK):
        raise _wrong(name, value, "a file that can be read")
    return Path(value) if value else None


def choice(name: str, default: str, among: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in among:
        raise _wrong(name, value, "one of " + ", ".join(among))
    return value


def words(name: str, default: str = "") -> tuple[str, ...]:
    """Values separated by commas or blanks."""
    return tuple(word for word in re.split(r"[,\s]+", os.environ.get(name, default)) if word)


def domains(name: str, default: str = "") -> tuple[str, ...]:
    found = tuple(word.lower() for word in words(name, default))
    for word in found:
        if not DOMAIN.match(word):
            raise _wrong(name, word, "domain names such as isp.example")
    return found


def networks(name: str, default: str = "") -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for word in words(name, default):
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise _wrong(name, word, f"networks such as 192.0.2.0/24 ({error})") from error
    return tuple(found)


def here(url: str) -> bool:
    """Whether an address leads to this machine."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    return re.sub(r":[0-9]*\Z", "", host).lower() in HERE


def issuer(name: str) -> str:
    """An OpenID provider's address, without what its discovery document adds; "" where there is none."""
    value = os.environ.get(name, "").strip()
    value = value.removesuffix("/.well-known/openid-configuration").rstrip("/")
    if value and not ISSUER.match(value):
        raise _wrong(name, value, "an address such as https://sso.isp.example/realms/staff, of at most 200 characters")
    return value


def pairs(name: str) -> dict[str, str]:
    """`helpdesk=support; CN=Mail,OU=Staff=operator`: the last = parts the two."""
    found = {}
    for word in filter(None, map(str.strip, os.environ.get(name, "").split(";"))):
        left, _, right = (part.strip() for part in word.rpartition("="))
        if not left or not right or found.setdefault(left, right) != right:
            raise _wrong(name, word, "name=value, several of them parted by ; and no name twice")
    return found


def seconds_by_host(name: str) -> dict[str, int]:
    """`pop1:-240, pop2.isp.example:30`."""
    found = {}
    for word in words(name):
        host, _, seconds = word.rpartition(":")
        if not HOST.match(host) or not re.fullmatch(r"[+-]?[0-9]{1,5}", seconds) or abs(int(seconds)) > HALF_A_DAY:
            raise _wrong(name, word, f"host:seconds such as pop1:-240, at most {HALF_A_DAY} seconds")
        found[host] = int(seconds)
    return found


def weekdays(name: str, default: str) -> frozenset[int]:
    """`mon tue wed`, as numbers from 0."""
    found = [word.lower() for word in words(name, default)]
    for word in found:
        if word not in WEEKDAYS:
            raise _wrong(name, word, "weekdays such as " + ", ".join(WEEKDAYS))
    if not found:
        raise _wrong(name, "", "at least one weekday")
    return frozenset(WEEKDAYS.index(word) for word in found)


def days(name: str) -> tuple[tuple[str, str], ...]:
    """First and last day of each span, as `2026-12-29..2027-01-03`, `12-29..01-03` of every year, or one day."""
    found = []
    for word in words(name):
        span = DAYS.match(word)
        ends = [end for end in span.group("first", "last") if end] if span else []
        if not ends or not all(_is_day(end) for end in ends) or len({len(end) for end in ends}) > 1:
            raise _wrong(name, word, "days such as 2026-12-31, 12-31 (every year) or 12-29..01-03")
        if len(ends[0]) > len("12-31") and ends[0] > ends[-1]:
            raise _wrong(name, word, "a span whose last day is not before its first")
        found.append((ends[0], ends[-1]))
    return tuple(found)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text if len(text) > len("12-31") else f"2024-{text}")  # a year that has February 29
    except ValueError:
        return False
    return True


def zone(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _wrong(name, value, "a time zone such as Asia/Tokyo") from error
    return value


def database(name: str, *, default: str) -> dict[str, object]:
    """Django's database entry for `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`.

    What stood there is not told: it may have a password.
    """
    right = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME, with %2F for a / in the password"
    wrong = ImproperlyConfigured(f"{name} is no such address: wanted {right}")
    try:
        url = urlsplit(os.environ.get(name, default))
        port = str(url.port or "")
    except ValueError:
        raise wrong from None
    if url.scheme == "sqlite" and url.path:
        # WAL lets the pages read while a worker writes; IMMEDIATE makes a second writer wait
        # at BEGIN, where waiting is safe, not in the middle of its transaction.
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.path, "OPTIONS": options}
    if url.scheme in {"postgresql", "postgres"} and url.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.strip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise wrong
