"""One attributed day -> for how long anybody behind an address that had logged in could relay."""

from datetime import date
from pathlib import Path

import duckdb

from campaign.models import OpenDoor

SQL = Path(__file__).with_suffix(".sql").read_text()
COLUMNS = (
    "addresses",
    "minutes",
    "used_addresses",
    "used_minutes",
    "shared_addresses",
    "shared_minutes",
    "people_behind",
    "most_behind",
)


def replace(con: duckdb.DuckDBPyConnection, day: date, *, default_domain: str) -> None:
    """The row of `day` from what its attribution left in `con`; call it in a transaction."""
    found = con.execute(SQL, {"domain": default_domain.lower()}).fetchone()
    OpenDoor.objects.update_or_create(day=day, defaults=dict(zip(COLUMNS, found, strict=True)))
