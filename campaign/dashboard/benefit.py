"""What the old way costs while it is open: one page for the board, to be printed."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.dashboard import figures
from campaign.dashboard.forecast import foretold
from campaign.dashboard.shell import campaign_choices, chosen_campaign, show
from campaign.dashboard.trends import Trend, held_trend, minutes_trend
from campaign.jinja import count, day, tenths
from campaign.models import Campaign, Contact, DailyCount, Holdout, OpenDoor, SubmissionClass
from campaign.plan import benefit, proven
from campaign.plan.benefit import Assumptions, Money, Week
from notices import allowance, forecast

WEEKS = 26


@dataclass(frozen=True)
class Line:
    """What costs, how much, and how that is reckoned."""

    title: str
    amount: str
    how: str


@dataclass(frozen=True)
class Spent:
    """What the help desk recorded since the campaign began."""

    contacts: int
    minutes: int

    @property
    def each(self) -> float:
        return self.minutes / self.contacts if self.contacts else settings.CONTACT_MINUTES


def page(request: HttpRequest) -> HttpResponse:
    campaign = chosen_campaign(request)
    if campaign is None:
        return show(request, "benefit.html", {"chosen": None, "weeks": []})
    today = timezone.localdate()
    weeks = weeks_of(today=today)
    spent = spent_since(campaign.starts_on)
    values = {
        "chosen": campaign,
        "campaign": campaign.name,
        "weeks": weeks[::-1],
        "now": weeks[-1] if weeks else None,
        "sentences": sentences(campaign, weeks),
        "foretold": foretold(forecast.newest(campaign, until=today), campaign.cutoff_on),
        "lines": lines(spent, today=today),
        "assumptions": assumptions(spent, today=today),
        "campaigns": campaign_choices(campaign, reverse("benefit")),
        "trends": [trend for trend in trends(campaign, weeks) if trend.drawn],
        "made_at": timezone.now(),
        "percent": figures.percent,
    }
    return show(request, "benefit.html", values)


def weeks_of(*, today: date) -> list[Week]:
    """Whole weeks, up to the last day before today on which mail was sent."""
    begin = today - timedelta(days=7 * (WEEKS + 1))
    columns = ("day", "addresses", "minutes", "used_minutes", "shared_addresses", "people_behind", "most_behind")
    rows = OpenDoor.objects.filter(day__gte=begin, day__lt=today).values_list(*columns)
    doors = [benefit.Open(*row) for row in rows]
    counts = DailyCount.objects.filter(day__gte=begin, day__lt=today).exclude(submission_class=SubmissionClass.INBOUND)
    mail = {
        tuple(key): number
        for *key, number in counts.values_list("day", "submission_class", "attribution", "submissions")
    }
    until = proven.last_day(before=today) or max((door.day for door in doors), default=today)
    return benefit.weeks(doors, mail, until=until, number=WEEKS)


def spent_since(first: date) -> Spent:
    begin = timezone.make_aware(datetime.combine(first, time()))
    found = Contact.objects.filter(at__gte=begin).aggregate(contacts=Count("pk"), minutes=Sum("minutes"))
    return Spent(found["contacts"], found["minutes"] or 0)


def given() -> Assumptions:
    return Assumptions(settings.SUPPORT_MINUTE_COST, settings.ABUSE_CASE_COST, settings.ABUSE_CASES_A_YEAR)


def reckoned(spent: Spent, per_hundred: float) -> Money:
    """`per_hundred`: contacts for so many notices."""
    return benefit.money(given(), minutes=spent.minutes, per_hundred=per_hundred, minutes_each=spent.each)


def amount(value: int) -> str:
    """In the provider's currency."""
    if settings.CURRENCY != "JPY":
        return f"{count(value)} {settings.CURRENCY}"
    return f"{count(value)}円" if get_language() == "ja" else f"¥{count(value)}"


def sentences(campaign: Campaign, weeks: list[Week]) -> list[str]:
    """What somebody who reads nothing else has to know."""
    if not weeks:
        return []
    now = weeks[-1]
    first = next((week for week in weeks if week.held is not None), now)
    left = Holdout.objects.filter(campaign=campaign).left().count()
    values = {
        "addresses": count(round(now.addresses)),
        "minutes": count(round(now.minutes)),
        "hours": count(round(now.minutes / 60)),
        "window": settings.WINDOW_MINUTES,
        "unused": figures.percent(now.minutes - now.used_minutes, now.minutes),
        "used": count(round(now.used_minutes)),
        "shared": count(round(now.shared_addresses)),
        "people": count(round(now.people_behind)),
        "most": count(now.most_behind),
        "unexplained": count(now.unexplained),
        "left": count(left),
        "held": "" if now.held is None else figures.percent(now.held),
        "held_first": "" if first.held is None else figures.percent(first.held),
        "until": day(now.until),
        "day": day(first.until),
    }
    found = [
        *(_of_open_addresses() if opened_by_logins(campaign) else [_of_the_own_network()]),
        _of_the_share(known=now.held is not None),
        _("Customers who still need the old way: %(left)s. For them alone it stays open to everybody."),
    ]
    return [text % values for text in found]


