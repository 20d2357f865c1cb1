"""The list of customers: filtered, searched, paged; everything that was chosen is in the address."""

from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.dashboard import words
from campaign.dashboard.shell import Choice, campaign_choices, chosen_campaign, pager, show
from campaign.models import Campaign, Customer, Holdout, Reason, Standing
from campaign.models.holdouts import LEFT, MOVED
from notices.models import Notice

COUNTED = 10_000  # rows that are counted and can be paged to; who wants to see more has to filter
SEARCHED = 500  # customers that a search looks at: with more, a longer word is quicker than paging
GROUPS = {"left": LEFT, "moved": MOVED, **{str(standing): (standing,) for standing in Standing}}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; a value that does not exist there is no filter."""

    campaign: str
    standing: str = ""
    program: str = ""
    reason: str = ""
    q: str = ""

    def url(self, **changes: object) -> str:
        chosen = {name: value for name, value in (asdict(self) | changes).items() if value}
        return f"{reverse('customers')}?{urlencode(chosen)}"

    @property
    def any(self) -> bool:
        return bool(self.standing or self.program or self.reason or self.q)


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    login: str
    contract: str
    standing: str
    standing_title: str
    relapsed: bool
    reason: str
    program: str
    last_legacy_at: datetime | None
    last_auth_at: datetime | None
    notices: int
    last_notice_at: datetime | None


@dataclass(frozen=True)
class Found:
    """The customers that the filters find, newest legacy mail first.

    `total` is what can be paged to, `capped` tells that there are more. `keys` of customers
    are at hand after a search; without one they are read a page at a time.
    """

    total: int
    capped: bool
    keys: list[int] | None = None


def filters_of(request: HttpRequest, campaign: Campaign) -> Filters:
    asked = request.GET
    return Filters(
        campaign=campaign.name,
        standing=asked["standing"] if asked.get("standing") in GROUPS else "",
        program=asked.get("program", "").replace("\0", "")[:64],
        reason=asked["reason"] if asked.get("reason") in {*Reason.values, words.UNKNOWN} else "",
        q=asked.get("q", "").replace("\0", "").strip()[:254],
    )


def find(campaign: Campaign, filters: Filters) -> Found:
    """A search finds customers outside the campaign too; they come at the end."""
    if filters.q:
        return _searched(campaign, filters)
    total = _holdouts(campaign, filters)[: COUNTED + 1].count()
    return Found(min(total, COUNTED), total > COUNTED)


def rows(campaign: Campaign, filters: Filters, found: Found, shown: slice) -> list[Row]:
    if found.keys is not None:
        return _rows(campaign, found.keys[shown])
    newest = _holdouts(campaign, filters).order_by("-last_legacy_at", "pk")
    return _rows(campaign, list(newest.values_list("customer_id", flat=True)[shown]))


def _holdouts(campaign: Campaign, filters: Filters):
    found = Holdout.objects.filter(campaign=campaign)
    if filters.standing:
        found = found.filter(standing__in=GROUPS[filters.standing])
    if filters.reason:
        found = found.filter(reason="" if filters.reason == words.UNKNOWN else filters.reason)
    if filters.program:
        found = found.filter(client_program="" if filters.program == words.UNKNOWN else filters.program)
    return found


def _searched(campaign: Campaign, filters: Filters) -> Found:
    """The first customers that match, in the order of the list.

    The two steps are for speed: given both the words and the order, the database would walk
    through all holdouts in that order, looking for the few that match.
    """
    matching = Customer.objects.matching(filters.q, at_most=SEARCHED + 1)
    found = list(matching.order_by("pk").values_list("pk", flat=True)[: SEARCHED + 1])
    capped, found = len(found) > SEARCHED, found[:SEARCHED]
    rows = _holdouts(campaign, filters).filter(customer__in=found).values_list("last_legacy_at", "pk", "customer_id")
    dated = sorted((row for row in rows if row[0]), key=lambda row: (-row[0].timestamp(), row[1]))
    keys = [customer for _at, _pk, customer in dated] + [customer for at, _pk, customer in rows if at is None]
    if len(rows) < len(found) and not filters.standing and not filters.reason:
        others = Customer.objects.filter(pk__in=found).exclude(holdouts__campaign=campaign)
        if filters.program:
            others = others.filter(client_program="" if filters.program == words.UNKNOWN else filters.program)
        keys += others.order_by("login").values_list("pk", flat=True)
    return Found(len(keys), capped, keys)


def _rows(campaign: Campaign, keys: list[int]) -> list[Row]:
    customers = Customer.objects.in_bulk(keys)
    holdouts = {each.customer_id: each for each in Holdout.objects.filter(campaign=campaign, customer__in=keys)}
    sent = Notice.objects.filter(holdout__in=[each.pk for each in holdouts.values()], state=Notice.State.ACCEPTED)
    sent = sent.values_list("holdout").annotate(Count("pk"), Max("accepted_at")).order_by()
    notices = {holdout: (number, last) for holdout, number, last in sent}
    return [_row(customers[key], holdouts.get(key), notices) for key in keys]


def _row(customer: Customer, holdout: Holdout | None, notices: dict[int, tuple[int, datetime]]) -> Row:
    number, last = notices.get(holdout.pk, (0, None)) if holdout else (0, None)
    return Row(
        pk=customer.pk,
        name=customer.name,
        login=customer.login,
        contract=customer.contract,
        standing=holdout.standing if holdout else "",
        standing_title=words.standing_title(holdout.standing) if holdout else _("Not in this campaign"),
        relapsed=holdout is not None and holdout.relapsed,
        reason=words.reason_title(holdout.reason) if holdout and holdout.reason else "",
        program=words.program_title(customer.client_program),
        last_legacy_at=holdout.last_legacy_at if holdout else None,
        last_auth_at=holdout.last_auth_at if holdout else None,
        notices=number,
        last_notice_at=last,
    )


def _choices(filters: Filters) -> dict[str, list[Choice]]:
    """The select boxes of the filter: (value as `url`, title, chosen)."""
    standings = {"left": _("All who still send the old way"), "moved": _("All who moved")}
    standings |= {str(standing): words.standing_title(standing) for standing in Standing}
    reasons = {str(reason): words.reason_title(reason) for reason in Reason} | {words.UNKNOWN: words.reason_title("")}
    programs = {name: words.program_title(name) for name in (*words.program_names(), words.UNKNOWN)}
    if filters.program and filters.program not in programs:
        programs[filters.program] = words.program_title(filters.program)
    named = {"standing": standings, "reason": reasons, "program": programs}
    return {
        field: [Choice(title, value, value == getattr(filters, field)) for value, title in titles.items()]
        for field, titles in named.items()
    }


def _chips(filters: Filters, choices: dict[str, list[Choice]]) -> list[Choice]:
    """What is filtered by, each with the address of the list without it."""
    chosen = [(field, choice.title) for field, found in choices.items() for choice in found if choice.chosen]
    chips = [Choice(title, filters.url(**{field: ""}), True) for field, title in chosen]
    if filters.q:
        chips.insert(0, Choice(_("begins with “%(words)s”") % {"words": filters.q}, filters.url(q=""), True))
    return chips


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "customers.html", {"list": None, "campaigns": []})
    filters = filters_of(request, campaign)
    found = find(campaign, filters)
    pages = pager(request, total=found.total)
    choices = _choices(filters)
    values = {
        "list": found,
        "rows": rows(campaign, filters, found, pages.shown),
        "pager": pages,
        "filters": filters,
        "choices": choices,
        "chips": _chips(filters, choices),
        "all_url": Filters(campaign.name).url(),
        "campaigns": campaign_choices(campaign, reverse("customers")),
        "searched": SEARCHED,
    }
    return show(request, "customers.html", values)
