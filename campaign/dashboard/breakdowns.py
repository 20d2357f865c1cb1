"""The tables of the first page: who stands where, why, with what, in which wave, of which brand, from where.

Every row narrows the page to the customers that it counts, or takes that back where it is narrowed so already.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign import brands
from campaign.customers.chosen import NO_WAVE, RELAPSED, UNKNOWN, Cell
from campaign.customers.counts import Kept, sums
from campaign.dashboard import bars, words
from campaign.dashboard.narrowing import Narrowed
from campaign.jinja import count
from campaign.models import Reason, Standing
from campaign.models.holdouts import LEFT, MOVED
from notices import funnel

# In this order the stacked bar and the tables show where holdouts stand: what is left first.
ORDER = (Standing.HOLDOUT, Standing.MIXED, Standing.SILENT, Standing.MOVING, Standing.MIGRATED, Standing.EXEMPT)
WITH_AUTH = (Standing.MIXED, *MOVED)
TOP = 10


@dataclass(frozen=True)
class Row:
    """One line of a table. `url` is "" for a rest that is no one thing; `part` for people of the row above."""

    title: str
    url: str
    holdouts: int
    share: str
    change: str
    bar: Markup
    css: str = ""
    chosen: bool = False
    part: bool = False


@dataclass(frozen=True)
class WaveRow:
    """Numbers of customers; `written` is None until it has been counted, and for a range that is not."""

    title: str
    url: str
    chosen: bool
    customers: int
    written: int | None
    begun: int
    moved: int
    left: int


@dataclass(frozen=True)
class Table:
    """How rows of one kind come to be: by what a row narrows the page, and what it is called."""

    field: str
    key: Callable[[Cell], str]
    title: Callable[[str], str]


REASONS = Table("reason", lambda cell: cell.reason, words.reason_title)
PROGRAMS = Table("program", lambda cell: cell.program, words.program_title)
BRANDS = Table("brand", lambda cell: cell.brand, words.brand_title)
RANGES = Table("range", lambda cell: cell.range, lambda name: range_title(name))


def percent(part: float, whole: float = 1) -> str:
    """As `of_a_hundred` has it, with the sign."""
    return f"{of_a_hundred(part, whole)}%"


def of_a_hundred(part: float, whole: float = 1) -> str:
    """With one decimal; nearly all is never shown as all, and a few never as none."""
    if not whole:
        return "0.0"
    value = round(100 * part / whole, 1)
    if value in {0, 100}:
        value = 99.9 if value == 100 and part < whole else 0.1 if value == 0 and part else value
    return f"{value:.1f}"


def signed(number: int) -> str:
    return ("+" if number > 0 else "−" if number < 0 else "±") + count(abs(number))


def rows(table: Table, cells: list[Cell], narrowed: Narrowed, *, at_most: int | None = None) -> list[Row]:
    """Most customers first; beyond `at_most` all others are one row together."""
    numbers = sums(cells, table.key)
    found = sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
    shown, rest = found[:at_most], found[at_most:] if at_most else []
    total = numbers.total()
    made = [_row(table, name, number, narrowed, total=total, most=found[0][1]) for name, number in shown]
    return [*made, *_rest(Counter(dict(rest)), total=total, most=found[0][1] if found else 0)]


def _row(table: Table, name: str, number: int, narrowed: Narrowed, *, total: int, most: int) -> Row:
    value = name or UNKNOWN
    chosen = getattr(narrowed, table.field) == value
    url = narrowed.url(**{table.field: "" if chosen else value})
    return Row(table.title(name), url, number, percent(number, total), "", bars.bar(number, most, "left"), "", chosen)


def _rest(others: Counter, *, total: int, most: int) -> list[Row]:
    if not others:
        return []
    title = ngettext("%(num)s other", "%(num)s others together", len(others)) % {"num": count(len(others))}
    number = others.total()
    return [Row(title, "", number, percent(number, total), "", bars.bar(min(number, most), most, "silent"))]


def of_ranges(kept: Kept, narrowed: Narrowed) -> list[Row]:
    """Those with most customers; the rest is from everywhere else. One range, where the page is narrowed to it."""
    whole = kept.wanted(narrowed.of_left)
    if narrowed.range:
        return rows(RANGES, whole, narrowed)
    cells = kept.of_ranges(narrowed.of_left)
    total, most = sums(whole, RANGES.key).total(), max(sums(cells, RANGES.key).values(), default=0)
    found = sorted(sums(cells, RANGES.key).items(), key=lambda each: (-each[1], each[0]))
    made = [_row(RANGES, name, number, narrowed, total=total, most=most) for name, number in found[:TOP]]
    elsewhere = total - sum(number for _name, number in found[:TOP])
    if elsewhere and made:
        bar = bars.bar(min(elsewhere, most), most, "silent")
        made.append(Row(_("Everywhere else"), "", elsewhere, percent(elsewhere, total), "", bar))
    return made


def range_title(name: str) -> str:
    own = next((network for network in settings.OWN_NETWORKS if _inside(name, network)), None)
    return _("%(range)s, in our own network %(network)s") % {"range": name, "network": own} if own else name


def _inside(name: str, network: object) -> bool:
    inner = ip_network(name)
    return inner.version == network.version and inner.subnet_of(network)


def standings(
    cells: list[Cell], now: Mapping[Standing, int], before: Mapping[Standing, int] | None, narrowed: Narrowed
) -> list[Row]:
    """Of those left also who fails to sign in, and who fell back: counted in the rows above them as well."""
    total, most = sum(now.values()), max(now.values(), default=0)
    found = [
        Row(
            title=words.standing_title(standing),
            url=narrowed.url(standing="" if narrowed.standing == standing else standing),
            holdouts=now[standing],
            share=percent(now[standing], total),
            change=signed(now[standing] - before[standing]) if before else "",
            bar=bars.bar(now[standing], most, standing),
            css=standing,
            chosen=narrowed.standing == standing,
        )
        for standing in ORDER
    ]
    left = [cell for cell in cells if cell.standing in LEFT]
    failing = [cell for cell in left if cell.reason == Reason.AUTH_FAILED]
    relapsed = [cell for cell in left if cell.relapsed]
    sizes = {"total": total, "most": most}
    made = [
        _part(_("of both, those whose sign-in fails"), "reason", Reason.AUTH_FAILED, failing, narrowed, **sizes),
        _part(_("of both, those who had moved and fell back"), "standing", RELAPSED, relapsed, narrowed, **sizes),
    ]
    return [*found[:2], *made, *found[2:]]


def _part(title: str, field: str, value: str, those: list[Cell], narrowed: Narrowed, *, total: int, most: int) -> Row:
    number = sum(cell.holdouts for cell in those)
    chosen = getattr(narrowed, field) == value
    url = narrowed.url(**{field: "" if chosen else value})
    bar = bars.bar(number, most, "left")
    return Row(title, url, number, percent(number, total), "", bar, chosen=chosen, part=True)


def waves(cells: list[Cell], reached: funnel.Kept | None, narrowed: Narrowed) -> list[WaveRow]:
    """In their order, who is in none at the end; nothing where there are no waves."""
    people = sums(cells, lambda cell: cell.wave)
    if not any(people):
        return []
    reached = reached if reached and (not narrowed.range or narrowed.range in reached.by_range) else None
    written = Counter()
    for cell in reached.wanted(narrowed) if reached else []:
        written[cell.wave] += cell.sent
    stood = {
        name: sums([cell for cell in cells if cell.standing in group], lambda cell: cell.wave)
        for name, group in (("begun", WITH_AUTH), ("moved", MOVED), ("left", LEFT))
    }
    return [
        _wave(wave, narrowed, people[wave], written[wave] if reached else None, {n: s[wave] for n, s in stood.items()})
        for wave in sorted(people, key=lambda wave: (wave == 0, wave))
    ]


def _wave(wave: int, narrowed: Narrowed, people: int, written: int | None, stood: dict[str, int]) -> WaveRow:
    value = str(wave) if wave else NO_WAVE
    chosen = narrowed.wave == value
    url = narrowed.url(wave="" if chosen else value)
    return WaveRow(words.wave_title(value), url, chosen, people, written, **stood)


def of(kept: Kept, reached: funnel.Kept | None, narrowed: Narrowed) -> dict[str, object]:
    """All tables but the standings; what has nothing to tell apart is left out."""
    key = (narrowed, reached and reached.counted_at, get_language(), len(brands.brands()))
    return kept.remembered(key, lambda: _of(kept, reached, narrowed))


def _of(kept: Kept, reached: funnel.Kept | None, narrowed: Narrowed) -> dict[str, object]:
    left = kept.wanted(narrowed.of_left)
    several = len(brands.brands()) > 1
    return {
        "reasons": rows(REASONS, [cell for cell in left if cell.standing in LEFT], narrowed),
        "programs": rows(PROGRAMS, left, narrowed, at_most=TOP),
        "brands": rows(BRANDS, left, narrowed) if several else [],
        "ranges": of_ranges(kept, narrowed),
        "waves": waves(kept.wanted(narrowed), reached, narrowed),
    }
