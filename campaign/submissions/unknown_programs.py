"""Header values of a day's customer mail that name no program of the table in campaign/logs/client.py."""

from datetime import date

import duckdb
import pyarrow as pa

from campaign.logs.redaction import without_addresses
from campaign.models import UnknownProgram

LOOKED_AT = 2000  # different values, the most frequent first: some programs write a new one with each mail
KEPT = 300  # of a day
LONGEST = 200  # characters

HEADERS = """
SELECT client_program AS header, count(*) AS submissions
FROM submission
WHERE client_program IS NOT NULL AND known_program = ''
  AND class IN ('smtp_auth', 'pop_before_smtp', 'local_port25')
GROUP BY ALL ORDER BY submissions DESC, header LIMIT ?
"""
# Values that are one without their addresses are one.
COUNTED = """
SELECT shown.value, count(*) AS submissions, count(DISTINCT submission."user") AS people
FROM submission JOIN shown ON shown.header = submission.client_program
WHERE submission.class IN ('smtp_auth', 'pop_before_smtp', 'local_port25')
GROUP BY shown.value ORDER BY submissions DESC, shown.value LIMIT ?
"""


def replace(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """The unknown programs of `day` from the table `submission`; call it in a transaction."""
    headers = [header for header, _ in con.execute(HEADERS, [LOOKED_AT]).fetchall()]
    values = [shown(header) for header in headers]
    con.register("shown", pa.table({"header": pa.array(headers, pa.string()), "value": pa.array(values, pa.string())}))
    UnknownProgram.objects.filter(day=day).delete()
    UnknownProgram.objects.bulk_create(
        UnknownProgram(day=day, value=value, submissions=submissions, people=people)
        for value, submissions, people in con.execute(COUNTED, [KEPT]).fetchall()
        if value
    )
    con.unregister("shown")


def shown(header: str) -> str:
    """What is kept of a value that a stranger wrote: one line without mail addresses."""
    return " ".join(without_addresses(header).split())[:LONGEST]
