"""Whose mail came from a network: by where the last mail sent the old way came from, and by all use of few addresses.

A network of up to 1,024 addresses of IPv4 is looked up address by address in daily use, whatever way the mail went.
A larger one, and one of IPv6, is told by where the last mail sent the old way came from, which each holdout keeps:
to look through all use for these would take as long as reading it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import islice

from django.db import connection
from django.db.models import QuerySet

from campaign.models import Campaign, DailyUse, Holdout, HoldoutCounts
from campaign.models.spellings import narrow
from campaign.submissions.ranges import RANGE_BITS, Network

ADDRESSES = 1024  # of a network, that are looked up one by one
CHUNK = 500  # ranges in one question
LIKE_ONE = re.compile(
    r"\d+(?:\.\d+){3}(?:/\d*)?|\d+(?:\.\d+){1,3}/\d+|[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*(?:/\d*)?", re.IGNORECASE
)
# Steps from one range to the next in the index `holdouts_by_range`; DISTINCT would read all rows.
KNOWN = """
WITH RECURSIVE known (range) AS (
    SELECT MIN(last_range) FROM campaign_holdout WHERE campaign_id = %(campaign)s AND last_range > ''
    UNION ALL
    SELECT (SELECT MIN(last_range) FROM campaign_holdout
            WHERE campaign_id = %(campaign)s AND last_range > known.range)
    FROM known WHERE known.range IS NOT NULL
)
SELECT range FROM known WHERE range IS NOT NULL
"""


def network_in(typed: str) -> Network | None:
    """`192.0.2.0/24` or `2001:db8::/32`; bits behind the mask may be set. None for anything else."""
    plain = narrow(typed).strip()
    if "/" not in plain:
        return None
    try:
        return ip_network(plain, strict=False)
    except ValueError:
        return None


def is_nearly_one(typed: str) -> bool:
    """Whether it was meant as an address or a network, and is neither: `198.18.1.999`, `198.18.1.0/99`."""
    plain = narrow(typed).strip()
    if not LIKE_ONE.fullmatch(plain):
        return False
    try:
        ip_network(plain, strict=False)
    except ValueError:
        return True
    return False


def by_last_mail_alone(network: Network) -> bool:
    """Whether of who is in it only the last mail sent the old way is looked at, not all use."""
    return network.version == 6 or network.num_addresses > ADDRESSES


def customers_from(campaign: Campaign, network: Network, *, since: date, at_most: int) -> list[int]:
    """Keys of those with evidence from the network on `since` or later: so many and no more."""
    found: dict[int, None] = {}
    for ranges in _chunks(_overlapping(known_ranges(campaign), network)):
        if network.prefixlen > RANGE_BITS[network.version]:  # of those in the range nobody knows who is in it
            rows = _with_an_address(campaign, list(_last_from(campaign, ranges, since)), network)
        else:
            rows = _last_from(campaign, ranges, since)[:at_most]
        found |= dict.fromkeys(customer for customer, _day in rows)
        if len(found) >= at_most:
            return list(found)[:at_most]
    if not by_last_mail_alone(network):
        found |= dict.fromkeys(DailyUse.objects.customers_in(network, since=since, at_most=at_most))
    return list(found)[:at_most]


def number_from(campaign: Campaign, network: Network, among: QuerySet, *, since: date, at_most: int) -> int:
    """Of the holdouts `among` those whose last evidence is from the network on `since` or later: so many and no more.

    0 for a part of a kept range: of these nobody knows how many are in it without reading their days.
    """
    if network.prefixlen > RANGE_BITS[network.version]:
        return 0
    number = 0
    for ranges in _chunks(_overlapping(known_ranges(campaign), network)):
        there = among.filter(last_range__in=ranges, last_legacy_on__gte=since)
        number += there[: at_most - number].count()
        if number >= at_most:
            break
    return number


def known_ranges(campaign: Campaign) -> tuple[str, ...]:
    """All that holdouts of a campaign keep; a process looks again when they were counted anew."""
    version = HoldoutCounts.objects.filter(campaign=campaign).values_list("version", flat=True).first()
    return _kept(campaign.pk, version) if version else _known(campaign.pk)


@lru_cache(maxsize=4)
def _kept(campaign_id: int, _version: str) -> tuple[str, ...]:
    return _known(campaign_id)


def _known(campaign_id: int) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"campaign": campaign_id})
        return tuple(name for (name,) in cursor.fetchall())


def _chunks(ranges: Iterator[str]) -> Iterator[list[str]]:
    """So many as one question takes, and no more are looked at than are asked for."""
    while some := list(islice(ranges, CHUNK)):
        yield some


def _overlapping(names: Iterable[str], network: Network) -> Iterator[str]:
    """By the beginnings of the texts where these tell: most of many thousand ranges need not be read."""
    begins, tells_all = _beginning(network)
    colon = network.version == 6
    for name in names:
        if name.startswith(begins) and (":" in name) == colon and (tells_all or network.overlaps(ip_network(name))):
            yield name


def _beginning(network: Network) -> tuple[str, bool]:
    """What the texts of all ranges that overlap a network begin with; and whether those of no other do."""
    bits = min(network.prefixlen, RANGE_BITS[network.version])
    network = network.supernet(new_prefix=bits)  # whose text is that of the range which is kept
    if network.version == 4:
        parts, size, mark = str(network.network_address).split("."), 8, "."
    else:
        parts, size, mark = str(network.network_address).partition("::")[0].split(":"), 16, ":"
    written = [part for part in parts[: bits // size] if part]
    return "".join(f"{part}{mark}" for part in written), len(written) * size == bits


def _last_from(campaign: Campaign, ranges: list[str], since: date) -> QuerySet:
    last = Holdout.objects.filter(campaign=campaign, last_range__in=ranges, last_legacy_on__gte=since)
    return last.order_by().values_list("customer", "last_legacy_on")


def _with_an_address(campaign: Campaign, rows: list[tuple[int, date]], network: Network) -> list[tuple[int, date]]:
    """Of a network inside a range: those whose last day has an address in it."""
    days, customers = {day for _customer, day in rows}, [customer for customer, _day in rows]
    use = DailyUse.objects.filter(submission_class=campaign.legacy_class, customer__in=customers, day__in=days)
    listed = {row[:2]: row[2] for row in use.values_list("customer", "day", "addresses")}
    return [row for row in rows if any(ip_address(each) in network for each in listed.get(row, ()))]
