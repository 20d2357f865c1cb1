"""The audit: who did what, when and from where; for administrators, and as a file."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import roles
from campaign.dashboard import audit_fields, noting
from campaign.dashboard.audit_words import changes, kind_title, thing_title
from campaign.dashboard.shell import Choice, pager, show
from campaign.dashboard.unreachable import Echo, defused
from campaign.models import AuditEntry, Customer
from campaign.models.spellings import narrow
from campaign.plan import reached

EXPORT = "campaign.export_audit"
COUNTED = 10_000  # entries that are counted and can be paged to; who wants to see more has to filter
ON_A_CUSTOMER = 10  # of a customer's entries, on the customer's page
CHUNK = 2000
BULK = "bulkchange"  # the kind of thing


@dataclass(frozen=True)
class Filters:
    """What the address asks for; a value that does not exist there is no filter."""

    by: str = ""  # a login
    act: str = ""
    customer: str = ""  # a login
    day: str = ""

    @property
    def any(self) -> bool:
        return any(asdict(self).values())

    def url(self, name: str, **changes: str) -> str:
        chosen = {key: value for key, value in (asdict(self) | changes).items() if value}
        return f"{reverse(name)}?{urlencode(chosen)}" if chosen else reverse(name)


@dataclass(frozen=True)
class Row:
    at: datetime
    by: str
    remote: str
    act: str
    kind: str
    what: str
    customer: int | None  # to link to; None where there is none any more
    login: str
    changes: tuple[str, ...]
    reason: str


def filters_of(request: HttpRequest) -> Filters:
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:254] for name in ("by", "act", "customer")}
    act = asked.pop("act")
    day = _day(request.GET.get("day", ""))
    return Filters(act=act if act in AuditEntry.Act.values else "", day=day.isoformat() if day else "", **asked)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def found(filters: Filters) -> QuerySet[AuditEntry]:
    """The newest first."""
    entries = AuditEntry.objects.order_by("-at", "-pk")
    if filters.by:
        user = get_user_model().objects.filter(username=filters.by).values_list("pk", flat=True).first()
        entries = entries.filter(by=user) if user else entries.filter(by=None, by_name=filters.by)
    if filters.act:
        entries = entries.filter(act=filters.act)
    if filters.customer:
        login = narrow(filters.customer).lower()
        entries = entries.filter(about(list(Customer.objects.filter(login=login).values_list("pk", flat=True))))
    if filters.day:
        begin = timezone.make_aware(datetime.combine(date.fromisoformat(filters.day), time()))
        entries = entries.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    return entries


def about(customers: list[int]) -> Q:
    """Entries of these customers, and of the changes of very many that reached them."""
    of_many = reached.entries_of(customers)
    return Q(customer__in=customers) | Q(pk__in=of_many) if of_many else Q(customer__in=customers)


def _of_one_change(entries: QuerySet[AuditEntry], filters: Filters) -> QuerySet[AuditEntry]:
    """A change of several customers stands in the list once, if nobody asks about one of them."""
    return entries if filters.customer else entries.exclude(kind=BULK, customer__isnull=False)


def rows(entries: list[AuditEntry]) -> list[Row]:
    keys = {entry.customer_id for entry in entries if entry.customer_id}
    logins = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "login"))
    return [_row(entry, logins) for entry in entries]


def _row(entry: AuditEntry, logins: dict[int, str]) -> Row:
    login = logins.get(entry.customer_id, "")
    return Row(
        at=entry.at,
        by=entry.by_name,
        remote=entry.remote,
        act=entry.get_act_display(),
        kind=kind_title(entry.kind),
        what=thing_title(entry.kind, entry.what) if entry.what != login else "",
        customer=entry.customer_id if login else None,
        login=login,
        changes=tuple(changes(entry.before, entry.after)),
        reason=audit_fields.reason(entry.reason),
    )


def of_customer(customer: Customer) -> list[Row]:
    """The last looks and changes, for the customer's page."""
    found = AuditEntry.objects.filter(about([customer.pk]))
    return rows(list(found.order_by("-at", "-pk")[:ON_A_CUSTOMER]))


def page(request: HttpRequest) -> HttpResponse:
    filters = filters_of(request)
    entries = _of_one_change(found(filters), filters)
    total = entries[: COUNTED + 1].count()
    pages = pager(request, total=min(total, COUNTED))
    values = {
        "filters": filters,
        "acts": [Choice(str(act.label), act.value, act == filters.act) for act in AuditEntry.Act],
        "people": _people(),
        "rows": rows(list(entries[pages.shown])),
        "total": min(total, COUNTED),
        "capped": total > COUNTED,
        "pager": pages,
        "all_url": reverse("audit"),
        "may_administer": request.user.has_perm(roles.USERS),
        "export_url": filters.url("audit_file") if request.user.has_perm(EXPORT) else "",
    }
    return show(request, "audit.html", values)


def _people() -> list[str]:
    return list(get_user_model().objects.order_by("username").values_list("username", flat=True))


def file(request: HttpRequest) -> HttpResponse:
    """All that the filters find, a chunk at a time."""
    filters = filters_of(request)
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    entries = found(filters).filter(pk__lte=newest)  # without the entry of this export
    noting.exported(request, "audit", rows=entries.count(), filters={k: v for k, v in asdict(filters).items() if v})
    response = StreamingHttpResponse(_lines(entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[bytes]:
    writer = csv.writer(Echo())
    heads = (_("When"), _("Who"), _("From which address"), _("Act"), _("Kind"), _("Key"), _("What"), _("Customer"))
    yield "\ufeff".encode()
    yield writer.writerow((*heads, _("Before"), _("After"), _("Reason"))).encode()
    for entry in entries.iterator(chunk_size=CHUNK):
        cells = (
            *(timezone.localtime(entry.at).isoformat(timespec="seconds"), entry.by_name, entry.remote, entry.act),
            *(entry.kind, entry.key, entry.what, str(entry.customer_id or "")),
            *(_json(entry.before), _json(entry.after), entry.reason),
        )
        yield writer.writerow([defused(cell) for cell in cells]).encode()


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
