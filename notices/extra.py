"""An extra notice to customers whom staff have chosen in the list.

It is a mailing like those of the plan: a second person approves it, it has the hold, the hours and the day's cap,
and nobody gets it within the days that lie between two notices. Until it goes out it can be taken back.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import BulkChange, BulkChosen, Campaign
from campaign.plan.campaigns import NotPossible
from notices import mailings, on_request, planning, selection, texts
from notices.models import Mailing, Notice

Kind, State = Mailing.Kind, BulkChange.State
GOOD_FOR_DAYS = 14  # after its last slot


def plan(*, change_id: int, now: datetime, today: date) -> Mailing | None:
    """The mailing to those who stand in `BulkChosen` for the change and are due; None where it was planned already.

    Raises NotPossible where nobody is due.
    """
    with transaction.atomic():
        change = BulkChange.objects.select_for_update().select_related("campaign").get(pk=change_id)
        if change.state != State.RUNNING:
            return None
        mailing = _planned(change, now=now, today=today)
        planned = Notice.objects.for_mailing(mailing).count()
        values = {"state": State.DONE, "values": {"mailing": mailing.pk}, "customers": planned}
        BulkChange.objects.filter(pk=change_id).update(**values, handled=change.chosen)
        BulkChosen.objects.filter(change=change).delete()
    return mailing


def _planned(change: BulkChange, *, now: datetime, today: date) -> Mailing:
    campaign = change.campaign
    if not campaign.starts_on <= today < campaign.cutoff_on:
        raise NotPossible(_("An extra notice goes out between the campaign's first day and the cut-off alone."))
    planning.one_at_a_time()
    chosen = BulkChosen.objects.filter(change=change).values("customer_id")
    due = selection.due(campaign, today=today, kind=Kind.EXTRA).filter(customer__in=chosen)
    if not due.exists():
        raise NotPossible(_nobody(campaign, change, today=today))
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


def _nobody(campaign: Campaign, change: BulkChange, *, today: date) -> str:
    """With the reason that most of them have."""
    chosen = BulkChosen.objects.filter(change=change).values("customer_id")
    found = selection.holdouts_with_reason(campaign, today=today, kind=Kind.EXTRA).filter(customer__in=chosen)
    counted: dict[str, int] = {}
    for reason in found.order_by().values_list("not_due", flat=True):
        counted[reason] = counted.get(reason, 0) + 1
    if not counted:
        return _("None of them is in this campaign: no extra notice is planned.")
    most = max(counted, key=lambda reason: counted[reason])
    why = str(selection.WhyNot(most).label)
    return _("None of them can get an extra notice; most often: %(why)s.") % {"why": why}


def take_back(*, change_id: int, now: datetime, user_id: int) -> int | None:
    """Cancel the mailing; of how many notices nothing has gone out. None where none waits any more."""
    with transaction.atomic():
        change = BulkChange.objects.select_for_update().get(pk=change_id)
        mailing = Mailing.objects.filter(pk=change.values.get("mailing")).first()
        if mailing is None or change.undone_at is not None or mailing.state in Mailing.ENDED:
            return None
        try:
            mailings.cancel(mailing_id=mailing.pk, now=now)
        except mailings.NotAllowed:  # the last one has just gone out
            return None
        withdrawn = Notice.objects.for_mailing(mailing).filter(state=Notice.State.WITHDRAWN).count()
        done = {"undone_at": now, "undone_by_id": user_id, "restored": withdrawn}
        BulkChange.objects.filter(pk=change_id).update(**done)
    return withdrawn
