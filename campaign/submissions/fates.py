"""What the mail server's log says of our own notices, by their Message-IDs."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max

from campaign.logs.stamps import micros, moment
from campaign.models import Coverage, Stream
from campaign.submissions import traces
from campaign.submissions.attribution import connect
from campaign.submissions.traces import Trace

# A message may lie in several pieces of the log; the first of them has the Message-ID. Which one a
# later piece belongs to is told by the queue id, up to the next Message-ID under it, and until the
# queue manager has removed it. `fresh` are the pieces that have not been written down.
FATES = """
WITH begun AS (
    SELECT DISTINCT host, mta, queue_id, moment, message_id FROM named
), late AS (
    SELECT DISTINCT host, mta, queue_id FROM named WHERE fresh
), tried AS (
    SELECT * FROM named WHERE fresh
    UNION ALL SELECT * FROM loose WHERE fresh
    UNION ALL SELECT loose.* FROM loose SEMI JOIN late USING (host, mta, queue_id) WHERE NOT fresh
), gone AS (
    SELECT host, mta, queue_id, removed FROM named WHERE removed IS NOT NULL
    UNION ALL SELECT host, mta, queue_id, removed FROM loose WHERE removed IS NOT NULL
)
SELECT substr(begun.message_id, 2, length(begun.message_id) - 2), tried.status, coalesce(tried.code, ''),
       coalesce(tried.words, ''), tried.attempt, tried.host, tried.queue_id
FROM tried ASOF JOIN begun
  ON tried.host = begun.host AND tried.mta = begun.mta AND tried.queue_id = begun.queue_id
 AND tried.moment >= begun.moment
WHERE tried.status IS NOT NULL AND NOT EXISTS (
    FROM gone
    WHERE gone.host = tried.host AND gone.mta = tried.mta AND gone.queue_id = tried.queue_id
      AND gone.removed >= begun.moment AND gone.removed < tried.moment)
ORDER BY tried.attempt, tried.started, tried.line
"""

# A header is logged while it is being received; only the queue manager proves acceptance. One that was
# down takes up what lies in its queue when it is back, which may be days later.
SEEN = """
WITH taken AS (
    SELECT host, mta, queue_id, queued FROM named WHERE queued IS NOT NULL
    UNION ALL SELECT host, mta, queue_id, queued FROM loose WHERE queued IS NOT NULL
)
SELECT substr(named.message_id, 2, length(named.message_id) - 2), min(named.moment)
FROM named JOIN taken
  ON taken.host = named.host AND taken.mta = named.mta
 AND taken.queue_id = named.queue_id AND taken.queued BETWEEN named.moment - 5000000 AND named.moment + 432000000000
WHERE named.moment >= $since AND named.moment < $until
GROUP BY named.message_id
"""

# A header behind which the queue manager did not go on with any notice within the hour: it may have died with
# this one in its queue. The first minute does not count, in which the text may still have been coming in.
HALFWAY = """
SELECT DISTINCT substr(named.message_id, 2, length(named.message_id) - 2)
FROM named
WHERE named.moment >= $since AND named.moment < $until AND NOT EXISTS (
    FROM named AS later
    WHERE later.host = named.host AND later.mta = named.mta
      AND later.queued > named.moment + 60000000 AND later.queued < named.moment + 3600000000)
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


class News(NamedTuple):
    """Attempts in time order, and the traces that told them, for `written_down`."""

    fates: list[Fate]
    told_by: list[Trace]


def news(*, domain: str, since: datetime, until: datetime) -> News:
    """Attempts for notices under `domain` that the log files tell and that are not written down yet.

    `since`: when the oldest notice came in whose fate is still open.
    """
    found = traces.bring_up_to_date(domain=domain, since=since, until=until)
    fresh = [trace for trace in found if trace.fresh]
    if not fresh:
        return News([], [])
    # What came late belongs to attempts that were read before; these lie behind it.
    late = min((trace.day for trace in fresh if trace.files("named")), default=date.max)
    loose = [trace for trace in found if trace.fresh or trace.day >= late]
    with _pieces(named=found, loose=loose) as con:
        rows = con.execute(FATES).fetchall()
    return News([Fate(*row[:4], moment(row[4]), *row[5:]) for row in rows], fresh)


def written_down(told: News, *, but_for: Collection[str] = ()) -> None:
    """The attempts are kept elsewhere: they need not be told again, but for those of these Message-IDs."""
    names = {f"<{name}>" for name in but_for}
    traces.written_down(trace for trace in told.told_by if not names or names.isdisjoint(_names(trace)))


def _names(trace: Trace) -> set[str]:
    return {name for file in trace.files("named") for name in pq.read_table(file)["message_id"].to_pylist()}


def forget_before(moment: datetime) -> None:
    traces.drop_before(moment.date())


class Seen(NamedTuple):
    """Message-IDs of notices: which the mail server accepted, and when; of which the log does not tell."""

    taken: dict[str, datetime]
    halfway: set[str]


def seen_message_ids(*, domain: str, since: datetime, until: datetime, now: datetime) -> Seen:
    """What the log has by `now` of the notices that came in from `since` to `until`."""
    found = traces.bring_up_to_date(domain=domain, since=since, until=now)
    span = {"since": micros(since), "until": micros(until)}
    with _pieces(named=found, loose=found) as con:
        taken = {name: moment(at) for name, at in con.execute(SEEN, span).fetchall()}
        halfway = {name for (name,) in con.execute(HALFWAY, span).fetchall()}
    return Seen(taken, halfway - taken.keys())


def logged_until() -> datetime | None:
    """The time of the last mail-server event that was read."""
    return Coverage.objects.filter(stream=Stream.MAIL).aggregate(last=Max("last_at"))["last"]


@contextmanager
def _pieces(*, named: list[Trace], loose: list[Trace]) -> Iterator[duckdb.DuckDBPyConnection]:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fates-", dir=settings.DATA) as scratch, connect(Path(scratch)) as con:
        for part, held in (("named", named), ("loose", loose)):
            tables = [_table(con, [t for t in held if t.fresh is fresh], part, fresh) for fresh in (True, False)]
            con.register(f"{part}_rows", pa.concat_tables(tables).unify_dictionaries())
            con.table(f"{part}_rows").create_view(part, replace=True)
        yield con


def _table(con: duckdb.DuckDBPyConnection, held: list[Trace], part: str, fresh: bool) -> pa.Table:
    """The rows of one part; another process may replace a file of it while it is read, and then it is read again."""
    files = [file for trace in held for file in trace.files(part)]
    rows = con.read_parquet(files, hive_partitioning=False).to_arrow_table() if files else traces.SCHEMA.empty_table()
    return rows.cast(traces.SCHEMA).append_column("fresh", pa.array([fresh] * rows.num_rows, pa.bool_()))
