"""No more than so many secrets tried a minute from one address.

A help and no lock: without Redis every request passes, for the page matters more than the count.
"""

import hashlib
from datetime import datetime
from functools import cache
from ipaddress import ip_address, ip_network

import redis
from django.conf import settings
from django.http import HttpRequest

PER_MINUTE = 120  # many customers can sit behind one address of a carrier
PATIENCE_SECONDS = 0.2


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)


def visitor(request: HttpRequest) -> str:
    """The visitor's address; of IPv6 the network, since each household has one for itself."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:  # behind our own proxy, which writes itself last
        given = request.META.get("HTTP_X_FORWARDED_FOR", given).rpartition(",")[2].strip()
    try:
        address = ip_address(given)
    except ValueError:
        return given
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


def allowed(request: HttpRequest, *, now: datetime) -> bool:
    """Counts this request; False once its address has had its number for this minute."""
    hidden = hashlib.sha256((settings.SECRET_KEY + visitor(request)).encode()).hexdigest()[:24]
    key = f"pages:{hidden}:{now:%H%M}"
    try:
        with _client(settings.REDIS_URL).pipeline() as pipe:
            count, _done = pipe.incr(key).expire(key, 120).execute()
    except redis.RedisError:
        return True
    return count <= PER_MINUTE
