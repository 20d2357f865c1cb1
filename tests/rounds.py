"""Mailings for tests, and clocks to send them by."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from builders import make_campaign, make_customer, make_holdout, make_user

from campaign.models import Campaign, Customer
from notices import cases, compose, ledger, mailings, planning
from notices.compose import Letter
from notices.models import Mailing, Notice

DAY = date(2026, 12, 1)  # a Tuesday, and the first working day of its month
TOKYO = ZoneInfo("Asia/Tokyo")
_serial = count(1)


def at(hour: int, minute: int = 0, *, day: date = DAY) -> datetime:
    """A time of the provider's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO)


def clock(begin: datetime) -> Callable[[], datetime]:
    """A clock that goes on by a millisecond whenever somebody looks at it."""
    ticks = count()
    return lambda: begin + timedelta(milliseconds=next(ticks))


AFTERNOON = at(16, 30)


def plan(holdouts: int = 1, *, campaign: Campaign | None = None, customers: list[Customer] | None = None) -> Mailing:
    """A planned mailing to so many holdouts, or to the customers given; all due by the afternoon."""
    campaign = campaign or make_campaign()
    for customer in customers or [make_customer() for _ in range(holdouts)]:
        make_holdout(campaign, customer)
    return planning.plan_reminder(campaign_id=campaign.pk, today=DAY, now=at(8))


def sending(holdouts: int = 1, **given) -> Mailing:
    mailing = plan(holdouts, **given)
    mailings.approve(mailing_id=mailing.pk, user_id=make_user(f"approver{next(_serial)}").pk, now=at(8, 30))
    mailings.start(mailing_id=mailing.pk, now=at(9))
    Notice.objects.for_mailing(mailing).filter(state="waiting").update(send_after=at(9))
    mailing.refresh_from_db()
    return mailing


def take(notice: Notice, *, now: datetime) -> None:
    """Claim it for sending, as a worker does once it is due; what is claimed along with it waits again."""
    Notice.objects.filter(pk=notice.pk, send_after__gt=now).update(send_after=now)
    claims = ledger.claim(mailing_id=notice.mailing_id, limit=10_000, now=now)
    assert notice.pk in [claim.pk for claim in claims]
    ledger.settle([], untouched=[claim for claim in claims if claim.pk != notice.pk], now=now)
    notice.refresh_from_db()


def composed(notice: Notice, *, now: datetime, **given) -> Letter:
    """The mail that a worker would make of it now."""
    return compose.letter(cases.of_notice(notice), notice.mailing, now=now, **given)


def state_of(mailing: Mailing) -> str:
    return Mailing.objects.values_list("state", flat=True).get(pk=mailing.pk)


def numbers(mailing: Mailing) -> mailings.Report:
    """The report, after a look at whether it adds up."""
    report = mailings.report(mailing_id=mailing.pk)
    assert report.planned == report.accepted + report.refused + report.withdrawn + report.unknown + report.waiting
    assert report.delivered + report.deferred + report.bounced + report.expired <= report.accepted
    return report
