"""No more than so many tries a minute from one address, and where it matters from all together.

A help and no lock: without Redis every request passes, for the page matters more than the count.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import redis
from django.conf import settings
from django.http import HttpRequest

PATIENCE_SECONDS = 0.2


@dataclass(frozen=True)
class Rate:
    """How many requests a minute; `together` is for all addresses, None without such a bound."""

    name: str
    each: int
    together: int | None = None


SECRETS = Rate("pages", each=120)  # many customers can sit behind one address of a carrier


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)


def visitor(request: HttpRequest) -> str:
    """The visitor's address; of IPv6 the network, since each household has one for itself.

    Only our own proxies are believed, and each of them only in what it added at the header's end.
    """
    given = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while (address := _address(given)) and _is_own_proxy(address) and forwarded:
        given = forwarded.pop().strip() or given
    if address is None:
        return given
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


def _address(given: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(given)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_own_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def allowed(request: HttpRequest, *, now: datetime, rate: Rate | None = None) -> bool:
    """Counts this request; False once its address, or all together, have had their number for this minute.

    Without `rate`, that of pages behind a secret.
    """
    rate = rate or SECRETS
    hidden = hashlib.sha256((settings.SECRET_KEY + visitor(request)).encode()).hexdigest()[:24]
    own, everybody = (f"{rate.name}:{who}:{now:%H%M}" for who in (hidden, "all"))
    try:
        with _client(settings.REDIS_URL).pipeline() as pipe:
            pipe.incr(own).expire(own, 120)
            if _of(pipe.execute()) > rate.each:
                return False  # and takes nothing from the others
            if rate.together is None:
                return True
            pipe.incr(everybody).expire(everybody, 120)
            return _of(pipe.execute()) <= rate.together
    except redis.RedisError:
        return True


def _of(answers: list) -> int:
    """The count, which comes before whether it will be forgotten."""
    return answers[0]
