"""Who is written to first: waves drawn by lot, so that those whose turn has not come can be compared with.

A lot, because any order of our own (those easy to reach, those who wrote last) would compare
different people. It is drawn within each reason and program, so that the waves are alike in
these; it depends on the recorded seed alone, so that it can be repeated and shown.
"""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaign.models import Campaign, Holdout, WavePlan
from campaign.plan.campaigns import NotPossible

MOST_WAVES = 12
LONGEST_BETWEEN = 60


def decide(
    *,
    campaign_id: int,
    waves: int,
    first_day: date,
    days_between: int,
    now: datetime,
    today: date,
    user_id: int | None = None,
) -> WavePlan:
    """Fix number and days of the waves and draw them; whom a person put into a wave stays there.

    Raises NotPossible. Whether an announcement is on its way already, the caller knows.
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        _check(campaign, waves=waves, first_day=first_day, days_between=days_between, today=today)
        values = {"waves": waves, "first_day": first_day, "days_between": days_between, "seed": secrets.token_hex(8)}
        values |= {"decided_at": now, "decided_by_id": user_id}
        plan, _created = WavePlan.objects.update_or_create(campaign=campaign, defaults=values)
        Holdout.objects.filter(campaign=campaign, wave_pinned=False).exclude(wave=None).update(wave=None)
        Holdout.objects.filter(campaign=campaign, wave_pinned=True, wave__gt=waves).update(wave=waves)
        _draw(plan)
    return plan


def _check(campaign: Campaign, *, waves: int, first_day: date, days_between: int, today: date) -> None:
    if not 1 <= waves <= MOST_WAVES:
        raise NotPossible(_("There can be from 1 to %(most)s waves.") % {"most": MOST_WAVES})
    if not 1 <= days_between <= LONGEST_BETWEEN:
        values = {"most": LONGEST_BETWEEN}
        raise NotPossible(_("From one wave to the next there can be from 1 to %(most)s days.") % values)
    if first_day < today:
        raise NotPossible(_("The first wave cannot begin in the past."))
    if first_day >= campaign.cutoff_on - timedelta(days=(waves - 1) * days_between):
        raise NotPossible(_("The last wave has to begin before the cut-off."))


def draw(campaign: Campaign) -> int:
    """Give those a wave that have none; how many. Nothing where no waves are decided, or again."""
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)  # one at a time
        plan = WavePlan.objects.filter(campaign=campaign).first()
        return _draw(plan) if plan else 0


def _draw(plan: WavePlan) -> int:
    waiting = Holdout.objects.filter(campaign=plan.campaign_id, wave=None).count()
    if waiting:
        values = {"campaign": plan.campaign_id, "waves": plan.waves, "seed": plan.seed}
        with connection.cursor() as cursor:
            cursor.execute(Path(__file__).with_name("waves.sql").read_text(), values)
    return waiting
