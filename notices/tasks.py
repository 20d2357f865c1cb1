"""Celery's doors to the mailings; when beat knocks stands in campaign/celery.py."""

from celery import shared_task
from django.utils import timezone

from campaign.models import Campaign
from campaign.plan import calendar
from notices import dispatch, mailings, pace, pacing
from notices.deliveries import record
from notices.models import Mailing


@shared_task
def plan_reminders() -> None:
    """On the first working day of the month, or on any later one if that was missed."""
    today = timezone.localdate()
    if today < calendar.first_working_day(today.year, today.month):
        return
    for campaign_id in Campaign.objects.values_list("pk", flat=True):
        mailings.plan_reminder(campaign_id=campaign_id, today=today, now=timezone.now())


@shared_task
def send_due() -> None:
    """Start what is approved and send a batch of each mailing; any number of workers may do this at once."""
    now = timezone.now()
    mailings.tidy(now=now)
    if not pacing.hours().allow(now):
        return
    mailings.start_approved(now=now)
    for mailing_id in Mailing.objects.filter(state=Mailing.State.SENDING).values_list("pk", flat=True):
        dispatch.send_batch(mailing_id=mailing_id, clock=timezone.now, limit=pace.batch_limit())


@shared_task
def settle() -> None:
    record.settle(now=timezone.now())
