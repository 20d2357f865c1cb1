"""The report of a round as the first page shows it: that of a large one is counted by a job each minute, and kept.

To count hundreds of thousands of notices and their fates takes longer than that page may. The mailing's own page and
the commands count themselves, since people decide by what they say.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from notices import mailings
from notices.models import Mailing, Notice, ReportCounts

LARGE = 20_000  # notices: fewer are counted when somebody looks
TOO_OLD = timedelta(minutes=10)  # then no job is at work, and what is so is counted instead
ENDED = timedelta(days=30)  # ago: hardly anything comes back any more
SELDOM_AFTER = timedelta(days=1)


def shown(mailing: Mailing, *, now: datetime) -> mailings.Report:
    """Without a query of its own where the mailing came with its `report_counts`."""
    kept = getattr(mailing, "report_counts", None)
    good_for = TOO_OLD + (SELDOM_AFTER if _ended_long_ago(mailing, now) else timedelta(0))
    fresh = kept is not None and kept.counted_at > now - good_for
    return mailings.Report(**kept.counts) if fresh else mailings.report(mailing_id=mailing.pk)


def newest(campaign_mailings: list[Mailing]) -> Mailing | None:
    """The one whose report the first page shows, of those in the order of their planning."""
    return next((each for each in reversed(campaign_mailings) if each.state != Mailing.State.CANCELLED), None)


def count_due(*, now: datetime) -> int:
    """Count the newest round of each campaign where it is a large one, once a day after it has long ended; how many."""
    by_campaign: dict[int, list[Mailing]] = {}
    mailed = Mailing.objects.rounds().select_related("report_counts")
    for mailing in mailed.order_by("planned_at", "period", "pk"):
        by_campaign.setdefault(mailing.campaign_id, []).append(mailing)
    due = [each for each in map(newest, by_campaign.values()) if each and _is_due(each, now) and _is_large(each)]
    for mailing in due:
        counts = asdict(mailings.report(mailing_id=mailing.pk))
        ReportCounts.objects.update_or_create(mailing=mailing, defaults={"counted_at": now, "counts": counts})
    return len(due)


def _ended_long_ago(mailing: Mailing, now: datetime) -> bool:
    return mailing.ended_at is not None and mailing.ended_at < now - ENDED


def _is_due(mailing: Mailing, now: datetime) -> bool:
    kept = getattr(mailing, "report_counts", None)
    return kept is None or not _ended_long_ago(mailing, now) or kept.counted_at <= now - SELDOM_AFTER


def _is_large(mailing: Mailing) -> bool:
    return Notice.objects.for_mailing(mailing).order_by()[LARGE : LARGE + 1].exists()
