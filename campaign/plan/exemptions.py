"""Exemptions that staff decide: a customer is left alone from today on, for a reason, until a day.

No notice goes out from this moment on; the standing follows when it is next made.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.locks import in_turn
from campaign.models import Exemption
from campaign.plan.campaigns import NotPossible

LONGEST = timedelta(days=366)
REASON_LONGEST = 300


def check(*, reason: str, until: date | None, today: date) -> str:
    """The reason as it is kept. Raises NotPossible."""
    plain, wrong = " ".join(reason.replace("\0", "").split()), {}
    if until is None or not today <= until <= today + LONGEST:
        wrong["until"] = _("Choose a last day from today to a year from now.")
    if not plain:
        wrong["reason"] = _("Give a reason: there is none.")
    elif len(plain) > REASON_LONGEST:
        long = _("A reason has at most %(most)s characters; this one has %(length)s.")
        wrong["reason"] = long % {"most": REASON_LONGEST, "length": len(plain)}
    if wrong:
        raise NotPossible(fields=wrong)
    return plain


def grant(
    *, campaign_id: int, customer_ids: list[int], reason: str, until: date, today: date, user_id: int
) -> list[Exemption]:
    """One for each customer who is not left alone for at least as long already. Raises NotPossible."""
    plain = check(reason=reason, until=until, today=today)
    values = {"campaign_id": campaign_id, "reason": plain, "from_day": today, "until": until, "made_by_id": user_id}
    with transaction.atomic():
        in_turn("campaign.exemptions", campaign_id)
        in_force = Exemption.objects.filter(campaign=campaign_id, from_day__lte=today, until__gte=until)
        have = set(in_force.filter(customer__in=customer_ids).values_list("customer", flat=True))
        return Exemption.objects.bulk_create(
            [Exemption(customer_id=customer, **values) for customer in customer_ids if customer not in have],
            batch_size=1000,
        )
