"""The decision on the waves of the first announcement, and until when it may be changed."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import Campaign, WavePlan
from campaign.plan import waves
from campaign.plan.campaigns import NotPossible
from notices import planning, schedule
from notices.models import Mailing


def begun(campaign: Campaign) -> bool:
    """Whether an announcement is planned, so that the waves stand."""
    announced = Mailing.objects.filter(campaign=campaign, kind=Mailing.Kind.ANNOUNCEMENT)
    return announced.exclude(state=Mailing.State.CANCELLED).exists()


def to_come(campaign: Campaign, *, today: date) -> bool:
    """Whether an announcement can still be planned, today or later, be it switched on or not."""
    course = replace(planning.course_of(campaign, planning.plans_of(campaign)), active=frozenset(schedule.Kind))
    return next(schedule.rounds(schedule.Kind.ANNOUNCEMENT, course, since=today), None) is not None


def decide(
    *,
    campaign_id: int,
    waves_wanted: int,
    first_day: date,
    days_between: int,
    now: datetime,
    user_id: int | None = None,
) -> WavePlan:
    """Raises NotPossible, also from the moment on at which an announcement is planned."""
    today = timezone.localdate(now)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)  # not while it is being planned
        if begun(campaign):
            raise NotPossible(_("The announcement is planned already: its waves can no longer be changed."))
        if not to_come(campaign, today=today):
            raise NotPossible(_("The time for the announcement is over: there is nothing to share out by waves."))
        return waves.decide(
            campaign_id=campaign_id,
            waves=waves_wanted,
            first_day=first_day,
            days_between=days_between,
            now=now,
            today=today,
            user_id=user_id,
        )
