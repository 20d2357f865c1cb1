"""The list of customers: filtered, searched, paged; everything that was chosen is in the address."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign import brands
from campaign.customers.places import by_last_mail_alone, is_nearly_one, network_in
from campaign.dashboard import bulk_offer, finding, saved_views, words
from campaign.dashboard.contact import known_tags
from campaign.dashboard.finding import (
    NO_WAVE,
    YES,
    Filters,
    Found,
    client_address,
    filters_in,
    find,
    keys,
)
from campaign.dashboard.left_out import left_out
from campaign.dashboard.shell import Choice, campaign_choices, chosen_campaign, pager, show
from campaign.models import Campaign, Customer, DailyUse, Holdout, Reason, Standing, Tagging, WavePlan
from notices.models import Notice

EXPORT = "campaign.export_customer"


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
    wave: int | None
    tags: tuple[str, ...]
    certainty: str  # of the last day of mail sent the old way
    next_step: str


def rows(campaign: Campaign, filters: Filters, found: Found, shown: slice, *, today: date) -> list[Row]:
    return rows_of(campaign, keys(campaign, filters, found, shown, today=today))


def rows_of(campaign: Campaign, keys: list[int]) -> list[Row]:
    """In the order of the keys."""
    customers = Customer.objects.in_bulk(keys)
    held = Holdout.objects.filter(campaign=campaign, customer__in=keys).annotate(sure=Exists(_sure(campaign)))
    holdouts = {each.customer_id: each for each in held}
    sent = Notice.objects.filter(holdout__in=[each.pk for each in holdouts.values()], state=Notice.State.ACCEPTED)
    sent = sent.values_list("holdout").annotate(Count("pk"), Max("accepted_at")).order_by()
    notices = {holdout: (number, last) for holdout, number, last in sent}
    tags: dict[int, list[str]] = {}
    for key, tag in (
        Tagging.objects.filter(customer__in=keys).order_by("tag__name").values_list("customer", "tag__name")
    ):
        tags.setdefault(key, []).append(tag)
    return [_row(customers[key], holdouts.get(key), notices, tuple(tags.get(key, ()))) for key in keys]


def _sure(campaign: Campaign) -> QuerySet[DailyUse]:
    """The last day of mail sent the old way, where it names the customer beyond doubt."""
    last = {"customer": OuterRef("customer"), "day": OuterRef("last_legacy_on")}
    return DailyUse.objects.filter(**last, submission_class=campaign.legacy_class, confirmed__gt=0)


def _row(
    customer: Customer, holdout: Holdout | None, notices: dict[int, tuple[int, datetime]], tags: tuple[str, ...]
) -> Row:
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
        wave=holdout.wave if holdout else None,
        tags=tags,
        certainty=words.certainty_title(holdout.sure) if holdout else "",
        next_step=words.short_step(holdout.standing, holdout.reason) if holdout else "",
    )


def _choices(filters: Filters, waves: int) -> dict[str, list[Choice]]:
    """The select boxes of the filter: (value as `url`, title, chosen). One that would have nothing is left out."""
    standings = {name: title() for name, title in words.GROUP_TITLES.items()}
    standings |= {str(standing): words.standing_title(standing) for standing in Standing}
    reasons = {str(reason): words.reason_title(reason) for reason in Reason} | {words.UNKNOWN: words.reason_title("")}
    programs = {name: words.program_title(name) for name in (*words.program_names(), words.UNKNOWN)}
    numbers = {str(wave): words.wave_title(str(wave)) for wave in range(1, waves + 1)}
    tags = {name: name for name in known_tags()}
    all_brands = brands.brands()
    named = {
        "standing": standings,
        "reason": reasons,
        "program": _with(programs, filters.program, words.program_title(filters.program)),
        "wave": numbers | {NO_WAVE: words.wave_title(NO_WAVE)} if numbers else _with({}, filters.wave, filters.wave),
        "tag": _with(tags, filters.tag, filters.tag),
        "brand": {each.slug: each.name[get_language()] for each in all_brands} if len(all_brands) > 1 else {},
        "range": {filters.range: filters.range} if filters.range else {},
        "undelivered": {YES: _("Only those whom no mail reaches")},
        "delayed": {YES: _("Only those with more time")},
    }
    return {
        field: [Choice(title, value, value == getattr(filters, field)) for value, title in titles.items()]
        for field, titles in named.items()
        if titles
    }


def _with(titles: dict[str, str], value: str, title: str) -> dict[str, str]:
    """What an address may ask for although nothing has it any more must be seen, to be removed."""
    return titles if not value or value in titles else titles | {value: title}


def _chips(filters: Filters, choices: dict[str, list[Choice]]) -> list[Choice]:
    """What is filtered by, each with the address of the list without it."""
    chosen = [(field, choice) for field, found in choices.items() for choice in found if choice.chosen]
    chips = [
        Choice(
            words.filter_title(field, choice.url) if field in words.FILTER_TITLES else choice.title,
            filters.url(**{field: ""}),
            True,
        )
        for field, choice in chosen
    ]
    if filters.q:
        place = client_address(filters.q) or str(network_in(filters.q) or "")
        chips.insert(0, Choice(_chip_of(filters.q, place), filters.url(q=""), True))
    return chips


def _chip_of(words: str, place: str) -> str:
    """What a search looks for; `place`: the address or the network that the words are, or ""."""
    if place:
        return _("sent from %(words)s") % {"words": place}
    begins = len(words) == 1  # or nearly everybody would be found
    return (_("begins with “%(words)s”") if begins else _("found by “%(words)s”")) % {"words": words}


def without(
    campaign: Campaign, filters: Filters, choices: dict[str, list[Choice]], *, today: date
) -> list[tuple[Choice, Found]]:
    """For an empty list: the filters without which there would be somebody, each with how many, most first."""
    chips = _chips(filters, choices)
    ways = [(chip, find(campaign, _left_by(chip, campaign), today=today)) for chip in chips] if len(chips) > 1 else []
    return sorted(((chip, found) for chip, found in ways if found.total), key=lambda way: -way[1].total)


def _left_by(chip: Choice, campaign: Campaign) -> Filters:
    return filters_in(QueryDict(urlsplit(chip.url).query), campaign)


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "customers.html", {"list": None, "campaigns": []})
    return shown(request, campaign, filters_in(request.GET, campaign), bulk_offer.Sent())


def shown(request: HttpRequest, campaign: Campaign, filters: Filters, sent: bulk_offer.Sent) -> HttpResponse:
    """With what was `sent` for a change to many and cannot be."""
    today = timezone.localdate()
    found = find(campaign, filters, today=today)
    pages = pager(request, total=found.total)
    plan = WavePlan.objects.filter(campaign=campaign).first()
    choices = _choices(filters, plan.waves if plan else 0)
    values = {
        "list": found,
        "rows": rows(campaign, filters, found, pages.shown, today=today),
        "pager": pages,
        "filters": filters,
        "choices": choices,
        "chips": _chips(filters, choices),
        "without": [] if found.total else without(campaign, filters, choices, today=today),
        "all_url": Filters(campaign.name).url(),
        "campaigns": campaign_choices(campaign, reverse("customers")),
        "searched": finding.SEARCHED,
        "counted": finding.COUNTED,
        "nearly_address": is_nearly_one(filters.q),
        "by_last_mail": bool((network := network_in(filters.q)) and by_last_mail_alone(network)),
        "export_url": filters.url("customers_file") if request.user.has_perm(EXPORT) else "",
        "views": saved_views.shown(request.user, filters),
        "bulk": bulk_offer.offered(request.user, campaign, now=timezone.now(), today=today),
        "sent": sent,
        "left_out": left_out(request.GET, filters),
    }
    return show(request, "customers.html", values, status=422 if sent.wrong else 200)
