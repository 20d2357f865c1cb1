"""Who wants no more reminders. Notices of dates that do not come again still go out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from notices.models import Mailing, Mute, Notice

MUTED = gettext_noop("wants no more reminders")  # as `selection.WhyNot` says it
MUTABLE = (Mailing.Kind.REMINDER, Mailing.Kind.EXTRA)
"""The kinds that a mute holds back, and whose mail offers it."""


def mute(*, holdout_id: int, by: Mute.By, now: datetime, notice_id: int | None = None) -> bool:
    """Stop the reminders, also one that waits to go out; False when they were stopped already."""
    with transaction.atomic():
        values = {"notice_id": notice_id, "by": by, "at": now}
        _row, made = Mute.objects.get_or_create(holdout_id=holdout_id, defaults=values)
        Notice.objects.filter(holdout=holdout_id, mailing__kind__in=MUTABLE).withdraw(MUTED, now=now)
    return made


def unmute(*, holdout_id: int) -> bool:
    """Send reminders again from the next round on; False when they were not stopped."""
    removed, _by_model = Mute.objects.filter(holdout=holdout_id).delete()
    return removed > 0


def is_muted(holdout_id: int) -> bool:
    return Mute.objects.filter(holdout=holdout_id).exists()
