"""Unexplained relays: by day, and by range of addresses, those that sound the alarm first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from campaign.cutoff.relays import Check, Evidence, checks
from campaign.dashboard import bars
from campaign.dashboard.shell import no_logs, pager, show
from campaign.models import DailyCount, RelayedDay, SubmissionClass

DAYS = 14  # of the table by day
LOUDEST = 200  # ranges that sound the alarm on one page; the rest is behind them
CHECK_TITLES = {
    Check.HOLE: lambda: _("Hole in the login logs"),
    Check.FAMILY: lambda: _("IPv4 and IPv6 apart"),
    Check.CLOCK: lambda: _("Clock of the login server"),
    Check.LONG_SESSION: lambda: _("Login longer ago"),
    Check.OPEN_RELAY: lambda: _("Open relay"),
}
CHECK_ADVICE = {
    Check.HOLE: lambda: _(
        "At the time of the mail nobody at all logged in. Look whether a log of the POP and IMAP server is missing, "
        "and read it in: what it explains goes away by itself."
    ),
    Check.FAMILY: lambda: _(
        "No login of the day came by the same version of IP. The customer may collect mail by IPv4 and send by IPv6, "
        "or the other way round: look whether the POP and IMAP server listens on both."
    ),
    Check.CLOCK: lambda: _(
        "The address did log in, but later than it sent. Compare the clocks of the mail server and the login server."
    ),
    Check.LONG_SESSION: lambda: _(
        "The address did log in, but longer ago than WINDOW_MINUTES. Compare that setting with how long your mail "
        "server lets an address relay after a login, and look for mail programs that keep a session open."
    ),
    Check.OPEN_RELAY: lambda: _(
        "Nothing explains it. Look whether the address is a server of your own or a content filter (OWN_NETWORKS, "
        "FILTER_ADDRESSES), or forwards mail; otherwise the mail server relays for strangers."
    ),
}


@dataclass(frozen=True)
class Range:
    """A range of addresses with everything relayed from it that is still kept."""

    range: str
    url: str
    relayed: int
    inbound: int
    addresses: int
    days: int
    first_at: datetime
    last_at: datetime
    hosts: tuple[str, ...]
    state: str
    state_title: str
    checks: tuple[Check, ...]
    check_titles: tuple[str, ...]


@dataclass(frozen=True)
class Day:
    """`addresses` are at most those that are kept of a day."""

    day: date
    relayed: int
    addresses: int
    bar: Markup


def url_of(range_: str) -> str:
    first, bits = range_.split("/")
    return reverse("relay", kwargs={"first": first, "bits": int(bits)})


def loud(*, today: date) -> QuerySet[RelayedDay]:
    """The days that make an address count as open."""
    since = today - timedelta(days=settings.RELAY_QUIET_DAYS - 1)
    return RelayedDay.objects.since(since).loud(at_least=settings.RELAY_ALARM_FROM)


def by_day(*, today: date) -> list[Day]:
    """Newest first; the counts are those of all mail, whether its address is kept or not."""
    first = today - timedelta(days=DAYS - 1)
    counts = DailyCount.objects.filter(submission_class=SubmissionClass.UNEXPLAINED_RELAY, day__range=(first, today))
    relayed = dict(counts.values_list("day", "submissions"))
    held = RelayedDay.objects.filter(day__range=(first, today)).values_list("day").annotate(Count("pk")).order_by()
    addresses = dict(held)
    most = max(relayed.values(), default=0)
    days = [today - timedelta(days=ago) for ago in range(DAYS)]
    return [
        Day(day, relayed.get(day, 0), addresses.get(day, 0), bars.bar(relayed.get(day, 0), most, "left"))
        for day in days
    ]


def ranges(rows: QuerySet[RelayedDay], shown: slice, *, today: date) -> list[Range]:
    """Most relayed first."""
    found = list(
        rows.order_by()
        .values("range")
        .annotate(
            relayed=Sum("relayed"),
            inbound=Sum("inbound"),
            addresses=Count("address", distinct=True),
            days=Count("day", distinct=True),
            first_at=Min("first_at"),
            last_at=Max("last_at"),
            without_logins=Sum("without_logins"),
            before=Max("nearest_login", filter=Q(nearest_login__lte=0)),
            after=Min("nearest_login", filter=Q(nearest_login__gt=0)),
            with_family=Count("pk", filter=Q(family_logs_in=True)),
        )
        .order_by("-relayed", "range")[shown]
    )
    names = [row["range"] for row in found]
    hosts: dict[str, set[str]] = {}
    for name, servers in RelayedDay.objects.filter(range__in=names).values_list("range", "hosts").order_by():
        hosts.setdefault(name, set()).update(servers)
    sounding = set(loud(today=today).filter(range__in=names).values_list("range", flat=True))
    return [_range(row, sorted(hosts[row["range"]]), row["range"] in sounding, today) for row in found]


def _range(row: dict, hosts: list[str], sounds: bool, today: date) -> Range:
    nearest = min((each for each in (row["before"], row["after"]) if each is not None), key=abs, default=None)
    named = checks(Evidence(row["relayed"], row["without_logins"], nearest, row["with_family"] > 0))
    lately = timezone.localdate(row["last_at"]) > today - timedelta(days=settings.RELAY_QUIET_DAYS)
    state = "open" if sounds else "acknowledged" if lately else "quiet"
    titles = {"open": _("Open"), "acknowledged": _("No alarm"), "quiet": _("Quiet")}
    values = {name: row[name] for name in ("range", "relayed", "inbound", "addresses", "days", "first_at", "last_at")}
    return Range(
        **values,
        url=url_of(row["range"]),
        hosts=tuple(hosts),
        state=state,
        state_title=titles[state],
        checks=tuple(named),
        check_titles=tuple(CHECK_TITLES[check]() for check in named),
    )


def page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    sounding = loud(today=today).values("range").distinct()
    others = RelayedDay.objects.exclude(range__in=sounding)
    total, loudest = others.values("range").distinct().count(), sounding.count()
    pages = pager(request, total=total)
    values = {
        "no_logs": not total and not loudest and no_logs(),
        "days": by_day(today=today),
        "open": ranges(RelayedDay.objects.filter(range__in=sounding), slice(LOUDEST), today=today),
        "all_open": loudest,
        "others": ranges(others, pages.shown, today=today),
        "pager": pages,
        "quiet_days": settings.RELAY_QUIET_DAYS,
        "retention": settings.RETENTION_DAYS,
    }
    return show(request, "relays.html", values)
