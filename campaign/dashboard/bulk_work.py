"""What a worker does with changes to very many customers: collects whom, then goes on portion by portion."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.dashboard.extra_refused import refused
from campaign.dashboard.finding import everybody, filters_in, find
from campaign.models import BulkChange, BulkChosen
from campaign.plan import bulk_portions
from campaign.plan.campaigns import NotPossible
from notices import extra

log = logging.getLogger(__name__)
Kind, State = BulkChange.Kind, BulkChange.State
AT_MOST = timedelta(minutes=5)  # then another job may have the worker; beat asks again within seconds


def work(*, clock: Callable[[], datetime]) -> int:
    """Go on with all that is under way, one after the other; how many portions were done.

    One that fails keeps none of the others waiting.
    """
    begin, done = clock(), 0
    for change_id in bulk_portions.under_way():
        try:
            while clock() - begin < AT_MOST and step(change_id=change_id, now=clock()):
                done += 1
        except (OperationalError, InterfaceError):
            log.exception("change %s goes on later: the database did not do it", change_id)
        except Exception as error:
            log.exception("change %s is stopped", change_id)
            trouble = _("There was an error: %(error)s. The worker's log says why.")
            _stop(change_id, trouble % {"error": type(error).__name__})
    return done


def step(*, change_id: int, now: datetime) -> bool:
    """One committed step; False when the change needs no more of them."""
    change = BulkChange.objects.select_related("campaign").get(pk=change_id)
    today = timezone.localdate(now)
    if change.state == State.CHOOSING:
        filters = filters_in(QueryDict(change.query), change.campaign)
        if filters.query() != change.query:  # such as a brand that this process has not read: all would be changed
            _stop(change.pk, _("It was chosen by a filter that the worker does not know: nothing was changed."))
            return False
        found = find(change.campaign, filters, today=today)
        return bulk_portions.collect(change_id=change_id, keys=everybody(change.campaign, filters, found, today=today))
    if change.kind == Kind.NOTICE and change.state == State.RUNNING:
        return plan_notice(change, now=now)
    return bulk_portions.work(change_id=change_id, now=now, today=today)


def plan_notice(change: BulkChange, *, now: datetime) -> bool:
    """An extra notice is one mailing, planned in one transaction like all; False: there is nothing more to do."""
    try:
        extra.plan(change_id=change.pk, now=now, today=timezone.localdate(now))
    except NotPossible as error:
        log.info("the extra notice of change %s is not planned: %s", change.pk, error)
        if isinstance(error, extra.NobodyDue) and error.in_the_way and error.in_the_way.mailing:
            values = change.values | {"in_the_way": error.in_the_way.mailing.pk}
            BulkChange.objects.filter(pk=change.pk).update(values=values)
        _stop(change.pk, refused(error, change.campaign).words if isinstance(error, extra.NobodyDue) else str(error))
    return False


def _stop(change_id: int, trouble: str) -> None:
    """What was changed before stays so, and can be undone."""
    with transaction.atomic():
        going_on = BulkChange.objects.filter(pk=change_id).exclude(state__in=BulkChange.ENDED)
        if going_on.update(state=State.STOPPED, trouble=trouble[:300]):
            BulkChosen.objects.filter(change=change_id).delete()


def plan_notice_now(change: BulkChange, keys: list[int], *, now: datetime) -> None:
    """For few customers, at once. Raises NotPossible."""
    bulk_portions.collect(change_id=change.pk, keys=[keys[at : at + 1000] for at in range(0, len(keys), 1000)])
    extra.plan(change_id=change.pk, now=now, today=timezone.localdate(now))
