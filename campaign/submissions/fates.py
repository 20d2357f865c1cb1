"""What the mail server's log says of our own notices, by their Message-IDs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb
from django.conf import settings
from django.db.models import Max

from campaign.logs.events import MESSAGES
from campaign.logs.stamps import micros, moment
from campaign.models import Coverage, Stream
from campaign.submissions.attribution import connect, view
from campaign.submissions.intake import segments

# A message may lie in several pieces of the log; the first of them has the Message-ID. Which one a
# later piece belongs to is told by the queue id, up to the next Message-ID under it.
FATES = """
WITH notice AS (
    SELECT DISTINCT host, mta, queue_id FROM piece
    WHERE starts_with(message_id, '<notice.') AND ends_with(message_id, $suffix)
), known AS (
    SELECT * FROM piece SEMI JOIN notice USING (host, mta, queue_id)
), begun AS (
    SELECT host, mta, queue_id, moment, message_id FROM known WHERE message_id IS NOT NULL
)
SELECT substr(begun.message_id, 2, length(begun.message_id) - 2), tried.status, coalesce(tried.code, ''),
       coalesce(tried.words, ''), tried.attempt, tried.host, tried.queue_id
FROM known AS tried ASOF JOIN begun
  ON tried.host = begun.host AND tried.mta = begun.mta AND tried.queue_id = begun.queue_id
 AND tried.moment >= begun.moment
WHERE tried.status IS NOT NULL AND starts_with(begun.message_id, '<notice.') AND ends_with(begun.message_id, $suffix)
  AND tried.attempt >= $since AND tried.attempt < $until
ORDER BY tried.attempt, tried.started, tried.line
"""

# A header is logged while it is being received; only the queue manager proves acceptance.
SEEN = """
SELECT substr(named.message_id, 2, length(named.message_id) - 2), min(named.moment)
FROM piece AS named JOIN piece AS taken
  ON taken.queued IS NOT NULL AND taken.host = named.host AND taken.mta = named.mta
 AND taken.queue_id = named.queue_id AND taken.queued BETWEEN named.moment - 5000000 AND named.moment + 3600000000
WHERE starts_with(named.message_id, '<notice.') AND ends_with(named.message_id, $suffix)
  AND named.moment >= $since AND named.moment < $until
GROUP BY named.message_id
"""


class Fate(NamedTuple):
    """One attempt to deliver a notice. `status` is sent, deferred, bounced or expired."""

    message_id: str
    status: str
    status_code: str
    text: str
    at: datetime
    host: str
    queue_id: str


def fates_of(*, domain: str, since: datetime, until: datetime) -> list[Fate]:
    """All attempts for notices under `domain`, in time order; Message-IDs without brackets."""
    # The message may have come in days before its last attempt.
    with _pieces(since - timedelta(days=7), until) as con:
        rows = con.execute(FATES, _given(domain, since, until)).fetchall()
    return [Fate(*row[:4], moment(row[4]), *row[5:]) for row in rows]


def seen_message_ids(*, domain: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """Every notice that the mail server accepted in that time, and when."""
    with _pieces(since, until) as con:
        return {name: moment(at) for name, at in con.execute(SEEN, _given(domain, since, until)).fetchall()}


def logged_until() -> datetime | None:
    """The time of the last mail-server event that was read."""
    return Coverage.objects.filter(stream=Stream.MAIL).aggregate(last=Max("last_at"))["last"]


def _given(domain: str, since: datetime, until: datetime) -> dict[str, object]:
    return {"suffix": f"@{domain}>", "since": micros(since), "until": micros(until)}


@contextmanager
def _pieces(since: datetime, until: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fates-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        view(con, "piece", segments(), MESSAGES, (micros(since), micros(until)), settings.CLOCK_OFFSETS)
        yield con
