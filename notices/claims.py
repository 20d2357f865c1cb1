"""What a worker claims, and the statements that claim it: all that a mail needs, in one look into the database.

`exempt`, `muted` and `unreachable` say of single notices, for speed, what `selection.Sets` says of all holdouts when
a mailing is planned; the tests hold one against the other.
"""

import json
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from notices import cases
from notices.cases import OF_CUSTOMER, Case
from notices.models import Mailing

ONES_DUE = """
SELECT id FROM notices_notice WHERE mailing_id = %(mailing)s AND state = 'waiting' AND send_after <= %(now)s
ORDER BY send_after, id LIMIT %(limit)s"""
SET_CLAIMED = """
UPDATE notices_notice AS notice
SET state = 'claimed', claimed_at = %(now)s, attempts = attempts + 1, language = customer.language,
    client_program = customer.client_program, sent_to = substr(lower({address}), 1, 254)
FROM campaign_holdout AS holdout JOIN campaign_customer AS customer ON customer.id = holdout.customer_id
WHERE holdout.id = notice.holdout_id AND notice.state = 'waiting' AND notice.id """
AS_IT_STANDS = """
notice.id, notice.attempts, notice.utf8_instead, CAST(notice.send_after AS text),
EXISTS (SELECT 1 FROM campaign_exemption AS one WHERE one.campaign_id = holdout.campaign_id
    AND one.customer_id = holdout.customer_id AND one.from_day <= %(today)s AND one.until >= %(today)s),
EXISTS (SELECT 1 FROM notices_mute AS one WHERE one.holdout_id = holdout.id),
EXISTS (SELECT 1 FROM notices_suppression AS one WHERE one.customer_id = holdout.customer_id
    AND one.ended_at IS NULL AND one.address = lower({address})),
notice.number, notice.message_id, {of_customer}"""
ADDRESS = "COALESCE(NULLIF(customer.contact_address, ''), customer.login)"
SET_CLAIMED = SET_CLAIMED.format(address=ADDRESS)
AS_IT_STANDS = AS_IT_STANDS.format(address=ADDRESS, of_customer=OF_CUSTOMER)
# What another worker is claiming at this moment is its own. By `ARRAY` the planner is not told how many are due:
# so it looks each up by its key, and does not read a whole table for a hundred rows.
LOCKED = f"WITH due AS MATERIALIZED ({ONES_DUE} FOR NO KEY UPDATE SKIP LOCKED)"
CLAIM_AT_ONCE = f"{LOCKED} {SET_CLAIMED} = ANY (ARRAY (SELECT id FROM due)) RETURNING {AS_IT_STANDS}"  # noqa: S608 (parts from above)
# SQLite lets one claim at a time, and returns no columns of other tables.
THESE = "IN (SELECT value FROM json_each(%(keys)s))"
CLAIM_THESE = f"{SET_CLAIMED} {THESE}"
LOOK_AT_THESE = f"""SELECT {AS_IT_STANDS} FROM notices_notice AS notice
JOIN campaign_holdout AS holdout ON holdout.id = notice.holdout_id
JOIN campaign_customer AS customer ON customer.id = holdout.customer_id
WHERE notice.id {THESE}"""  # noqa: S608 (parts from above)


class Claim(NamedTuple):
    """A notice that is one worker's to send, until it is settled or its lease ends.

    `exempt`, `muted`, `unreachable`: so it stands with its customer at this moment.
    """

    pk: int
    attempts: int
    utf8_instead: bool
    send_after: datetime
    exempt: bool
    muted: bool
    unreachable: bool
    case: Case
    claimed_at: datetime
    mailing: Mailing  # one for all that are claimed together


def take(mailing: Mailing, *, limit: int, now: datetime) -> list[Claim]:
    """Claim up to `limit` due notices of a mailing, within the caller's transaction; the oldest first."""
    adapt = connection.ops
    values = {
        "mailing": mailing.pk,
        "limit": limit,
        "now": adapt.adapt_datetimefield_value(now),
        "today": adapt.adapt_datefield_value(timezone.localdate(now)),
        "path": mailing.campaign.legacy_class.value,
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(CLAIM_AT_ONCE, values)
            rows = cursor.fetchall()
        else:
            rows = _one_by_one(cursor, values)
    return sorted((_claim(row, mailing, now) for row in rows), key=lambda claim: (claim.send_after, claim.pk))


def _claim(row: tuple, mailing: Mailing, now: datetime) -> Claim:
    key, attempts, utf8_instead, send_after, *facts = row[:7]
    facts = map(bool, facts)  # SQLite knows 1 and 0
    return Claim(key, attempts, utf8_instead, cases.time_of(send_after), *facts, cases.read(row[7:]), now, mailing)


def _one_by_one(cursor, values: dict[str, object]) -> list[tuple]:
    cursor.execute(ONES_DUE, values)
    keys = [key for (key,) in cursor.fetchall()]
    values["keys"] = json.dumps(keys)
    cursor.execute(CLAIM_THESE, values)
    if cursor.rowcount != len(keys):
        raise RuntimeError("a notice was claimed by somebody else while this process alone could write")
    cursor.execute(LOOK_AT_THESE, values)
    return cursor.fetchall()
