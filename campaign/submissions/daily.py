"""One attributed day -> its rows in the database, replaced as a whole."""

from datetime import date
from pathlib import Path

import duckdb

from campaign.logs.stamps import moment
from campaign.models import Coverage, DailyCount, Stream
from campaign.submissions import unknown_programs
from campaign.submissions.loading import replace_use

USE = Path(__file__).with_name("daily.sql").read_text()
COUNTS = "SELECT class, attribution, count(*) FROM submission GROUP BY class, attribution ORDER BY class, attribution"
# A message is one event; the last that was heard of it may be long after its first line.
COVERAGE = {
    Stream.LOGINS: """
        SELECT count(*), max(moment) FROM login_event
        WHERE moment >= getvariable('day_start') AND moment < getvariable('day_end')""",
    Stream.MAIL: """
        SELECT count(*), max(greatest(moment, queued, attempt, removed)) FROM piece
        WHERE moment >= getvariable('day_start') AND moment < getvariable('day_end')""",
}


def replace(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """Daily use, counts and coverage of `day` from the table `submission`; call it in a transaction."""
    replace_use(con.sql(USE), day)
    DailyCount.objects.filter(day=day).delete()
    DailyCount.objects.bulk_create(
        DailyCount(day=day, submission_class=submission_class, attribution=attribution, submissions=count)
        for submission_class, attribution, count in con.execute(COUNTS).fetchall()
    )
    unknown_programs.replace(con, day)
    Coverage.objects.filter(day=day).delete()
    Coverage.objects.bulk_create(
        Coverage(day=day, stream=stream, events=events, last_at=moment(last))
        for stream, question in COVERAGE.items()
        for events, last in con.execute(question).fetchall()
        if events
    )
