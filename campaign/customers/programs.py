"""Daily use -> the mail program of each customer."""

from datetime import date

from django.db.models import Case, DateField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from campaign.models import Customer, DailyUse, SubmissionClass

LEGACY = (SubmissionClass.POP_BEFORE_SMTP, SubmissionClass.LOCAL_PORT25)


def bring_up_to_date(*, days: set[date], today: date) -> None:
    """The newest program that each customer with use on `days` was seen with.

    Legacy use goes before SMTP-AUTH whatever the days: the program that still sends the old
    way is the one whose guide is wanted.
    """
    seen = DailyUse.objects.exclude(client_program="").filter(day__lte=today)
    concerned = Q(pk__in=seen.filter(day__in=days).values("customer")) | Q(client_seen_on__in=days)
    Customer.objects.filter(concerned).update(
        client_program=_of_newest("client_program", today, nothing=Value("")),
        client_seen_on=_of_newest("day", today, nothing=Value(None, DateField())),
    )


def _of_newest(field: str, today: date, *, nothing: Value) -> Case:
    """One step backwards into daily use's key for each class, for the sake of speed."""
    pop, port25 = (_newest(name, field, today) for name in LEGACY)
    pop_day, port25_day = (Coalesce(_newest(name, "day", today), Value(date.min)) for name in LEGACY)
    auth = _newest(SubmissionClass.SMTP_AUTH, field, today)
    return Case(
        When(GreaterThanOrEqual(pop_day, port25_day), then=Coalesce(pop, port25, auth, nothing)),
        default=Coalesce(port25, pop, auth, nothing),
    )


def _newest(submission_class: SubmissionClass, field: str, today: date) -> Subquery:
    use = DailyUse.objects.filter(customer=OuterRef("pk"), submission_class=submission_class, day__lte=today)
    return Subquery(use.exclude(client_program="").order_by("-day").values(field)[:1])
