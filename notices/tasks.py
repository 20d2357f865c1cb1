"""Celery's doors to the mailings; when beat knocks stands in campaign/celery.py."""

import logging

import redis
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaign.turns import only_one
from notices import dispatch, funnel, lift, mailings, pace, pacing, planning
from notices.deliveries import mailbox
from notices.doctor.surroundings import HEARTBEAT
from notices.models import Mailing

log = logging.getLogger(__name__)


@shared_task
def plan_mailings() -> None:
    """What the schedule wants today, on the days when the provider is open; and a look at all mailings that ended."""
    today, now = timezone.localdate(), timezone.now()
    mailings.let_nothing_wait(Mailing.objects.all(), now=now)
    if pacing.is_open(today):
        planning.plan_what_is_wanted(today=today, now=now)


@shared_task
def send_due() -> None:
    """Start what is approved and send a batch of each mailing; any number of workers may do this at once."""
    now = timezone.now()
    mailings.tidy(now=now)
    if not pacing.hours().allow(now):
        return
    mailings.start_approved(now=now)
    for mailing_id in Mailing.objects.rounds().sending(now=now).values_list("pk", flat=True):
        dispatch.send_batch(mailing_id=mailing_id, clock=timezone.now, limit=pace.batch_limit())
    for mailing_id in Mailing.objects.rounds().to_try().filter(try_again_at__lte=now).values_list("pk", flat=True):
        dispatch.try_again(mailing_id=mailing_id, clock=timezone.now)


@shared_task
def send_asked_for() -> None:
    """What customers have asked for, at any hour; any number of workers may do this at once."""
    now = timezone.now()
    for mailing_id in Mailing.objects.asked_for().sending(now=now).order_by("pk").values_list("pk", flat=True):
        dispatch.send_batch(mailing_id=mailing_id, clock=timezone.now, limit=1)
    for mailing_id in Mailing.objects.asked_for().to_try().filter(try_again_at__lte=now).values_list("pk", flat=True):
        dispatch.try_again(mailing_id=mailing_id, clock=timezone.now)


@shared_task
def settle() -> None:
    from notices import allowance, reports
    from notices.deliveries import record, unreachable  # with what reads logs: 100 MB that sending has no use for

    record.settle(now=timezone.now())
    reports.count_due(now=timezone.now())
    allowance.keep_past(now=timezone.now())
    allowance.of_day(timezone.localdate())
    unreachable.keep_due()


@shared_task
def count_rounds() -> None:
    """What the rounds did, for the page of waves and rounds, and what that says of the days to come."""
    from notices import forecast  # with numpy, which sending has no use for
    from notices.deliveries import unreachable

    with only_one("count_rounds") as mine:
        if mine:
            lift.count_due(now=timezone.now())
            forecast.make_due(now=timezone.now(), unreached=lambda campaign: unreachable.holdouts(campaign).count())


@shared_task
def count_funnels() -> None:
    """How far notices got people, for the first page."""
    with only_one("count_funnels") as mine:
        if mine:
            funnel.count_due(now=timezone.now())


@shared_task
def count_who_is_due() -> None:
    """Who would be written to, where they are many: asked for by the page of the plan, which does not wait."""
    from notices import due

    with only_one("count_who_is_due") as mine:
        if mine:
            due.count_waiting(now=timezone.now())


@shared_task
def read_bounces() -> None:
    """What came back to a mailbox, where a setting names one."""
    if not settings.BOUNCE_MAILBOX:
        return
    with only_one("read_bounces") as mine:
        if mine:
            try:
                mailbox.read_all(mailbox.parse(settings.BOUNCE_MAILBOX), clock=timezone.now)
            except mailbox.NoMailbox as error:
                log.warning("the bounce mailbox: %s", error)


@shared_task
def beat_the_heart() -> None:
    """Leaves the time where `manage.py doctor` looks whether beat and a worker are at work."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set(HEARTBEAT, timezone.now().timestamp())
