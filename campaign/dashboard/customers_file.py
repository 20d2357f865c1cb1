"""The list of customers as a file for spreadsheets: what the filters find, all of it, however long it is."""

import csv
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard import noting
from campaign.dashboard.customers import rows_of
from campaign.dashboard.finding import Filters, Found, everybody, filters_in, find, number
from campaign.dashboard.left_out import left_out
from campaign.dashboard.shell import chosen_campaign
from campaign.dashboard.unreachable import Echo, defused
from campaign.models import Campaign


def file(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return HttpResponse(status=404)
    today, filters = timezone.localdate(), filters_in(request.GET, campaign)
    if left_out(request.GET, filters):  # a file cannot say so, and would have everybody
        return HttpResponseRedirect(f"{reverse('customers')}?{request.GET.urlencode()}")
    found = find(campaign, filters, today=today)
    noting.exported(request, "customers", rows=number(campaign, filters, found, today=today), filters=asdict(filters))
    lines = _lines(campaign, filters, found, today=today)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"customers-{campaign.name}-{today:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(campaign: Campaign, filters: Filters, found: Found, *, today: date) -> Iterator[bytes]:
    writer = csv.writer(Echo())
    heads = (
        *(_("Name"), _("Login"), _("Contract"), _("Standing"), _("Fell back"), _("Reason"), _("Mail program")),
        *(_("Last the old way"), _("Last with SMTP-AUTH"), _("Notices"), _("Last notice"), _("Wave"), _("Tags")),
        *(_("Certainty"), _("Next step")),
    )
    yield "\ufeff".encode()  # without it a spreadsheet takes UTF-8 for something else
    yield writer.writerow(heads).encode()
    for some in everybody(campaign, filters, found, today=today):
        for row in rows_of(campaign, some):
            cells = (
                *(row.name, row.login, row.contract, row.standing_title, _("yes") if row.relapsed else "", row.reason),
                *(row.program, _stamp(row.last_legacy_at), _stamp(row.last_auth_at), str(row.notices)),
                *(_stamp(row.last_notice_at), str(row.wave or ""), ", ".join(row.tags), row.certainty, row.next_step),
            )
            yield writer.writerow([defused(cell) for cell in cells]).encode()


def _stamp(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
