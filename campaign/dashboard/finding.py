"""Which customers a list has: what its address asks for -> their keys, newest first."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from campaign import brands
from campaign.customers import counts
from campaign.customers.chosen import GROUPS, NO_WAVE, UNKNOWN, Chosen, of_brand, wanted_rows
from campaign.customers.places import customers_from, network_in, number_from
from campaign.models import Campaign, Customer, DailyUse, Exemption, Holdout, Reason
from campaign.models.holdouts import LEFT
from campaign.models.spellings import narrow
from notices.deliveries import unreachable

COUNTED = 10_000  # rows that are counted and can be paged to; who wants to see more has to filter
SEARCHED = 500  # customers that a search looks at: with more, a longer word is quicker than paging
CHUNK = 1000  # rows of a file that are read at a time
YES = "yes"


@dataclass(frozen=True)
class Filters(Chosen):
    """What the address asks for; a value that does not exist there is no filter. The last four are the list's alone."""

    tag: str = ""
    undelivered: str = ""
    delayed: str = ""
    q: str = ""

    def url(self, name: str = "customers", **changes: object) -> str:
        return f"{reverse(name)}?{self.query(**changes)}"

    @property
    def any(self) -> bool:
        return any(value for name, value in asdict(self).items() if name != "campaign")

    @property
    def of_holdouts(self) -> bool:
        """By what only who is in the campaign has."""
        return bool(self.standing or self.reason or self.wave or self.range or self.undelivered or self.delayed)


def filters_in(asked: QueryDict, campaign: Campaign) -> Filters:
    wave = asked.get("wave", "")
    return Filters(
        campaign=campaign.name,
        standing=asked["standing"] if asked.get("standing") in GROUPS else "",
        program=asked.get("program", "").replace("\0", "")[:64],
        reason=asked["reason"] if asked.get("reason") in {*Reason.values, UNKNOWN} else "",
        wave=wave if wave == NO_WAVE or (wave.isascii() and wave.isdigit() and len(wave) < 3) else "",
        range=address_range(asked.get("range", "")),
        tag=asked.get("tag", "").replace("\0", "")[:40],
        brand=asked["brand"] if asked.get("brand") in {each.slug for each in brands.brands()} else "",
        undelivered=YES if asked.get("undelivered") == YES else "",
        delayed=YES if asked.get("delayed") == YES else "",
        q=asked.get("q", "").replace("\0", "").strip()[:254],
    )


@dataclass(frozen=True)
class Found:
    """The customers that the filters find, newest legacy mail first.

    `total` is what can be paged to, `capped` tells that there are more. `keys` of customers
    are at hand after a search; without one they are read a page at a time. `matching` is how many there are at least
    where a search for a range lists some of them, COUNTED + 1 for more than that; else 0.
    """

    total: int
    capped: bool
    keys: list[int] | None = None
    matching: int = 0


def find(campaign: Campaign, filters: Filters, *, today: date) -> Found:
    """A search finds customers outside the campaign too; they come at the end."""
    if filters.q:
        return _searched(campaign, filters, today)
    if _surely_capped(campaign, filters):
        return Found(COUNTED, capped=True)
    total = _holdouts(campaign, filters, today)[: COUNTED + 1].count()
    return Found(min(total, COUNTED), total > COUNTED)


def _surely_capped(campaign: Campaign, filters: Filters) -> bool:
    """By the cells that are kept, where they tell: so many cannot have gone since, and nobody need count them."""
    if filters.tag or filters.undelivered or filters.delayed or filters.range:
        return False
    kept = counts.kept(campaign)
    return kept is not None and sum(cell.holdouts for cell in kept.wanted(filters)) > 2 * COUNTED


def keys(campaign: Campaign, filters: Filters, found: Found, shown: slice, *, today: date) -> list[int]:
    """Of the customers on a page of the list, or on all that can be paged to."""
    if found.keys is not None:
        return found.keys[shown]
    return list(_newest(campaign, filters, today)[shown])


def number(campaign: Campaign, filters: Filters, found: Found, *, today: date) -> int:
    """All that `everybody` gives, also beyond what can be paged to."""
    return len(found.keys) if found.keys is not None else _holdouts(campaign, filters, today).count()


def holdouts_of(campaign: Campaign, filters: Filters, found: Found, *, today: date) -> QuerySet[Holdout]:
    """Of all that `everybody` gives, those who are in the campaign."""
    if found.keys is not None:
        return Holdout.objects.filter(campaign=campaign, customer__in=found.keys)
    return _holdouts(campaign, filters, today)


