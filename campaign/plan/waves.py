"""Who is written to first: waves drawn by lot, so that those whose turn has not come can be compared with.

A lot, because any order of our own (those easy to reach, those who wrote last) would compare
different people. It is drawn within each reason and program, so that the waves are alike in
these; it depends on the recorded seed alone, so that it can be repeated and shown.
"""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from campaign.customers import counts
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
    """Fix number and days of the waves; `draw` then gives everybody theirs, which for a million takes a while.

    Raises NotPossible. Whether an announcement is on its way already, the caller knows.
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
        _check(campaign, waves=waves, first_day=first_day, days_between=days_between, today=today)
        values = {"waves": waves, "first_day": first_day, "days_between": days_between, "seed": secrets.token_hex(8)}
        values |= {"decided_at": now, "decided_by_id": user_id, "drawn": False}
        plan, _created = WavePlan.objects.update_or_create(campaign=campaign, defaults=values)
    return plan


def _check(campaign: Campaign, *, waves: int, first_day: date, days_between: int, today: date) -> None:
    wrong = wrong_numbers(waves, days_between)
    if first_day < today:
        wrong["first_day"] = _("The first wave cannot begin in the past.")
    elif not wrong and first_day >= campaign.cutoff_on - timedelta(days=(waves - 1) * days_between):
        wrong["first_day"] = _("The last wave has to begin before the cut-off.")
    if wrong:
        raise NotPossible(fields=wrong)


def wrong_numbers(waves: int | None, days_between: int | None) -> dict[str, str]:
    """What is wrong with each; None is no whole number."""
    wrong = {}
    if waves is None or not 1 <= waves <= MOST_WAVES:
        wrong["waves"] = _("Enter the number of waves as a whole number from 1 to %(most)s.") % {"most": MOST_WAVES}
    if days_between is None or not 1 <= days_between <= LONGEST_BETWEEN:
        sentence = _("Enter the days from one wave to the next as a whole number from 1 to %(most)s.")
        wrong["days_between"] = sentence % {"most": LONGEST_BETWEEN}
    return wrong


def draw(campaign: Campaign) -> int:
    """Give those a wave who wait for one; how many. None where no waves are decided, or all have theirs.

    Whom a person put into a wave stays there, or comes into the last one where that is no more.
    """
    if not _waiting(WavePlan.objects.filter(campaign=campaign).first()):
        return 0
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # one at a time
        plan = WavePlan.objects.get(campaign=campaign)
        number = _waiting(plan)
        if number:
            values = {"campaign": campaign.pk, "waves": plan.waves, "seed": plan.seed, "anew": not plan.drawn}
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("SET LOCAL work_mem = '64MB'")  # a million are sorted three times
                cursor.execute(Path(__file__).with_name("waves.sql").read_text(), values)
        Holdout.objects.filter(campaign=campaign, wave_pinned=True, wave__gt=plan.waves).update(wave=plan.waves)
        WavePlan.objects.filter(pk=plan.pk).update(drawn=True)
        if number:
            counts.mark_stale(campaign.pk)
    return number


def _waiting(plan: WavePlan | None) -> int:
    if plan is None:
        return 0
    waiting = Q(wave=None) if plan.drawn else Q(wave=None) | Q(wave_pinned=False)
    return Holdout.objects.filter(waiting, campaign=plan.campaign_id).count()
