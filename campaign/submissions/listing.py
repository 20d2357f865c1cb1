"""Classified submissions as JSON, one object a line, in time order; needs no database."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.days import offsets_of
from campaign.submissions.segments import Segments

BATCH = 20_000

# `time` is RFC 3339 in the provider's zone, with a fraction only where the log has one.
QUERY = """
SELECT to_json({
    'time': strftime(make_timestamp(submission.moment + zone_offset.shift), '%Y-%m-%dT%H:%M:%S')
            || CASE WHEN submission.moment % 1000000 = 0 THEN ''
                    ELSE '.' || lpad((submission.moment % 1000000)::VARCHAR, 6, '0') END
            || zone_offset.name,
    'host': host,
    'queue_id': queue_id,
    'message_id': message_id,
    'class': class,
    'user': "user",
    'attribution': attribution,
    'client_ip': ip,
    'client_program': client_program,
    'auth_failed': auth_failed
})::VARCHAR
FROM submission ASOF JOIN zone_offset ON submission.moment >= zone_offset.since
ORDER BY submission.moment, host, queue_id, started, line
"""


def listed(segments: Segments, rules: Rules, *, scratch: Path) -> Iterator[str]:
    """All submissions, a text of many lines at a time; `scratch` is a folder for what does not fit into memory."""
    with connect(scratch) as con:
        for day in segments.days():
            attribute(con, segments, day, rules)
            since, shift, name = zip(*offsets_of(day, segments.zone), strict=True)
            con.register("offsets", pa.table({"since": since, "shift": shift, "name": name}))
            con.execute("CREATE OR REPLACE TEMP TABLE zone_offset AS SELECT * FROM offsets")
            for batch in con.sql(QUERY).to_arrow_reader(BATCH):
                yield "\n".join(batch.column(0).to_pylist()) + "\n"
