"""A customer's case, as it stands when a notice's mail is made."""

from datetime import date, datetime
from typing import NamedTuple

from campaign.models import DailyUse
from notices.models import Notice


class Case(NamedTuple):
    """What a mail says of its customer, beside what its mailing says to all.

    `confirmed`: the evidence of the last legacy day names the customer beyond doubt.
    """

    number: str
    message_id: str
    language: str
    client_program: str
    login: str
    contact_address: str
    name: str
    standing: str
    reason: str
    last_legacy_at: datetime
    last_auth_on: date | None
    confirmed: bool

    @property
    def address(self) -> str:
        """Where notices go."""
        return self.contact_address or self.login


def of_notice(notice: Notice) -> Case:
    """By its related rows as they are now."""
    holdout, customer = notice.holdout, notice.holdout.customer
    return Case(
        number=notice.number,
        message_id=notice.message_id,
        language=notice.language,
        client_program=notice.client_program,
        login=customer.login,
        contact_address=customer.contact_address,
        name=customer.name,
        standing=holdout.standing,
        reason=holdout.reason,
        last_legacy_at=holdout.last_legacy_at,
        last_auth_on=holdout.last_auth_on,
        confirmed=_confirmed(notice),
    )


def _confirmed(notice: Notice) -> bool:
    prefetched = getattr(notice, "confirmed", None)
    if prefetched is not None:
        return prefetched
    last_day = DailyUse.objects.filter(
        customer=notice.holdout.customer_id,
        submission_class=notice.mailing.campaign.legacy_class,
        day=notice.holdout.last_legacy_on,
    )
    return last_day.filter(confirmed__gt=0).exists()