def everybody(campaign: Campaign, filters: Filters, found: Found, *, today: date) -> Iterator[list[int]]:
    """The keys of all that the filters find, however many, some at a time."""
    if found.keys is not None:
        yield from (found.keys[at : at + CHUNK] for at in range(0, len(found.keys), CHUNK))
        return
    some: list[int] = []
    for key in _newest(campaign, filters, today).iterator(chunk_size=CHUNK):
        some.append(key)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


def _newest(campaign: Campaign, filters: Filters, today: date) -> QuerySet:
    newest = _holdouts(campaign, filters, today).order_by("-last_legacy_at", "pk")
    return newest.values_list("customer_id", flat=True)


def _holdouts(campaign: Campaign, filters: Filters, today: date) -> QuerySet[Holdout]:
    found = Holdout.objects.filter(wanted_rows(filters), campaign=campaign)
    if filters.tag:
        found = found.filter(_tagged(filters, "customer__"))
    if filters.undelivered:
        found = found.filter(standing__in=LEFT, pk__in=unreachable.keys_kept(campaign))
    if filters.delayed:
        delayed = Exemption.objects.not_over(today).filter(campaign=campaign)
        found = found.filter(customer__in=delayed.values("customer"))
    return found


def _of_customers(filters: Filters) -> Q:
    """The filters by what the customer is."""
    return _tagged(filters, "") & (of_brand(filters.brand, "domain__in") if filters.brand else Q())


def _tagged(filters: Filters, at: str) -> Q:
    """For a query that reaches customers by the path `at`."""
    return Q(**{f"{at}taggings__tag__name": filters.tag}) if filters.tag else Q()


def _searched(campaign: Campaign, filters: Filters, today: date) -> Found:
    """The first customers that match, in the order of the list.

    The two steps are for speed: given both the words and the order, the database would walk
    through all holdouts in that order, looking for the few that match.
    """
    found = _matching(campaign, filters.q, today)
    capped, found = len(found) > SEARCHED, found[:SEARCHED]
    held = _holdouts(campaign, filters, today).filter(customer__in=found)
    rows = list(held.values_list("last_legacy_at", "pk", "customer_id"))
    dated = sorted((row for row in rows if row[0]), key=lambda row: (-row[0].timestamp(), row[1]))
    keys = [customer for _at, _pk, customer in dated] + [customer for at, _pk, customer in rows if at is None]
    if len(rows) < len(found) and not filters.of_holdouts:
        others = Customer.objects.filter(_of_customers(filters), pk__in=found).exclude(holdouts__campaign=campaign)
        if filters.program:
            others = others.filter(client_program="" if filters.program == UNKNOWN else filters.program)
        keys += others.order_by("login").values_list("pk", flat=True)
    return Found(len(keys), capped, keys, _in_range(campaign, filters, today) if capped else 0)


def _in_range(campaign: Campaign, filters: Filters, today: date) -> int:
    network = network_in(filters.q)
    if network is None:
        return 0
    among, since = _holdouts(campaign, filters, today), today - timedelta(days=settings.RETENTION_DAYS)
    return number_from(campaign, network, among, since=since, at_most=COUNTED + 1)


def _matching(campaign: Campaign, wanted: str, today: date) -> list[int]:
    """By words, or by a client address or a network, as long as the logs that prove it are kept.

    One more than is looked at.
    """
    found = Customer.objects.keys_for(wanted, at_most=SEARCHED + 1)
    since = today - timedelta(days=settings.RETENTION_DAYS)
    if network := network_in(wanted):
        there = customers_from(campaign, network, since=since, at_most=SEARCHED + 1)
        found = list(dict.fromkeys([*found, *there]))[: SEARCHED + 1]
    if address := client_address(wanted):
        there = DailyUse.objects.customers_at(address, since=since, at_most=SEARCHED + 1)
        found = list(dict.fromkeys([*found, *there]))[: SEARCHED + 1]
    return found


def client_address(typed: str) -> str:
    """An IP address as the logs have it; "" for anything else."""
    try:
        return str(ip_address(narrow(typed)))
    except ValueError:
        return ""


def address_range(typed: str) -> str:
    """A network as holdouts have it; "" for anything else."""
    try:
        return str(ip_network(typed))
    except ValueError:
        return ""
