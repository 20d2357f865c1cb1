"""How much of the customers' mail a password proves, and of which week that is said: the same on every page."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Max, Sum

from campaign.models import DailyCount, OpenDoor, SubmissionClass

WEEK = timedelta(days=7)
CUSTOMERS = (SubmissionClass.SMTP_AUTH, SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25)


def share(mail: Mapping[str, int]) -> float | None:
    """Of customers' mail, counted by class; None where there is none.

    Mail that nobody's login explains is not known to be a customer's, and is in neither part.
    """
    total = sum(mail.get(each, 0) for each in CUSTOMERS)
    return mail.get(SubmissionClass.SMTP_AUTH, 0) / total if total else None


def last_day(*, before: date) -> date | None:
    """The last one with evidence of mail or of open doors. Today is not over, so pages ask for the days before it."""
    mail = DailyCount.objects.filter(day__lt=before).exclude(submission_class=SubmissionClass.INBOUND)
    doors = OpenDoor.objects.filter(day__lt=before)
    found = [rows.aggregate(last=Max("day"))["last"] for rows in (mail, doors)]
    return max((day for day in found if day), default=None)


def share_of_week(until: date) -> float | None:
    """Of the seven days up to `until`."""
    counts = DailyCount.objects.filter(day__gt=until - WEEK, day__lte=until, submission_class__in=CUSTOMERS)
    return share(dict(counts.values_list("submission_class").annotate(Sum("submissions")).order_by()))
