"""Keeps what became of notices: one row each, and what it says of the addresses they went to."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notices import allowance, reports
from notices.deliveries import suppressions
from notices.deliveries.evidence import Evidence, known
from notices.models import Delivery, Notice

FIELDS = ["fate", "at", "status_code", "text", "host", "queue_id", "source"]


def write_down(told: dict[str, Evidence]) -> None:
    """By Message-ID, of accepted notices, where it outweighs what is known. Safe to repeat, and in any order."""
    with transaction.atomic():
        ours = Notice.objects.filter(message_id__in=told, state=Notice.State.ACCEPTED)
        locked = set(ours.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        notices = Notice.objects.filter(pk__in=locked).select_related("delivery", "holdout__customer")
        news = [
            (notice, evidence)
            for notice in notices
            if (evidence := told[notice.message_id]).outweighs(known(getattr(notice, "delivery", None)))
        ]
        rows = [_delivery(notice, evidence) for notice, evidence in news]
        Delivery.objects.bulk_create(rows, update_conflicts=True, unique_fields=["notice"], update_fields=FIELDS)
        suppressions.learn(news)
        reports.fates_changed(notice.mailing_id for notice, _evidence in news)


def accept_late(notice: Notice, words: str, *, at: datetime) -> None:
    """The relay has taken an unknown one, as was found out since: the day of that is counted again."""
    if notice.accept(words, now=at):
        allowance.count_again(timezone.localdate(at))


def _delivery(notice: Notice, evidence: Evidence) -> Delivery:
    return Delivery(notice=notice, **{name: getattr(evidence, name) for name in FIELDS})
