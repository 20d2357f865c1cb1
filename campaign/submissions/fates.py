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

from campaign.logs.events import MAIL as EVENTS
from campaign.logs.stamps import micros, moment
from campaign.models import Coverage, Stream
from campaign.submissions.attribution import connect
from campaign.submissions.days import day_of
from campaign.submissions.intake import segments
from campaign.submissions.segments import MAIL

# A message is the life of a queue id: from one Message-ID to the next under the same id. What a
# filter on the same host takes over is no delivery; the filter's own copy has one.
FATES = """
WITH notice AS (
    SELECT host, mta, queue_id FROM mail_event
    WHERE kind = 'message_id' AND starts_with(text, '<notice.') AND ends_with(text, $suffix)
), started AS (
    SELECT host, mta, queue_id, moment, text FROM mail_event SEMI JOIN notice USING (host, mta, queue_id)
    WHERE kind = 'message_id'
), ended AS (
    SELECT * FROM mail_event SEMI JOIN notice USING (host, mta, queue_id)
    WHERE kind = 'expired' OR kind = 'delivery' AND (ip IS NULL OR ip NOT IN ('127.0.0.1', '::1'))
)
SELECT substr(started.text, 2, length(started.text) - 2) AS message_id,
       CASE ended.kind WHEN 'expired' THEN 'expired' ELSE ended.word END AS status,
       coalesce(ended.code, '') AS code, coalesce(ended.text, '') AS words,
       ended.moment, ended.host, ended.queue_id
FROM ended ASOF JOIN started
  ON ended.host = started.host AND ended.mta = started.mta AND ended.queue_id = started.queue_id
 AND ended.moment >= started.moment
WHERE starts_with(started.text, '<notice.') AND ends_with(started.text, $suffix)
  AND ended.moment >= $since AND ended.moment < $until
ORDER BY ended.moment, ended.started, ended.line
"""

# A header is logged while it is being received; only the queue manager proves acceptance.
SEEN = """
SELECT substr(named.text, 2, length(named.text) - 2), min(named.moment)
FROM mail_event AS named JOIN mail_event AS queued
  ON queued.kind = 'queued' AND queued.host = named.host AND queued.mta = named.mta
 AND queued.queue_id = named.queue_id AND queued.moment BETWEEN named.moment - 2000000 AND named.moment + 3600000000
WHERE named.kind = 'message_id' AND starts_with(named.text, '<notice.') AND ends_with(named.text, $suffix)
  AND named.moment >= $since AND named.moment < $until
GROUP BY named.text
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
    with _mail_events(since - timedelta(days=7), until) as con:
        rows = con.execute(FATES, _given(domain, since, until)).fetchall()
    return [Fate(*row[:4], moment(row[4]), *row[5:]) for row in rows]


def seen_message_ids(*, domain: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """Every notice that the mail server accepted in that time, and when."""
    with _mail_events(since, until) as con:
        return {name: moment(at) for name, at in con.execute(SEEN, _given(domain, since, until)).fetchall()}


def logged_until() -> datetime | None:
    """The time of the last mail-server event that was read."""
    return Coverage.objects.filter(stream=Stream.MAIL).aggregate(last=Max("last_at"))["last"]


def _given(domain: str, since: datetime, until: datetime) -> dict[str, object]:
    return {"suffix": f"@{domain}>", "since": micros(since), "until": micros(until)}


@contextmanager
def _mail_events(since: datetime, until: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    store = segments()
    first, last = (day_of(micros(at), store.zone) for at in (since, until))
    files = store.files(MAIL, (first + timedelta(days=count) for count in range((last - first).days + 1)))
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fates-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        if files:
            con.read_parquet(files, hive_partitioning=False).create_view("mail_event")
        else:
            con.register("mail_event", EVENTS.empty_table())
        yield con
