"""Every notice word for word, for customers and neighbours to compare with the mail that they got. Nothing personal."""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear, TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.brands import Brand, of_host
from campaign.models import Campaign, CutoffChange, Language
from notices import compose, staff_copies, texts
from notices.models import Mailing, Notice
from notices.pages.frame import frame_of, spoken
from notices.pages.passages import Passage, in_one_line, passages

MINUTES_5 = 300
# What stands in every mail of a mailing as it stands in all others.
COMMON = (
    *("provider", "cutoff", "cutoff_day", "until", "until_day"),
    *("smtp_host", "smtp_port", "home", "phone", "hours", "own_network"),
)


@dataclass(frozen=True)
class Words:
    """One mailing's text in one language."""

    language: str
    subject_word: str
    subject: str
    body: tuple[Passage, ...]
    ways: dict[str, str]


@dataclass(frozen=True)
class Sent:
    """Mailings of a month that say the same; `pk` is the newest of them."""

    pk: int
    subject: str
    to: str
    first: date
    last: date


def started(*, now: datetime) -> QuerySet[Mailing]:
    """Of which something went out; in the minutes after the start, in which it can be called back, nothing has."""
    gone = Notice.objects.filter(mailing=OuterRef("pk"), state=Notice.State.ACCEPTED)
    held = Q(hold_until__gt=now)
    found = Mailing.objects.filter(Exists(gone), started_at__isnull=False).exclude(held)
    return found.select_related("campaign", "text_ja", "text_en").order_by("-started_at", "-pk")


def listed(*, now: datetime) -> QuerySet[Mailing]:
    """Of the thousands that single customers asked for, the first and the last of a month that are alike."""
    found = started(now=now)
    month = TruncMonth("started_at", tzinfo=timezone.get_default_timezone())
    alike = (
        found.exclude(only_for=None).order_by().annotate(month=month).values("campaign", "text_ja", "text_en", "month")
    )
    first, last = alike.annotate(end=Min("pk")).values("end"), alike.annotate(end=Max("pk")).values("end")
    return found.filter(Q(only_for=None) | Q(pk__in=first) | Q(pk__in=last))


def words(mailing: Mailing, language: str, brand: Brand) -> Words:
    """In its own language, with the values that all customers of the brand have in common."""
    with translation.override(language):
        text, same = texts.of_mailing(mailing, language), common_values(mailing, language, brand)
        return Words(
            language=language,
            subject_word=_("Subject:"),
            subject=in_one_line(passages(text.subject, same=same)),
            body=passages(text.body, same=same),
            ways={"either": _("either:"), "some": _("for some:"), "otherwise": _("or:"), "end": _("to here")},
        )


def subject(mailing: Mailing, language: str, brand: Brand) -> str:
    with translation.override(language):
        source = texts.of_mailing(mailing, language).subject
        return in_one_line(passages(source, same=common_values(mailing, language, brand)))


def common_values(mailing: Mailing, language: str, brand: Brand) -> dict[str, object]:
    """The cut-off date is the one of that time, which was in the mail, even if it was moved since."""
    campaign, began = copy(mailing.campaign), mailing.started_at
    moved = CutoffChange.objects.filter(campaign=campaign, changed_at__gt=began).order_by("changed_at").first()
    if moved:
        campaign.cutoff_on = moved.old
    nobody = staff_copies.invented(address=f"@{brand.domains[0]}", language=language, program="", now=began)
    values = compose.values_for(nobody, campaign)
    return {name: values[name] for name in COMMON}


@require_safe
@cache_control(public=True, max_age=MINUTES_5)
def page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The newest year, or the one in the address."""
    now, brand = timezone.now(), of_host(request.get_host())
    found = listed(now=now)
    years = sorted(set(found.order_by().values_list(ExtractYear("started_at"), flat=True)), reverse=True)
    if year is not None and year not in years:
        raise Http404(year)
    shown = year or (years[0] if years else None)
    context = {
        "frame": frame_of(request),
        "sender": sender(brand),
        "years": years,
        "year": shown,
        "months": months(found.filter(started_at__year=shown), brand, now=now) if shown else [],
    }
    return render(request, "pages/published.html", context)


def sender(brand: Brand) -> str:
    return f"{brand.name[spoken()]} <{brand.notice_from}>"


def months(found: QuerySet[Mailing], brand: Brand, *, now: datetime) -> list[tuple[str, list[Sent]]]:
    """Newest first; mailings of a month that say the same word for word are one entry."""
    by_month = groupby(list(found), lambda each: timezone.localdate(each.started_at).replace(day=1))
    return [(date_format(month, "YEAR_MONTH_FORMAT"), _entries(list(each), brand, now=now)) for month, each in by_month]


def _entries(mailings: list[Mailing], brand: Brand, *, now: datetime) -> list[Sent]:
    alike: dict[tuple[object, ...], list[Mailing]] = {}
    for each in mailings:
        alike.setdefault((each.campaign_id, each.kind, each.text_ja_id, each.text_en_id), []).append(each)
    return [
        Sent(
            pk=same[0].pk,
            subject=subject(same[0], spoken(), brand),
            to=to_whom(same[0]),
            first=timezone.localdate(same[-1].started_at),
            last=last_day(same[0], now=now),
        )
        for same in alike.values()
    ]


def last_day(mailing: Mailing, *, now: datetime) -> date:
    """Until when its notices went out, or may still be going out."""
    return timezone.localdate(mailing.ended_at or mailing.paused_at or now)


def to_whom(mailing: Mailing) -> str:
    if mailing.kind == Mailing.Kind.THANKS:
        return _("to customers who have changed the setting")
    if mailing.kind == Mailing.Kind.GUIDE:
        return _("to customers who asked for it")
    if mailing.campaign.name == Campaign.Name.LOCAL_PORT25:
        return _("to customers who send mail over our lines without a password")
    return _("to customers who send mail the old way")


@require_safe
@cache_control(public=True, max_age=MINUTES_5)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, in both languages; that of the page comes first."""
    now, brand = timezone.now(), of_host(request.get_host())
    mailing = get_object_or_404(started(now=now), pk=pk)
    letters = sorted(
        (words(mailing, each, brand) for each in Language.values), key=lambda each: each.language != spoken()
    )
    first = timezone.localdate(mailing.started_at)
    context = {
        "frame": frame_of(request),
        "letters": letters,
        "titles": {each.value: each.label for each in Language},
        "subject": letters[0].subject,
        "sender": sender(brand),
        "year": first.year,
        "first": first,
        "last": last_day(mailing, now=now),
        "to": to_whom(mailing),
    }
    return render(request, "pages/published_notice.html", context)
