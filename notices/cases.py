"""A customer's case: what a mail says of its customer, read as it stands when the mail is made."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db import connection

from campaign.models import Campaign
from notices.models import Notice

# Times as text: reading them as such takes the drivers longer than all the rest of a row.
OF_CUSTOMER = """customer.language, customer.client_program, customer.login,
customer.contact_address, customer.name, holdout.standing, holdout.reason, CAST(holdout.last_legacy_at AS text),
holdout.last_auth_on,
EXISTS (SELECT 1 FROM campaign_dailyuse AS one WHERE one.customer_id = holdout.customer_id
    AND one.day = holdout.last_legacy_on AND one.submission_class = %(path)s AND one.confirmed > 0)"""
LOOK = f"""SELECT {OF_CUSTOMER} FROM campaign_holdout AS holdout
JOIN campaign_customer AS customer ON customer.id = holdout.customer_id
WHERE holdout.id = %(holdout)s"""  # noqa: S608 (parts from above)


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
    """As a worker would find it now that claims the notice."""
    campaign = notice.mailing.campaign
    return of_holdout(notice.holdout_id, campaign, number=notice.number, message_id=notice.message_id)


def of_holdout(holdout: int, campaign: Campaign, *, number: str, message_id: str) -> Case:
    """Of a holdout of the campaign by its primary key, for a notice of that number and Message-ID."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"holdout": holdout, "path": campaign.legacy_class.value})
        return read((number, message_id, *cursor.fetchone()))


def read(row: tuple) -> Case:
    """A row that has a notice's number, its Message-ID, and then `OF_CUSTOMER`."""
    *told, last_legacy_at, last_auth_on, confirmed = row
    return Case(*told, time_of(last_legacy_at), last_auth_on, bool(confirmed))  # SQLite knows 1 and 0


def time_of(text: str) -> datetime:
    """A column's; SQLite keeps UTC and does not say so."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo in (None, UTC) else at.astimezone(UTC)
