"""Daily use -> the mail program of each customer."""

from datetime import date

from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from campaign.models import Customer, DailyUse, SubmissionClass


def bring_up_to_date(*, days: set[date], today: date) -> None:
    """The newest program that each customer with use on `days` was seen with.

    Legacy use goes before SMTP-AUTH whatever the days: the program that still sends the old
    way is the one whose guide is wanted.
    """
    seen = DailyUse.objects.exclude(client_program="").filter(day__lte=today)
    concerned = Q(pk__in=seen.filter(day__in=days).values("customer")) | Q(client_seen_on__in=days)
    rank = Case(When(submission_class=SubmissionClass.SMTP_AUTH, then=Value(1)), default=Value(0))
    newest = seen.filter(customer=OuterRef("pk")).order_by(rank, "-day", "submission_class")
    Customer.objects.filter(concerned).update(
        client_program=Coalesce(Subquery(newest.values("client_program")[:1]), Value("")),
        client_seen_on=Subquery(newest.values("day")[:1]),
    )
