"""The answer to one trial cut-off: what would have failed, of whom, and whether they know of it."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from campaign.cutoff.weeks import Week
from campaign.dashboard import bars, words
from campaign.dashboard.cutoff import ASK, RULE_TITLES, week_title
from campaign.dashboard.figures import ORDER, Tile, percent
from campaign.dashboard.shell import Choice, pager, show
from campaign.jinja import count
from campaign.models import AttributedDay, Holdout, ShadowHit, ShadowRun, Standing, Stream, SubmissionClass
from notices.models import Notice

SHOWN_RANGES = 10  # before "all of them" is unfolded
BELIEVED_SAFE = (Standing.EXEMPT, Standing.MIGRATED, Standing.MOVING, Standing.SILENT)
NOT_FOUND = "none"  # in an address: who was no holdout on the eve of the week
NOTICED = ("with", "without")


@dataclass(frozen=True)
class Reach:
    """Customers hit, by where they stood on the eve of the week and stand now, and by whether a notice reached them.

    Who is hit both ways counts under each standing that he has, but once among those who were `believed_safe`.
    """

    before: dict[str, int]
    now: dict[str, int]
    noticed: int
    without: int
    believed_safe: int

    @property
    def twice(self) -> int:
        """Those hit both ways who stood differently in the two campaigns: so much more than people is in `before`."""
        return sum(self.before.values()) - self.noticed - self.without


@dataclass(frozen=True)
class Row:
    title: str
    refused: int
    people: int
    bar: Markup
    notes: tuple[str, ...] = ()
    url: str = ""
    css: str = ""


@dataclass(frozen=True)
class Person:
    """A customer hit, one way."""

    pk: int
    login: str
    name: str
    submission_class: str
    way: str
    submissions: int
    confirmed: int
    client_program: str
    program: str
    last_at: datetime
    before: str
    before_title: str
    now: str
    now_title: str
    noticed: bool


def reach(run: ShadowRun) -> Reach:
    hits = run.hits.order_by()
    people = Count("customer", distinct=True)
    noticed = hits.filter(_has_notice()).people()
    return Reach(
        before=dict(hits.values_list("standing_before").annotate(people)),
        now=dict(hits.annotate(now=_standing_now()).values_list("now").annotate(people)),
        noticed=noticed,
        without=hits.people() - noticed,
        believed_safe=hits.filter(standing_before__in=BELIEVED_SAFE).people(),
    )


def _has_notice() -> Exists:
    """A notice of any campaign that the relay took."""
    return Exists(Notice.objects.filter(holdout__customer=OuterRef("customer"), state=Notice.State.ACCEPTED))


def _standing_now() -> Coalesce:
    holdouts = Holdout.objects.filter(campaign__name=OuterRef("submission_class"), customer=OuterRef("customer"))
    return Coalesce(Subquery(holdouts.values("standing")[:1]), Value(""), output_field=CharField())


def people(hits: QuerySet[ShadowHit], shown: slice) -> list[Person]:
    """Most mail first."""
    found = hits.annotate(now=_standing_now(), noticed=_has_notice()).select_related("customer")
    return [_person(hit) for hit in found.order_by("-submissions", "pk")[shown]]


def _person(hit: ShadowHit) -> Person:
    return Person(
        pk=hit.customer.pk,
        login=hit.customer.login,
        name=hit.customer.name,
        submission_class=hit.submission_class,
        way=hit.get_submission_class_display(),
        submissions=hit.submissions,
        confirmed=hit.confirmed,
        client_program=hit.client_program,
        program=words.program_title(hit.client_program),
        last_at=hit.last_at,
        before=hit.standing_before,
        before_title=standing_title(hit.standing_before),
        now=hit.now,
        now_title=standing_title(hit.now),
        noticed=hit.noticed,
    )


def standing_title(standing: str) -> str:
    return words.standing_title(standing) if standing else _("Not found yet")


def outdated(run: ShadowRun) -> bool:
    """Whether logs of the week, or of the day after it, came when the answer was there already."""
    days = AttributedDay.objects.filter(day__range=(run.first_day, Week(run.first_day).last))
    return run.computed_at is not None and days.filter(attributed_at__gt=run.computed_at).exists()


def tiles(run: ShadowRun, found: Reach) -> list[Tile]:
    counts = run.counts
    refused, spared = sum(counts["refused"].values()), sum(counts["spared"].values())
    survives = counts["with_auth"] + spared
    hit, safe = counts["people"]["hit"], counts["people"]["safe"]
    share = _("%(share)s of all mail of customers") % {"share": percent(refused, refused + survives)}
    nameless = _("%(number)s of nobody who can be named") % {"number": count(counts["nameless"])}
    auth = _("%(number)s with SMTP-AUTH") % {"number": count(counts["with_auth"])}
    old = _("%(number)s the old way, which the rule allows") % {"number": count(spared)}
    return [
        Tile(_("Mail that would have failed"), count(refused), (share, nameless), css="left"),
        Tile(_("Customers hit"), count(hit), (_("of %(all)s who sent mail") % {"all": count(hit + safe)},)),
        Tile(_("Mail that goes on"), count(survives), (auth, old)),
        Tile(_("Customers who notice nothing"), count(safe), ()),
        Tile(
            _("Hit without any notice yet"),
            count(found.without),
            (_("%(number)s had one") % {"number": count(found.noticed)},),
            css="bad" if found.without else "",
            url=_url(run, notice="without"),
        ),
        Tile(
            _("Hit, and believed safe"),
            count(found.believed_safe),
            (
                _("on the eve of the week: %(standings)s")
                % {
                    "standings": " / ".join(standing_title(standing) for standing in ORDER if standing in BELIEVED_SAFE)
                },
            ),
            css="bad" if found.believed_safe else "",
        ),
    ]


def tables(run: ShadowRun, found: Reach) -> dict[str, object]:
    counts = run.counts
    ranges = _rows(counts["ranges"], lambda row: row["range"], _range_notes)
    return {
        "days": _rows(counts["days"], lambda row: date.fromisoformat(row["day"]), lambda row: _day_notes(counts, row)),
        "ways": [
            (SubmissionClass(name).label, counts["refused"].get(name, 0), counts["spared"].get(name, 0))
            for name in sorted({*counts["refused"], *counts["spared"]})
        ],
        "programs": _rows(counts["programs"], lambda row: words.program_title(row["program"])),
        "ranges": ranges[:SHOWN_RANGES],
        "more_ranges": ranges[SHOWN_RANGES:],
        "hosts": counts["hosts"],
        "standings": _standings(run, found),
    }


def _rows(found: list[dict], title, notes=lambda row: ()) -> list[Row]:
    most = max((row["refused"] for row in found), default=0)
    return [
        Row(title(row), row["refused"], row["people"], bars.bar(row["refused"], most, "left"), notes(row))
        for row in found
    ]


def _day_notes(counts: dict, row: dict) -> tuple[str, ...]:
    return tuple(_("missing: %(log)s") % {"log": Stream(name).label} for name in counts["missing"].get(row["day"], ()))


def _range_notes(row: dict) -> tuple[str, ...]:
    lines = ngettext("%(num)s address", "%(num)s addresses", row["lines"]) % {"num": count(row["lines"])}
    if not row["nameless"]:
        return (lines,)
    return lines, _("%(number)s of nobody who can be named") % {"number": count(row["nameless"])}


def _standings(run: ShadowRun, found: Reach) -> list[Row]:
    most = max(found.before.values(), default=0)
    return [
        Row(
            title=standing_title(standing),
            refused=0,
            people=found.before.get(standing, 0),
            bar=bars.bar(found.before.get(standing, 0), most, standing or "left"),
            url=_url(run, before=standing or NOT_FOUND),
            css=standing,
        )
        for standing in (*ORDER, "")
    ]


def _url(run: ShadowRun, **filters: str) -> str:
    chosen = urlencode({name: value for name, value in filters.items() if value})
    return f"{reverse('shadow', kwargs={'pk': run.pk})}?{chosen}#people" if chosen else "?#people"


def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    run = get_object_or_404(ShadowRun.objects.select_related("asked_by"), pk=pk)
    week = Week(run.first_day)
    values = {
        "run": run,
        "week": week,
        "week_title": week_title(week),
        "rule": RULE_TITLES[ShadowRun.Rule(run.rule)](),
        "failure": _(run.failure) if run.failure else "",
        "known": run.computed_at is not None,
        "may_ask": request.user.has_perm(ASK),
        "outdated": outdated(run),
    }
    if run.computed_at is not None:
        values |= _answer(request, run)
    return show(request, "shadow.html", values)


def _answer(request: HttpRequest, run: ShadowRun) -> dict[str, object]:
    before, notice = request.GET.get("before", ""), request.GET.get("notice", "")
    hits, chips = run.hits.all(), []
    if before in {*Standing.values, NOT_FOUND}:
        standing = "" if before == NOT_FOUND else before
        hits = hits.filter(standing_before=standing)
        chips.append(Choice(standing_title(standing), _url(run, notice=notice), True))
    if notice in NOTICED:
        hits = hits.filter(_has_notice() if notice == "with" else ~_has_notice())
        titles = {"with": _("with a notice"), "without": _("without any notice")}
        chips.append(Choice(titles[notice], _url(run, before=before), True))
    pages = pager(request, total=hits.count())
    found = reach(run)
    since = sum(found.now.get(standing, 0) for standing in (Standing.MOVING, Standing.MIGRATED))
    return {
        "tiles": tiles(run, found),
        "tables": tables(run, found),
        "people": people(hits, pages.shown),
        "total": hits.people(),
        "moved_since": since,
        "twice": found.twice,
        "chips": chips,
        "pager": pages,
    }
