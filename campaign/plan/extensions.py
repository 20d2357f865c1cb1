"""Delays: customers ask for more time on their page, within what the provider allows; staff can end them.

A delay is an exemption. It begins shortly before the cut-off, so that until then its customer is reminded like
all others, and ends on the day that the customer chose: never more than `days` days after the old way's end.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Exemption, Holdout
from campaign.models.holdouts import LEFT
from campaign.plan import last_days
from campaign.plan.campaigns import NotPossible
from campaign.plan.last_days import DAY

BEFORE = timedelta(days=21)  # the notices of the last two weeks would name a day that is not this customer's


class No(StrEnum):
    """Why nobody offers a delay."""

    NOT_OFFERED = "not_offered"
    NOT_LEFT = "not_left"  # nothing of this customer's stops
    TOO_LATE = "too_late"
    USED_UP = "used_up"
    EXEMPT = "exempt"  # for at least as long already


@dataclass(frozen=True)
class Offer:
    """The last days that may be chosen, both ends included; or why there is none."""

    first: date
    last: date
    no: No | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What an offer rests on; `exempt_until` is the latest day of all exemptions that are not over."""

    today: date
    cutoff_on: date
    left: bool
    asked: int
    exempt_until: date | None = None


def offer(case: Case, *, days: int, times: int) -> Offer:
    """What may be asked for, by the provider's bounds: so many days beyond the cut-off, and so often."""
    first, last = case.cutoff_on, case.cutoff_on - DAY + timedelta(days=days)
    if case.exempt_until:
        first = max(first, case.exempt_until + DAY)
    rules = {
        No.NOT_OFFERED: days < 1 or times < 1,
        No.TOO_LATE: case.today >= case.cutoff_on,
        No.EXEMPT: first > last,
        No.NOT_LEFT: not case.left,
        No.USED_UP: case.asked >= times,
    }
    return Offer(first, last, next((no for no, holds in rules.items() if holds), None))


def exemptions_of(holdout: Holdout) -> list[Exemption]:
    """All that there ever were in the holdout's campaign."""
    return list(Exemption.objects.filter(campaign=holdout.campaign_id, customer=holdout.customer_id))


def delayed_until(exemptions: list[Exemption], *, cutoff_on: date, today: date) -> date | None:
    """The last day of the old way for who has asked for more time and has it; None for all others."""
    not_over = last_days.spans(exemptions, today=today)
    asked = last_days.spans((each for each in exemptions if each.asked_at), today=today)
    ends_on = last_days.ends_on(cutoff_on, not_over)
    return ends_on - DAY if asked and ends_on > cutoff_on else None


def offer_for(holdout: Holdout, exemptions: list[Exemption], *, today: date, days: int, times: int) -> Offer:
    """`exemptions` are the holdout's."""
    not_over = last_days.spans(exemptions, today=today)
    case = Case(
        today=today,
        cutoff_on=holdout.campaign.cutoff_on,
        left=holdout.standing in LEFT or bool(not_over),
        asked=sum(each.asked_at is not None for each in exemptions),
        exempt_until=max((each.last for each in not_over), default=None),
    )
    return offer(case, days=days, times=times)


def ask(*, holdout_id: int, until: date, why: str, now: datetime, today: date, days: int, times: int) -> Exemption:
    """The delay, from shortly before the cut-off on. Raises NotPossible, also for who asks twice at the same moment."""
    if why not in Exemption.Why.values:
        raise NotPossible(_("Please choose why you need more time."))
    with transaction.atomic():
        holdout = (
            Holdout.objects.select_for_update(of=("self",), no_key=True).select_related("campaign").get(pk=holdout_id)
        )
        may = offer_for(holdout, exemptions_of(holdout), today=today, days=days, times=times)
        if may.no:
            raise NotPossible(_("More time cannot be had on this page any more. Please call us."))
        if not may.first <= until <= may.last:
            raise NotPossible(_("Please choose one of the days that are offered."))
        return Exemption.objects.create(
            campaign=holdout.campaign,
            customer_id=holdout.customer_id,
            from_day=max(today, holdout.campaign.cutoff_on - BEFORE),
            until=until,
            asked_at=now,
            asked_why=why,
        )


def end(*, exemption_id: int, user_id: int, now: datetime, today: date) -> bool:
    """From today on it is as if there were none; it still counts as asked for. False when it was over already."""
    still = Exemption.objects.not_over(today).filter(pk=exemption_id)
    return still.update(until=today - DAY, ended_at=now, ended_by=user_id) == 1
