"""What a customer says of the own mail program, for whom the logs show none, or an old one."""

from datetime import date

from django.db import transaction

from campaign.customers import counts
from campaign.models import Customer, Holdout


def tell_program(*, customer_id: int, program: str, today: date) -> bool:
    """The program is this one until the logs of a later day show one (`programs.sql`); False where it was so."""
    with transaction.atomic():
        told = Customer.objects.filter(pk=customer_id).exclude(client_program=program)
        changed = told.update(client_program=program, client_told_on=today) == 1
        if changed:
            found = Holdout.objects.filter(customer=customer_id)
            found.update(client_program=program)
            for campaign_id in found.order_by("campaign").values_list("campaign", flat=True):
                counts.mark_stale(campaign_id)
    return changed
