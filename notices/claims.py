"""What a worker claims, and the statements that claim it: all that a mail needs, in one look into the database.

`exempt`, `muted`, `unreachable` and `confirmed` say here, for speed, what `selection.as_it_stands` and
`compose.with_all_it_needs` say; the tests hold one against the other.
"""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from notices.cases import Case
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
# Times as text: reading them as such takes the drivers longer than all the rest of a row.
AS_IT_STANDS = """
notice.id, notice.attempts, notice.utf8_instead, CAST(notice.send_after AS text),
EXISTS (SELECT 1 FROM campaign_exemption AS one WHERE one.campaign_id = holdout.campaign_id
    AND one.customer_id = holdout.customer_id AND one.from_day <= %(today)s AND one.until >= %(today)s),
EXISTS (SELECT 1 FROM notices_mute AS one WHERE one.holdout_id = holdout.id),
EXISTS (SELECT 1 FROM notices_suppression AS one WHERE one.customer_id = holdout.customer_id
    AND one.ended_at IS NULL AND one.address = lower({address})),
notice.number, notice.message_id, customer.language, customer.client_program, customer.login,
customer.contact_address, customer.name, holdout.standing, holdout.reason, CAST(holdout.last_legacy_at AS text),
holdout.last_auth_on,
EXISTS (SELECT 1 FROM campaign_dailyuse AS one WHERE one.customer_id = holdout.customer_id
    AND one.day = holdout.last_legacy_on AND one.submission_class = %(path)s AND one.confirmed > 0)"""
ADDRESS = "COALESCE(NULLIF(customer.contact_address, ''), customer.login)"
SET_CLAIMED, AS_IT_STANDS = (text.replace("{address}", ADDRESS) for text in (SET_CLAIMED, AS_IT_STANDS))
# What another worker is claiming at this moment is its own. By `ARRAY` the planner is not told how many are due:
# so it looks each up by its key, and does not read a whole table for a hundred rows.
LOCKED = f"WITH due AS MATERIALIZED ({ONES_DUE} FOR UPDATE SKIP LOCKED)"
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
    key, attempts, utf8_instead, send_after, exempt, muted, unreachable = row[:7]
    *told, last_legacy_at, last_auth_on, confirmed = row[7:]
    case = Case(*told, _time(last_legacy_at), last_auth_on, bool(confirmed))  # SQLite knows 1 and 0
    facts = (bool(exempt), bool(muted), bool(unreachable))
    return Claim(key, attempts, utf8_instead, _time(send_after), *facts, case, now, mailing)


def _time(text: str) -> datetime:
    """A column's; SQLite keeps UTC and does not say so."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo in (None, UTC) else at.astimezone(UTC)


def _one_by_one(cursor, values: dict[str, object]) -> list[tuple]:
    cursor.execute(ONES_DUE, values)
    keys = [key for (key,) in cursor.fetchall()]
    values["keys"] = json.dumps(keys)
    cursor.execute(CLAIM_THESE, values)
    if cursor.rowcount != len(keys):
        raise RuntimeError("a notice was claimed by somebody else while this process alone could write")
    cursor.execute(LOOK_AT_THESE, values)
    return cursor.fetchall()