def opened_by_logins(campaign: Campaign) -> bool:
    """Whether a login opens an address to everybody behind it; port 25 of the own network is open always."""
    return campaign.legacy_class == SubmissionClass.POP_BEFORE_SMTP


def _of_the_share(*, known: bool) -> str:
    if not known:
        return _(
            "In the 7 days up to %(until)s the logs have no mail that is known to be from our customers, so nothing "
            "can be said of how much of it a password (SMTP-AUTH) proves."
        )
    return _(
        "A password (SMTP-AUTH) proves who sent %(held)s of our customers' mail in the 7 days up to %(until)s; in "
        "the 7 days up to %(day)s it was %(held_first)s."
    )


def _of_open_addresses() -> list[str]:
    return [
        _(
            "On a day of the last week, %(addresses)s addresses stood open for %(minutes)s minutes in all: for "
            "%(window)s minutes after each login anybody behind the address can send mail in our name."
        ),
        _(
            "%(unused)s of that time served nobody: no mail was sent the old way from these addresses on that day. The "
            "other %(used)s minutes become fewer as people move; all of them end with the cut-off alone, since "
            "collecting mail opens an address for as long as the old way is open, also for who has moved."
        ),
        _(
            "%(shared)s of the addresses were shared by several customers, %(people)s people in all, up to %(most)s "
            "behind one address; none of them can be told apart by it."
        ),
        _("Mails relayed in the last week for which no login can be found: %(unexplained)s."),
    ]


def _of_the_own_network() -> str:
    return _(
        "Inside our own network anybody can send mail in our name at any time, without a password; whose it is, "
        "only the address can tell."
    )


def lines(spent: Spent, *, today: date) -> list[Line]:
    known, several = given(), Campaign.objects.count() > 1
    per_hundred = allowance.foresee(today).contacts_per_hundred
    money = reckoned(spent, per_hundred)
    each = tenths(spent.each)
    values = {
        "minutes": count(spent.minutes),
        "contacts": count(spent.contacts),
        "minute": amount(known.minute),
        "rate": tenths(per_hundred),
        "each": each,
        "cases": count(known.abuse_cases),
        "case": amount(known.abuse_case),
    }
    return [
        Line(
            _("Abuse of the open way, in a year"),
            amount(money.abuse_a_year),
            (
                _("%(cases)s cases a year × %(case)s, by all old ways together")
                if several
                else _("%(cases)s cases a year × %(case)s")
            )
            % values,
        ),
        Line(
            _("Each month by which the cut-off is put off"),
            amount(money.abuse_a_month),
            _("a twelfth of that"),
        ),
        Line(
            _("The help desk so far"),
            amount(money.support_so_far),
            _("%(minutes)s minutes of %(contacts)s contacts recorded since the campaign began × %(minute)s") % values,
        ),
        Line(
            _("The help desk for each hundred notices"),
            amount(money.support_per_hundred),
            _("%(rate)s contacts × %(each)s minutes × %(minute)s") % values,
        ),
    ]


def assumptions(spent: Spent, *, today: date) -> list[tuple[str, str, str]]:
    """What is assumed, how much, and the setting that says so."""
    known, row = given(), allowance.foresee(today)
    rate = (_("Contacts that a hundred notices bring"), tenths(row.contacts_per_hundred), "CONTACTS_PER_HUNDRED")
    each = (
        _("Minutes of a contact, as long as none was recorded"),
        tenths(settings.CONTACT_MINUTES),
        "CONTACT_MINUTES",
    )
    return [
        (_("A minute of the help desk costs"), amount(known.minute), "SUPPORT_MINUTE_COST"),
        (_("A case of abuse costs, all in all"), amount(known.abuse_case), "ABUSE_CASE_COST"),
        (_("Cases of abuse in a year by the old way"), count(known.abuse_cases), "ABUSE_CASES_A_YEAR"),
        (_("Minutes for which a login opens its address"), count(settings.WINDOW_MINUTES), "WINDOW_MINUTES"),
        *([rate] if allowance.is_assumed(row) else []),
        *([each] if not spent.contacts else []),
    ]


def trends(campaign: Campaign, weeks: list[Week]) -> list[Trend]:
    """Without a drawing where there are not two weeks."""
    return [*([minutes_trend(weeks)] if opened_by_logins(campaign) else []), held_trend(weeks)]


def file(_request: HttpRequest) -> HttpResponse:
    """The weeks for a spreadsheet; numbers alone."""
    today = timezone.localdate()
    out = StringIO()
    write = csv.writer(out)
    titles = (
        _("Week up to"),
        _("Open addresses a day"),
        _("Open minutes a day"),
        _("Of these, at addresses used the old way"),
        _("Shared addresses a day"),
        _("People behind shared addresses"),
        _("Most people behind one address"),
        _("Mails with a password"),
        _("Mails by address and time alone"),
        _("Mails of nobody known"),
        _("Of these, relayed without explanation"),
    )
    write.writerow(titles)
    for week in weeks_of(today=today):
        means = (week.addresses, week.minutes, week.used_minutes, week.shared_addresses, week.people_behind)
        mail = (week.with_password, week.by_address, week.nobody, week.unexplained)
        write.writerow([week.until.isoformat(), *map(round, means), week.most_behind, *mail])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="old-way-{today}.csv"'
    return response
