"""An extra notice to customers whom staff have chosen in the list.

It is a mailing like those of the plan: a second person approves it, it has the hold, the hours and the day's cap,
and nobody gets it within the days that lie between two notices. Until it goes out it can be taken back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import BulkChange, BulkChosen, Campaign, Exemption
from campaign.plan import bulk, reached
from campaign.plan.campaigns import NotPossible
from notices import mailings, on_request, planning, selection, texts
from notices.models import Mailing, Notice
from notices.selection import WhyNot

Kind, State = Mailing.Kind, BulkChange.State
GOOD_FOR_DAYS = 14  # after its last slot
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class InTheWay:
    """Why an extra notice is not possible now: `mailing` is the one whose notices are too near, if it is one.

    It becomes possible on `first` for the first of the customers, and on `all` for the last of them.
    """

    why: WhyNot
    mailing: Mailing | None = None
    first: date | None = None
    all: date | None = None


class NobodyDue(NotPossible):
    """None of those chosen can get it now."""

    def __init__(self, message: str, in_the_way: InTheWay | None = None) -> None:
        super().__init__(message)
        self.in_the_way = in_the_way


def plan(*, change_id: int, now: datetime, today: date) -> Mailing | None:
    """The mailing to those who stand in `BulkChosen` for the change and are due; None where it was planned already.

    Raises NotPossible, and NobodyDue where nobody is due.
    """
    with transaction.atomic():
        change = bulk.locked(change_id)
        if change.state != State.RUNNING:
            return None
        mailing = _planned(change, now=now, today=today)
        planned = Notice.objects.for_mailing(mailing).count()
        values = {"state": State.DONE, "values": {"mailing": mailing.pk}, "customers": planned}
        BulkChange.objects.filter(pk=change_id).update(**values, handled=change.chosen)
        if change.query:  # a worker's, of which the audit has no entry for each customer
            reached.remember(change.pk, _customers(Notice.objects.for_mailing(mailing)))
        BulkChosen.objects.filter(change=change).delete()
    return mailing


def _customers(notices: models.QuerySet) -> Iterator[int]:
    return notices.order_by().values_list("holdout__customer", flat=True).iterator()


def _planned(change: BulkChange, *, now: datetime, today: date) -> Mailing:
    campaign = change.campaign
    if not campaign.starts_on <= today < campaign.cutoff_on:
        raise NotPossible(_("An extra notice goes out between the campaign's first day and the cut-off alone."))
    planning.one_at_a_time()
    chosen = BulkChosen.objects.filter(change=change).values("customer_id")
    due = selection.due(campaign, today=today, kind=Kind.EXTRA).filter(customer__in=chosen)
    if not due.exists():
        raise _nobody(campaign, change, today=today)
    last_day = campaign.cutoff_on - timedelta(days=1)
    mailing = Mailing.objects.create(
        campaign=campaign,
        kind=Kind.EXTRA,
        text_ja=texts.current(campaign, Kind.EXTRA, "ja").version,
        text_en=texts.current(campaign, Kind.EXTRA, "en").version,
        period=on_request.moment(now),
        planned_at=now,
        planned_by_id=change.made_by_id,
        expires_on=last_day,
        daily_cap=settings.NOTICE_DAILY_CAP,
    )
    last = planning.fill(mailing, due, first_day=today, now=now)
    mailing.expires_on = min(last_day, last + timedelta(days=GOOD_FOR_DAYS))
    mailing.save(update_fields=["expires_on"])
    return mailing


def _nobody(campaign: Campaign, change: BulkChange, *, today: date) -> NobodyDue:
    """With the reason that most of them have."""
    chosen = BulkChosen.objects.filter(change=change).values("customer_id")
    found = selection.holdouts_with_reason(campaign, today=today, kind=Kind.EXTRA).filter(customer__in=chosen)
    counted: dict[str, int] = {}
    for reason in found.order_by().values_list("not_due", flat=True):
        counted[reason] = counted.get(reason, 0) + 1
    if not counted:
        return NobodyDue(_("None of them is in this campaign: no extra notice is planned."))
    most = WhyNot(max(counted, key=lambda reason: counted[reason]))
    said = _("None of them can get an extra notice; most often: %(why)s.") % {"why": most.label}
    return NobodyDue(said, in_the_way(campaign, most, found.filter(not_due=most).values("customer_id"), today=today))


def in_the_way(campaign: Campaign, why: WhyNot, customers: models.QuerySet, *, today: date) -> InTheWay:
    """What keeps customers of one reason from an extra notice, and until when, where that can be said."""
    if why == WhyNot.EXEMPT:
        in_force = Exemption.objects.filter(campaign=campaign, from_day__lte=today, until__gte=today)
        ends = _ends(in_force.filter(customer__in=customers), "customer", "until")
        return InTheWay(why, None, *(end and end + ONE_DAY for end in ends))
    if why not in selection.NEVER_TOO_MUCH:
        return InTheWay(why)
    notices, at = selection.not_too_much(why, customers, today=today)
    gap = timedelta(days=settings.NOTICE_GAP_DAYS)
    ends = [end and timezone.localdate(end) for end in _ends(notices, "holdout__customer", at)]
    if why == WhyNot.UNDER_WAY:  # what is late goes out today at the earliest
        ends = [end and max(end, today) for end in ends]
    of_mailings = notices.order_by().values_list("mailing").annotate(number=models.Count("pk"))
    first = of_mailings.order_by("-number", "mailing").first()
    mailing = Mailing.objects.filter(pk=first[0]).first() if first else None
    return InTheWay(why, mailing, *(end and end + gap for end in ends))


def _ends(rows: models.QuerySet, of: str, at: str) -> tuple[Any, Any]:
    """The last of each customer's; of these the first and the last. None where there is nothing."""
    last = rows.order_by().values(of).annotate(last=models.Max(at))
    found = last.aggregate(first=models.Min("last"), all=models.Max("last"))
    return found["first"], found["all"]


def take_back(*, change_id: int, now: datetime, user_id: int) -> int | None:
    """Cancel the mailing; of how many notices nothing has gone out. None where none waits any more."""
    with transaction.atomic():
        change = bulk.locked(change_id)
        mailing = Mailing.objects.filter(pk=change.values.get("mailing")).first()
        if mailing is None or change.undone_at is not None or mailing.state in Mailing.ENDED:
            return None
        try:
            mailings.cancel(mailing_id=mailing.pk, now=now)
        except mailings.NotAllowed:  # the last one has just gone out
            return None
        withdrawn = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WITHDRAWN)
        if change.query:
            reached.remember(change.pk, _customers(withdrawn), undone=True)
        done = {"undone_at": now, "undone_by_id": user_id, "restored": withdrawn.count()}
        BulkChange.objects.filter(pk=change_id).update(**done)
    return done["restored"]
