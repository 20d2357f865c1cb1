"""Celery's doors to the evidence: beat opens them, see celery.py.

What reads logs is loaded by the jobs that need it: it takes 100 MB, which a worker that only sends has no use for.
"""

import logging
from datetime import timedelta
from glob import glob

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from campaign.customers import counts, past, rollup
from campaign.models import Campaign
from campaign.plan import bulk, call_backs, waves
from campaign.turns import only_one

log = logging.getLogger(__name__)


@shared_task
def read_logs() -> None:
    """What is new in the log files goes all the way to the standings."""
    with only_one("read_logs") as mine:
        if not mine:
            return
        from campaign.submissions import gaps, intake

        now = timezone.now()
        report = intake.read(_log_files(), now=now)
        for problem in report.problems:
            log.warning("%s", problem)
        days = report.days | intake.stale_days(now=now)
        intake.attribute(days, now=now)
        today = timezone.localdate(now)
        if days and min(days) < today - timedelta(days=1):  # old lines may close a gap, or open one
            days |= gaps.bring_up_to_date(now=now)
        if days or rollup.unsettled_days(today=today) or not rollup.covers(today=today):
            rollup.bring_up_to_date(days=days, today=today)
        _draw_waves()
        counts.count_due(today=timezone.localdate())


@shared_task
def compute_shadows() -> None:
    """What staff asked of past weeks. Nobody is told of a question: it waits in the database until beat knocks."""
    with only_one("compute_shadows") as mine:
        if mine:
            from campaign.cutoff import dryrun

            dryrun.compute_waiting(now=timezone.now())


@shared_task
def count_pasts() -> None:
    """The days of some customers, where they are many: asked for by the first page, which does not wait."""
    with only_one("count_pasts") as mine:
        if mine:
            past.count_waiting(now=timezone.now())


@shared_task
def compare_clocks() -> None:
    """Yesterday's mail tells whose clock was wrong, today's whose is by now."""
    from campaign.submissions import clocks

    today = timezone.localdate()
    clocks.measure([today - timedelta(days=1), today])


@shared_task
def begin_day() -> None:
    """A new day moves standings even without new evidence."""
    from campaign.submissions import gaps

    now = timezone.now()
    rollup.bring_up_to_date(days=gaps.bring_up_to_date(now=now), today=timezone.localdate(now))


@shared_task
def forget() -> None:
    """What has been kept for long enough; also where the day could not begin."""
    from campaign.submissions import retention

    now = timezone.now()
    retention.drop_before(timezone.localdate(now) - timedelta(days=settings.RETENTION_DAYS))
    call_backs.drop_old(now=now)
    bulk.forget_rows(now=now)


@shared_task
def send_digests() -> None:
    """The week's numbers to those who want them by mail; a second worker finds nothing left to claim."""
    from campaign.dashboard import digest  # with pages and what draws, which other jobs have no use for

    digest.send_due(now=timezone.now())


@shared_task
def change_many() -> None:
    """Goes on with changes to very many customers; what a worker that died has left waits in the database."""
    from campaign.dashboard import bulk_work  # with the list's filters, which other jobs have no use for

    with only_one("change_many") as mine:
        if mine:
            bulk_work.work(clock=timezone.now)


def _draw_waves() -> None:
    """For who has become a holdout since, and for all where somebody has decided anew."""
    for campaign in Campaign.objects.order_by("pk"):
        waves.draw(campaign)


def _log_files() -> list[str]:
    """The files that the patterns of LOG_FILES name now, each once, in the order of their names."""
    return sorted({path for pattern in settings.LOG_FILES for path in glob(pattern, recursive=True)})
