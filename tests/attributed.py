"""Submissions as the attribution leaves them in DuckDB, without logs."""

import duckdb

TAKEN = 1_777_863_600_000_000  # noon of 2026-05-04 in Tokyo
COLUMNS = """
    "user" VARCHAR, class VARCHAR, attribution VARCHAR, auth_failed BOOLEAN, moment BIGINT, host VARCHAR,
    mta VARCHAR, service VARCHAR, ip VARCHAR, sender VARCHAR, sender_is VARCHAR, client_program VARCHAR,
    known_program VARCHAR"""
USUAL = {
    "user": "hanako@isp.example",
    "class": "pop_before_smtp",
    "attribution": "confirmed",
    "auth_failed": False,
    "moment": TAKEN,
    "host": "mx1",
    "mta": "postfix",
    "service": "smtpd",
    "ip": "198.51.100.7",
    "sender": "hanako@isp.example",
    "sender_is": "own",
    "client_program": None,
    "known_program": "",
}


def submission(user: str, **given) -> dict:
    return USUAL | {"user": user} | given


def attributed(*submissions: dict) -> duckdb.DuckDBPyConnection:
    """A connection in which a day was attributed with this result; no events, so no coverage."""
    con = duckdb.connect()
    con.execute(f"CREATE TABLE submission ({COLUMNS})")
    if submissions:
        marks = ", ".join("?" * len(USUAL))
        con.executemany(f"INSERT INTO submission VALUES ({marks})", [[*one.values()] for one in submissions])  # noqa: S608
    con.execute("CREATE TABLE login_event (moment BIGINT)")
    con.execute("CREATE TABLE piece (moment BIGINT, queued BIGINT, attempt BIGINT, removed BIGINT)")
    con.execute("SET VARIABLE day_start = 0")
    con.execute("SET VARIABLE day_end = 1")
    return con
