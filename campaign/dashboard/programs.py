"""What mail programs write in their headers and no guide knows, most frequent first."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from campaign.dashboard.shell import no_logs, pager, show
from campaign.models import Customer, UnknownProgram

DAYS = 28


@dataclass(frozen=True)
class Value:
    """One header value. `people` is the most on one day: over several days the same would count again."""

    value: str
    submissions: int
    people: int
    days: int
    last_day: date


def unknown(*, today: date) -> list[Value]:
    """The values of the last `DAYS` days."""
    rows = UnknownProgram.objects.filter(day__gt=today - timedelta(days=DAYS), day__lte=today)
    counted = rows.order_by().values_list("value").annotate(Sum("submissions"), Max("people"), Count("day"), Max("day"))
    return sorted((Value(*row) for row in counted), key=lambda one: (-one.submissions, one.value))


def page(request: HttpRequest) -> HttpResponse:
    found = unknown(today=timezone.localdate())
    pages = pager(request, total=len(found))
    values = {
        "no_logs": not found and no_logs(),
        "values": found[pages.shown],
        "total": len(found),
        "pager": pages,
        "days": DAYS,
        "headers_are_logged": bool(found) or Customer.objects.exclude(client_program="").exists(),
    }
    return show(request, "programs.html", values)
