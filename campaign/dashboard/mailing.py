"""One mailing: how far it is, what happens next, what it says, and what did not get through."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard import letter, noting, pulse
from campaign.dashboard.acts import ACTS, allowed_acts, texts_key
from campaign.dashboard.mailing_steps import steps
from campaign.dashboard.mailing_texts import audience, said
from campaign.dashboard.shell import pager, show
from campaign.dashboard.text import PREVIEW
from campaign.dashboard.words import mailing_title
from campaign.models import Customer
from campaign.roles import PEOPLE
from notices import cases, compose, reports
from notices.filling import WrongText
from notices.models import Delivery, Mailing, Notice

State = Mailing.State
MOST_UTF8 = 100  # on the page


@dataclass(frozen=True)
class Trouble:
    """A notice that did not get where it should, in the words of the mail relay or server."""

    customer: int
    login: str
    outcome: str
    at: datetime | None
    words: str


@dataclass(frozen=True)
class Shown:
    """The preview: the mail as one real holdout gets it, and the holdouts before and after."""

    login: str
    customer: int
    subject: str
    text: str
    before: int | None
    after: int | None


def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    begun, now = time.monotonic(), timezone.now()
    related = ("campaign", "planned_by", "approved_by", "text_ja", "text_en", "report_counts")
    mailing = get_object_or_404(Mailing.objects.select_related(*related), pk=pk)
    report = reports.of(mailing, now=now)
    pages = pager(request, total=report.refused + report.unknown + report.bounced + report.expired, size=20)
    acts = allowed_acts(mailing, request.user)
    own = mailing.state == State.PLANNED and mailing.planned_by_id == request.user.pk
    words = said(mailing)
    sees_people = request.user.has_perm(PEOPLE)
    may_preview = sees_people and request.user.has_perm(PREVIEW)
    shown = preview(mailing, asked=request.GET.get("preview", ""), now=now) if may_preview else None
    if shown:
        noting.seen(request, Customer(pk=shown.customer, login=shown.login), "preview")
    values = {
        "mailing": mailing,
        "campaign": mailing.campaign.name,
        "title": mailing_title(mailing.kind, mailing.period),
        "parts": pulse.parts(mailing, report, now=now, sees_people=sees_people),
        "every": pulse.every(time.monotonic() - begun),
        "steps": steps(mailing),
        "acts": {name: act.title() for name, act in ACTS.items() if name in acts and name != "texts"},
        "texts_key": texts_key(mailing),
        "take_texts": ACTS["texts"].title() if "texts" in acts and any(each.newer for each in words) else "",
        "own": own and request.user.has_perm("notices.approve_mailing"),
        "troubles": troubles(mailing, pages.shown) if sees_people else [],
        "in_utf8": Notice.objects.for_mailing(mailing).in_utf8_instead().count(),
        "whose_utf8": whose_utf8(mailing) if sees_people else [],
        "pager": pages,
        "said": words,
        "errors": any(finding.error for each in words for finding in each.findings),
        "to_tick": any(not finding.error for each in words for finding in each.findings),
        "audience": audience(mailing, now=now),
        "may_preview": may_preview,
        "preview": shown,
    }
    return show(request, "mailing.html", values)


def troubles(mailing: Mailing, shown: slice) -> list[Trouble]:
    """Those in `shown`, of all in the order of their keys."""
    ends = reports.ends(mailing)
    notices = Notice.objects.filter(mailing=mailing, pk__range=ends)
    ended = notices.filter(state__in=(Notice.State.REFUSED, Notice.State.UNKNOWN)).order_by("pk")
    failed = Delivery.objects.filter(notice__mailing=mailing, fate__in=(Delivery.Fate.BOUNCED, Delivery.Fate.EXPIRED))
    failed = failed.filter(notice__gte=ends[0], notice__lte=ends[1]).order_by("notice")
    # Each half by its own index, and no further than needed: for the "or" a database would read the whole ledger.
    halves = ended.values_list("pk", flat=True)[: shown.stop], failed.values_list("notice", flat=True)[: shown.stop]
    wanted = sorted({pk for half in halves for pk in half})[shown]
    found = Notice.objects.filter(pk__in=wanted).select_related("holdout__customer", "delivery").order_by("pk")
    return [_trouble(notice) for notice in found]


def _trouble(notice: Notice) -> Trouble:
    delivery = getattr(notice, "delivery", None)
    customer = notice.holdout.customer
    if delivery and notice.state == Notice.State.ACCEPTED:
        said = f"{delivery.status_code} {delivery.text}".strip()
        return Trouble(customer.pk, customer.login, delivery.get_fate_display(), delivery.at, said)
    at = notice.ended_at or notice.claimed_at
    return Trouble(customer.pk, customer.login, notice.get_state_display(), at, _(notice.reply))


def whose_utf8(mailing: Mailing) -> list[tuple[int, str]]:
    """The first of the customers with an old program whose mail its coding could not hold: primary key and login."""
    found = Notice.objects.for_mailing(mailing).in_utf8_instead().order_by("pk")
    return list(found.values_list("holdout__customer", "holdout__customer__login")[:MOST_UTF8])


def preview(mailing: Mailing, *, asked: str, now: datetime) -> Shown | None:
    """The mail to the holdout whose notice is `asked` for, or to the first; None where there is no notice."""
    notices = Notice.objects.filter(mailing=mailing, pk__range=reports.ends(mailing))
    full = notices.select_related("holdout__customer", "mailing__campaign")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    notice = full.filter(pk=wanted).first() or full.order_by("pk").first()
    if notice is None:
        return None
    customer = notice.holdout.customer
    subject, text = _read(notice, now=now)
    return Shown(
        login=customer.login,
        customer=customer.pk,
        subject=subject,
        text=text,
        before=notices.filter(pk__lt=notice.pk).order_by("-pk").values_list("pk", flat=True).first(),
        after=notices.filter(pk__gt=notice.pk).order_by("pk").values_list("pk", flat=True).first(),
    )


def _read(notice: Notice, *, now: datetime) -> tuple[str, str]:
    """Subject and text, read back from the very bytes that would go out."""
    try:
        found = letter.read(cases.of_notice(notice), notice.mailing, now=now)
    except (compose.NotSendable, WrongText) as error:
        return _("This notice cannot be sent"), str(error)
    return found.subject, found.text
