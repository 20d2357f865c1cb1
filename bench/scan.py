"""The peer: the same answers as one would write them first, from daily use and with LIKE, without anything kept."""

from datetime import date, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum

from campaign.customers.rollup import covered_days
from campaign.customers.status import quiet_since, standing
from campaign.models import Campaign, Customer, DailyUse, SubmissionClass
from campaign.models.holdouts import LEFT, MOVED


def headline(campaign: Campaign, *, today: date) -> dict[str, float]:
    """Identified, moved, left, and the share of SMTP-AUTH in the mail of the last seven days."""
    since = quiet_since(today, campaign.quiet_days, covered_days(until=today))
    of = "daily_use__submission_class"
    last = Customer.objects.annotate(
        old=Max("daily_use__day", filter=Q(**{of: campaign.legacy_class})),
        new=Max("daily_use__day", filter=Q(**{of: SubmissionClass.SMTP_AUTH})),
    )
    stands = [
        standing(last_legacy=old, last_auth=new, quiet_since=since, exempt=False)
        for old, new in last.exclude(old=None).values_list("old", "new")
    ]
    week = DailyUse.objects.filter(day__gt=today - timedelta(days=7), day__lte=today)
    mail = dict(week.values_list("submission_class").annotate(Sum("submissions")))
    return {
        "identified": len(stands),
        "moved": sum(each in MOVED for each in stands),
        "left": sum(each in LEFT for each in stands),
        "share": mail[SubmissionClass.SMTP_AUTH] / sum(mail.values()),
    }


def found(words: str) -> QuerySet[Customer]:
    """Customers with the words anywhere in what is searched."""
    anywhere = (
        Q(login__icontains=words)
        | Q(addresses__address__icontains=words)
        | Q(name__icontains=words)
        | Q(contract__icontains=words)
        | Q(holdouts__notices__number__icontains=words)
    )
    return Customer.objects.filter(anywhere).annotate(sent=Count("holdouts__notices", distinct=True))
