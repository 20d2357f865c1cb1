"""Who waits for whom in the database. The order in which transactions lock stands in docs/decisions.md."""

from django.db import connection

PLANNING = "notices.planning"  # of mailings, in any campaign
CUSTOMERS = "campaign.customers"  # writing many of them


def in_turn(name: str, *of: int | str) -> None:
    """Wait, to the end of the transaction, for whoever has this turn; ask for it before looking at what it is about.

    For what no single row stands for. SQLite lets one transaction write at a time as it is.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"the turn {name!r} ends with a transaction, and there is none")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [" ".join(map(str, (name, *of)))])
