"""Addresses that no mail reaches: suppressed by a hard bounce, lifted by a later success or by staff."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from notices.deliveries.evidence import Evidence
from notices.models import Delivery, Notice, Suppression


def learn(told: Iterable[tuple[Notice, Evidence]]) -> None:
    """What the fates of notices say of the addresses they went to. Safe to repeat, and in any order."""
    told = sorted(told, key=lambda one: (one[0].holdout.customer_id, one[0].pk))  # as all do who lock several
    for notice, evidence in told:
        if evidence.is_hard:
            suppress(notice, evidence)
    delivered = [(notice, evidence.at) for notice, evidence in told if evidence.fate == Delivery.Fate.DELIVERED]
    customers = {notice.holdout.customer_id for notice, _at in delivered}
    suppressed = set(Suppression.objects.open().filter(customer__in=customers).values_list("customer", "address"))
    for notice, at in delivered:
        if (notice.holdout.customer_id, address_of(notice)) in suppressed:
            _lift(notice, at)


def suppress(notice: Notice, evidence: Evidence) -> None:
    """From this bounce on, unless something newer is known of the address."""
    customer, address = notice.holdout.customer, address_of(notice)
    values = {"notice": notice, "status_code": evidence.status_code[:12], "text": evidence.text[:300]}
    ours = Suppression.objects.filter(customer=customer, address=address)
    newer = Q(notice=None) | Q(notice__delivery=None) | Q(notice__delivery__at__lt=evidence.at)
    if ours.open().exists():
        for pk in ours.open().filter(newer, since__lt=evidence.at).values_list("pk", flat=True):
            Suppression.objects.filter(pk=pk).update(**values)
        return
    if ours.filter(ended_at__gte=evidence.at).exists() or _was_delivered(notice, address, after=evidence.at):
        return
    try:
        with transaction.atomic():
            ours.create(customer=customer, address=address, since=evidence.at, **values)
    except IntegrityError:  # somebody else did at this moment
        if not ours.open().exists():
            raise


def clear(*, suppression_id: int, user_id: int, now: datetime) -> bool:
    """Staff say that mail may go there again; False when it does already."""
    values = {"ended_at": now, "ended_why": Suppression.End.STAFF, "ended_by_id": user_id}
    return Suppression.objects.open().filter(pk=suppression_id).update(**values) == 1


def address_of(notice: Notice) -> str:
    """Where the notice went; older ones did not keep it."""
    return notice.sent_to or notice.holdout.customer.notice_address.lower()


def _was_delivered(notice: Notice, address: str, *, after: datetime) -> bool:
    others = Notice.objects.filter(holdout__customer=notice.holdout.customer_id, sent_to=address).exclude(pk=notice.pk)
    return others.filter(delivery__fate=Delivery.Fate.DELIVERED, delivery__at__gt=after).exists()


def _lift(notice: Notice, at: datetime) -> None:
    """By a success later than the last bounce, which may not be the first that was heard of."""
    ours = Suppression.objects.open().filter(customer=notice.holdout.customer_id, address=address_of(notice))
    for pk in ours.filter(since__lt=at).exclude(notice__delivery__at__gte=at).values_list("pk", flat=True):
        Suppression.objects.open().filter(pk=pk).update(ended_at=at, ended_why=Suppression.End.DELIVERED)
