"""How much of the customers' mail a password proves, and of which week that is said: the same on every page."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Max

from campaign.models import DailyCount, SubmissionClass

WEEK = timedelta(days=7)
CUSTOMERS = (SubmissionClass.SMTP_AUTH, SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25)


def share(mail: Mapping[str, int]) -> float | None:
    """Of customers' mail, counted by class; None where there is none.

    Mail that nobody's login explains is not known to be a customer's, and is in neither part.
    """
    total = sum(mail.get(each, 0) for each in CUSTOMERS)
    return mail.get(SubmissionClass.SMTP_AUTH, 0) / total if total else None


def last_day(*, before: date) -> date | None:
    """The last one with mail that was sent through us. Today is not over, so pages ask for the days before it."""
    sent = DailyCount.objects.filter(day__lt=before).exclude(submission_class=SubmissionClass.INBOUND)
    return sent.aggregate(last=Max("day"))["last"]


def shares(until: date) -> tuple[float | None, float | None]:
    """Of the seven days up to `until`, and of the seven before them."""
    counts = DailyCount.objects.filter(day__gt=until - 2 * WEEK, day__lte=until, submission_class__in=CUSTOMERS)
    weeks: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for day, submission_class, number in counts.values_list("day", "submission_class", "submissions"):
        weeks[day <= until - WEEK][submission_class] += number
    return share(weeks[0]), share(weeks[1])
