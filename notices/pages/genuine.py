"""Whether an announcement number is one of ours. Of the mail it tells the day and the subject, of the customer nothing.

There are 900 million numbers. With a million notices every nine-hundredth guess is one: an address finds about four
in three hours, all together two in three minutes, and learns of it what the list of notices shows to everybody anyway.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaign.brands import Brand, of_host
from notices.compose import spelled
from notices.models import Notice
from notices.pages import limit, published
from notices.pages.frame import frame_of
from notices.pages.number import LONGEST, number_in

RATE = limit.Rate("genuine", each=20, together=600)


@dataclass(frozen=True)
class Sent:
    """What anybody may know of the mail with a number of ours."""

    at: datetime
    subject: str
    language: str
    mailing: int


def sent_with(number: str, brand: Brand) -> Sent | None:
    """The mail that went out with this number; None if none did, or not yet. The subject is in the words of `brand`,
    whose page was asked: that of the customer would tell something of the customer."""
    notices = Notice.objects.select_related("mailing__campaign", "mailing__text_ja", "mailing__text_en")
    # One whose outcome is not known went out, if somebody reads its number off a mail.
    notice = notices.perhaps_out().filter(number=number).first()
    if notice is None:
        return None
    subject = published.subject(notice.mailing, notice.language, brand)
    return Sent(notice.accepted_at or notice.claimed_at, subject, notice.language, notice.mailing_id)


# Without Django's form token: nothing changes, nobody has a right here, and so no cookie is needed.
@csrf_exempt
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    context = {"frame": frame_of(request), "typed": "", "wrong": False, "sent": None, "answered": False}
    if request.method != "POST":
        return render(request, "pages/genuine.html", context)
    if not limit.allowed(request, now=timezone.now(), rate=RATE):
        return render(request, "pages/busy.html", context, status=429)
    typed = request.POST.get("number", "")[:LONGEST]
    number = number_in(typed)
    if number is None:
        return render(request, "pages/genuine.html", context | {"typed": typed, "wrong": True}, status=400)
    found = {"typed": spelled(number), "sent": sent_with(number, of_host(request.get_host())), "answered": True}
    return render(request, "pages/genuine.html", context | found)
