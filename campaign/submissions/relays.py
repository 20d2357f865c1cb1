"""One attributed day -> the addresses from which mail was relayed without explanation."""

from datetime import date
from pathlib import Path

import duckdb

from campaign.logs.stamps import moment
from campaign.models import RelayedDay, SubmissionClass
from campaign.submissions.ranges import locate

SQL = (Path(__file__).parent / "relays.sql").read_text()
KEPT = 1000  # addresses a day; without login logs every customer's would be one, and the daily count says how many


def replace(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """The rows of `day` from what its attribution left in `con`; call it in a transaction."""
    relaying = locate(con, [SubmissionClass.UNEXPLAINED_RELAY])
    found = con.execute(SQL, {"kept": KEPT}).fetchall() if relaying else []
    RelayedDay.objects.filter(day=day).delete()
    RelayedDay.objects.bulk_create(
        RelayedDay(
            day=day,
            address=line,
            range=range_,
            relayed=relayed,
            inbound=inbound,
            first_at=moment(first),
            last_at=moment(last),
            hosts=hosts,
            without_logins=without_logins,
            nearest_login=nearest_login,
            family_logs_in=family_logs_in,
        )
        for line, range_, relayed, inbound, first, last, hosts, without_logins, nearest_login, family_logs_in in found
    )
