"""By what customers of a campaign are chosen, from the addresses of pages: one rule for rows and for counted cells."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from campaign import brands
from campaign.models import Standing
from campaign.models.holdouts import LEFT, MOVED

UNKNOWN = "unknown"  # a reason or program of which nothing is known
NO_WAVE = "none"
RELAPSED = "relapsed"  # not a standing of its own: left again after having moved
GROUPS = {"left": LEFT, "moved": MOVED, RELAPSED: LEFT, **{str(standing): (standing,) for standing in Standing}}


@dataclass(frozen=True)
class Chosen:
    """What an address asks for; "" is any. A value that does not exist there finds nobody."""

    campaign: str
    standing: str = ""
    program: str = ""
    reason: str = ""
    wave: str = ""
    brand: str = ""
    range: str = ""

    def query(self, **changes: object) -> str:
        return urlencode({name: value for name, value in (asdict(self) | changes).items() if value})


def chosen_in(query: str) -> Chosen:
    """The way back from `query`; its values are trusted."""
    return Chosen(**dict(parse_qsl(query)))


@dataclass(frozen=True, slots=True)
class Common:
    """What people of one cell have in common.

    `wave` is 0 for who is in none. `range` is "" in cells of all ranges together: those of single ranges count the
    same people once more.
    """

    standing: str
    relapsed: bool
    reason: str
    program: str
    wave: int
    brand: str
    range: str


Shared = TypeVar("Shared", bound=Common)


@dataclass(frozen=True, slots=True)
class Cell(Common):
    """So many holdouts; `begun` of them have ever sent with SMTP-AUTH.

    `contacts` at the help desk are those of the last 7 days, of the 7 before, and of the last 28 by topic, in the
    order of `Contact.Topic`; () where there were none.
    """

    holdouts: int
    begun: int
    contacts: Sequence[int] = ()


def wanted_rows(chosen: Chosen, at: str = "") -> Q:
    """For a query that reaches holdouts by the path `at`."""
    wanted = Q()
    if chosen.standing:
        wanted &= Q(**{f"{at}standing__in": GROUPS[chosen.standing]})
    if chosen.standing == RELAPSED:
        wanted &= Q(**{f"{at}relapsed": True})
    for field, value in (("reason", chosen.reason), ("client_program", chosen.program)):
        if value:
            wanted &= Q(**{f"{at}{field}": _named(value)})
    if chosen.range:
        wanted &= Q(**{f"{at}last_range": chosen.range})
    if chosen.wave:
        wanted &= Q(**{f"{at}wave": int(chosen.wave)}) if chosen.wave != NO_WAVE else Q(**{f"{at}wave": None})
    if chosen.brand:
        wanted &= of_brand(chosen.brand, f"{at}customer__domain__in")
    return wanted


def wanted_cells(chosen: Chosen, cells: Iterable[Shared]) -> list[Shared]:
    """The same of cells, whatever range they are of. One pass for each thing chosen: cells are many, these are few."""
    wanted = list(cells)
    if chosen.standing:
        group = GROUPS[chosen.standing]
        wanted = [cell for cell in wanted if cell.standing in group]
    if chosen.standing == RELAPSED:
        wanted = [cell for cell in wanted if cell.relapsed]
    if chosen.reason:
        reason = _named(chosen.reason)
        wanted = [cell for cell in wanted if cell.reason == reason]
    if chosen.program:
        program = _named(chosen.program)
        wanted = [cell for cell in wanted if cell.program == program]
    if chosen.wave:
        wave = 0 if chosen.wave == NO_WAVE else int(chosen.wave)
        wanted = [cell for cell in wanted if cell.wave == wave]
    if chosen.brand:
        wanted = [cell for cell in wanted if cell.brand == chosen.brand]
    return wanted


def with_common(rows: QuerySet, at: str = "", *, everywhere: bool = False) -> tuple[QuerySet, tuple[str, ...]]:
    """A query that reaches holdouts by the path `at`, and what it has for the fields of `Common`, in their order.

    `everywhere`: of all ranges together.
    """
    place = Value("") if everywhere else F(f"{at}last_range")
    rows = rows.annotate(in_wave=Coalesce(f"{at}wave", 0), slug=brand_at(f"{at}customer"), place=place)
    own = (f"{at}{name}" for name in ("standing", "relapsed", "reason", "client_program"))
    return rows, (*own, "in_wave", "slug", "place")


def _named(value: str) -> str:
    return "" if value == UNKNOWN else value


def of_brand(slug: str, domains: str) -> Q:
    """The main brand has also those whose domain no brand names; `domains` is the path to a domain, with `__in`."""
    main, *others = brands.brands()
    if slug == main.slug:
        return ~Q(**{domains: [domain for brand in others for domain in brand.domains]})
    return Q(**{domains: next(list(brand.domains) for brand in others if brand.slug == slug)})


def brand_at(customer: str) -> Case | Value:
    """The slug of the brand of a customer that a query reaches by the path `customer`; without a join for one brand."""
    main, *others = brands.brands()
    if not others:
        return Value(main.slug, output_field=CharField())
    cases = [When(of_brand(brand.slug, f"{customer}__domain__in"), then=Value(brand.slug)) for brand in others]
    return Case(*cases, default=Value(main.slug), output_field=CharField())
