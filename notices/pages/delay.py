"""A customer asks for more time: why, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.models import Exemption
from campaign.plan import extensions, last_days
from campaign.plan.extensions import Offer
from notices.days import long_day
from notices.pages.asking import Asked, form
from notices.pages.frame import spoken

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class MoreTime:
    """What the page shows; `wrong` says what was not right with what came in."""

    days: list[tuple[str, str]]  # to choose one of; none where nothing is offered
    whys: list[tuple[str, str]]
    why: str
    until: str
    wrong: str
    ends_on: date  # the first day without the old way, for this customer
    silent_from: date  # from then on nobody reminds them
    delayed_until: date | None
    times: int


def days_of(offer: Offer) -> list[date]:
    """A choice of days, a week apart and the last one: few enough to read them all."""
    if offer.no:
        return []
    found, day = [], offer.first + WEEK - timedelta(days=1)
    while day < offer.last and len(found) < 8:
        found.append(day)
        day += WEEK
    return [*found, offer.last]


def more_time(asked: Asked, *, wrong: str) -> MoreTime:
    holdout, cutoff_on, today = asked.notice.holdout, asked.notice.mailing.campaign.cutoff_on, asked.today
    exemptions = extensions.exemptions_of(holdout)
    bounds = {"days": settings.DELAY_DAYS_MOST, "times": settings.DELAYS_MOST}
    offer = extensions.offer_for(holdout, exemptions, today=today, **bounds)
    return MoreTime(
        days=[(day.isoformat(), long_day(day, spoken())) for day in days_of(offer)],
        whys=[(why.value, str(why.label)) for why in Exemption.Why],
        why=asked.entered("why"),
        until=asked.entered("until"),
        wrong=wrong,
        ends_on=last_days.ends_on(cutoff_on, last_days.spans(exemptions, today=today)),
        silent_from=max(today, cutoff_on - extensions.BEFORE),
        delayed_until=extensions.delayed_until(exemptions, cutoff_on=cutoff_on, today=today),
        times=settings.DELAYS_MOST,
    )


def _act(asked: Asked) -> None:
    extensions.ask(
        holdout_id=asked.notice.holdout_id,
        until=asked.day("until", missing=_("Please choose until when you need more time.")),
        why=asked.entered("why"),
        now=asked.now,
        today=asked.today,
        days=settings.DELAY_DAYS_MOST,
        times=settings.DELAYS_MOST,
    )


page = form("pages/delay.html", name="more", show=more_time, act=_act, then="standing")
