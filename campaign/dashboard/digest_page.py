"""Whether somebody gets the numbers by mail each week, what the mail says, and what became of the last ones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.audit import Act, Thing
from campaign.dashboard import noting
from campaign.dashboard.shell import Choice, show
from campaign.models import Digest, DigestWish, Language

LAST = 8


@dataclass(frozen=True)
class Sent:
    week: date
    address: str
    outcome: str
    ended_at: datetime | None
    words: str


def page(request: HttpRequest) -> HttpResponse:
    """One's own alone: nobody signs a colleague up."""
    from campaign.dashboard import digest  # with what draws, which the other pages have no use for

    user, now = request.user, timezone.now()
    cannot = digest.why_not(user)
    if request.method == "POST":
        return _changed(request, cannot, now=now)
    wish = DigestWish.objects.filter(user=user).first()
    asked = request.GET.get("language", "")
    language = asked if asked in Language.values else wish.language if wish else get_language()
    sheets = digest.sheets_in(language, now=now)
    with translation.override(language):
        mail = (digest.subject(sheets), digest.text(sheets)) if sheets else None
    values = {
        "wish": wish,
        "wish_language": wish.get_language_display() if wish else "",
        "cannot": cannot,
        "address": user.email,
        "next_on": _next_on(wish, today=timezone.localdate(now)),
        "languages": [Choice(str(title), code, code == language) for code, title in Language.choices],
        "mail": mail,
        "mail_language": language,
        "papers": [sheet.name for sheet in sheets],
        "sent": [
            Sent(each.week, each.address, each.get_state_display(), each.ended_at, each.reply)
            for each in Digest.objects.filter(recipient=user).order_by("-week")[:LAST]
        ],
    }
    return show(request, "digest.html", values)


def _next_on(wish: DigestWish | None, *, today: date) -> date | None:
    """The Monday on which the next one goes out."""
    if wish is None:
        return None
    monday = today - timedelta(days=today.weekday())
    begun = timezone.localdate(wish.since) < monday
    got = Digest.objects.filter(recipient=wish.user_id, week=monday).exclude(state=Digest.State.WAITING).exists()
    return today if begun and not got else monday + timedelta(days=7)


def _changed(request: HttpRequest, cannot: str, *, now: datetime) -> HttpResponse:
    user, language = request.user, request.POST.get("language", "")
    on = Thing("digest", str(user.pk), user.get_username())
    with transaction.atomic():
        if request.POST.get("act") == "off":
            if DigestWish.objects.filter(user=user).delete()[0]:
                noting.note(request, Act.REMOVED, on)
            messages.success(request, _("You get no more mail with the numbers."))
        elif cannot:
            messages.error(request, cannot)
        else:
            language = language if language in Language.values else get_language()
            _wish, made = DigestWish.objects.update_or_create(
                user=user, defaults={"language": language}, create_defaults={"language": language, "since": now}
            )
            noting.note(request, Act.ADDED if made else Act.CHANGED, on, after={"language": language})
            messages.success(request, _("You get the numbers by mail, each Monday."))
    return HttpResponseRedirect(reverse("digest"), status=303)
