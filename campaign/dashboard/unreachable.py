"""Whom no mail reaches, for letter or phone: the list, and the same as a file."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard import noting, words
from campaign.dashboard.shell import Choice, campaign_choices, chosen_campaign, pager, show
from campaign.models import Campaign, Holdout, Standing
from notices.deliveries import unreachable
from notices.deliveries.unreachable import Reason

EXPORT = "notices.export_unreachable"
# What a spreadsheet would take for a formula, also as Japanese input methods write it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CHUNK = 2000


@dataclass(frozen=True)
class Filters:
    campaign: str
    reason: str = ""

    def url(self, name: str = "unreachable", **changes: str) -> str:
        chosen = {key: value for key, value in (asdict(self) | changes).items() if value}
        return f"{reverse(name)}?{urlencode(chosen)}"


@dataclass(frozen=True)
class Row:
    customer: int
    name: str
    login: str
    address: str
    contract: str
    standing: str
    standing_title: str
    reason_title: str
    since: datetime | None
    words: str
    last_legacy_at: datetime


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "unreachable.html", {"filters": None, "campaigns": []})
    filters = filters_of(request, campaign)
    listed = found(campaign, filters)
    total = unreachable.count(campaign, reason=filters.reason)
    pages = pager(request, total=total)
    may_export = request.user.has_perm(EXPORT)
    values = {
        "filters": filters,
        "reasons": reasons(filters),
        "rows": [row_of(holdout) for holdout in told(listed[pages.shown])],
        "total": total,
        "pager": pages,
        "campaign": campaign.name,
        "campaigns": campaign_choices(campaign, reverse("unreachable")),
        "export_url": filters.url("unreachable_file") if may_export else "",
        "letters_url": filters.url("unreachable_letters", page=str(pages.number)) if may_export else "",
    }
    return show(request, "unreachable.html", values)


def filters_of(request: HttpRequest, campaign: Campaign) -> Filters:
    asked = request.GET.get("reason", "")
    return Filters(campaign.name, asked if asked in Reason.values else "")


def chosen(request: HttpRequest, campaign: Campaign, page: int = 0) -> dict[str, object]:
    """What the audit keeps of the filters of an export; `page` 0 is the whole list."""
    given = asdict(filters_of(request, campaign)) | {"page": page}
    return {name: value for name, value in given.items() if value}


def reasons(filters: Filters) -> list[Choice]:
    titles = {"": _("All"), **{str(reason): str(reason.label) for reason in Reason}}
    return [Choice(title, filters.url(reason=reason), reason == filters.reason) for reason, title in titles.items()]


def found(campaign: Campaign, filters: Filters) -> QuerySet[Holdout]:
    """Who sent the old way last comes first: there the letter is most worth while."""
    return in_order(unreachable.listed(campaign, reason=filters.reason))


def in_order(holdouts: QuerySet[Holdout]) -> QuerySet[Holdout]:
    return holdouts.order_by("-last_legacy_at", "pk")


def told(some: QuerySet[Holdout]) -> QuerySet[Holdout]:
    """Some of those that were `found`, with all that the list says of them."""
    return in_order(unreachable.told(some.values_list("pk", flat=True))).select_related("customer")


def row_of(holdout: Holdout) -> Row:
    customer = holdout.customer
    return Row(
        customer=customer.pk,
        name=customer.name,
        login=customer.login,
        address=customer.notice_address,
        contract=customer.contract,
        standing=holdout.standing,
        standing_title=words.standing_title(holdout.standing),
        reason_title=str(Reason(holdout.unreached).label),
        since=holdout.unreached_since,
        words=_(holdout.unreached_words) if holdout.unreached_words else "",
        last_legacy_at=holdout.last_legacy_at,
    )


def file(request: HttpRequest) -> HttpResponse:
    """The whole list for a spreadsheet, a chunk at a time, however long it is."""
    campaign = chosen_campaign(request)
    if campaign is None:
        return HttpResponse(status=404)
    filters = filters_of(request, campaign)
    keys = list(found(campaign, filters).values_list("pk", flat=True))
    noting.exported(request, "unreachable", rows=len(keys), filters=chosen(request, campaign))
    response = StreamingHttpResponse(_lines(campaign, keys), content_type="text/csv; charset=utf-8")
    name = f"unreachable-{campaign.name}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class Echo:
    """csv wants a file; a line is what comes back from writing to this one."""

    def write(self, line: str) -> str:
        return line


def _lines(campaign: Campaign, keys: list[int]) -> Iterator[bytes]:
    writer = csv.writer(Echo())
    heads = (
        *(_("Name"), _("Login"), _("Notices go to"), _("Contract"), _("Standing")),
        *(_("Why no mail arrives"), _("Since"), _("In the words of the mail server"), _("Last the old way")),
        _("Cut-off date"),
    )
    standings = {str(standing): words.standing_title(standing) for standing in Standing}
    why = {str(reason): str(reason.label) for reason in Reason}
    yield "\ufeff".encode()  # without it a spreadsheet takes UTF-8 for something else
    yield writer.writerow(heads).encode()
    for holdout in _everybody(keys):
        customer = holdout.customer
        cells = (
            *(customer.name, customer.login, customer.notice_address, customer.contract, standings[holdout.standing]),
            *(why[holdout.unreached], _stamp(holdout.unreached_since), holdout.unreached_words),
            *(_stamp(holdout.last_legacy_at), campaign.cutoff_on.isoformat()),
        )
        yield writer.writerow([defused(cell) for cell in cells]).encode()


def _everybody(keys: list[int]) -> Iterator[Holdout]:
    for begin in range(0, len(keys), CHUNK):
        yield from in_order(unreachable.told(keys[begin : begin + CHUNK])).select_related("customer")


def _stamp(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
