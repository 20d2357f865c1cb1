"""What the table `shadow` of a week says, in counts that are kept as JSON.

    {"refused": {class: submissions}, "spared": {class: submissions}, "with_auth": submissions,
     "nameless": refused submissions that nobody is named for, "local_only": refused ones to own customers alone,
     "people": {"hit": logins, "safe": logins of whom nothing failed},
     "days": [{"day", "refused", "spared", "with_auth", "people"}], "missing": {day: [streams]},
     "programs": [{"program", "refused", "people"}], "hosts": [{"host", "refused", "spared", "with_auth"}],
     "ranges": [{"range", "refused", "people", "nameless", "lines"}], "all_ranges": how many there are}

`spared` went the old way, and the rule lets it. Lists have most first, days their order.
"""

from collections.abc import Sequence
from datetime import date

import duckdb

from campaign.models import Coverage, Stream

TABLE = """
CREATE OR REPLACE TEMP TABLE shadow (
    day DATE, class VARCHAR, login VARCHAR, range VARCHAR, line VARCHAR, host VARCHAR, program VARCHAR, refused BOOLEAN,
    submissions BIGINT, confirmed BIGINT, local_only BIGINT, last_at BIGINT);
CREATE OR REPLACE TEMP TABLE person (login VARCHAR, program VARCHAR);
CREATE OR REPLACE TEMP VIEW measured AS
SELECT *, if(refused, login, NULL) AS hit,
       if(refused, submissions, 0) AS failing,
       if(refused AND login IS NULL, submissions, 0) AS unnamed,
       if(NOT refused AND class <> 'smtp_auth', submissions, 0) AS let_pass,
       if(class = 'smtp_auth', submissions, 0) AS authenticated
FROM shadow"""
KEPT = 500  # ranges of addresses in an answer
CLASSES = "SELECT class, refused, sum(submissions) FROM shadow WHERE class <> 'smtp_auth' GROUP BY ALL ORDER BY ALL"
TOTALS = """
SELECT coalesce(sum(authenticated), 0) AS with_auth, coalesce(sum(unnamed), 0) AS nameless,
       coalesce(sum(if(refused, local_only, 0)), 0) AS local_only
FROM measured"""
LOGINS = """
SELECT count(*) FILTER (broken) AS hit, count(*) FILTER (NOT broken) AS safe
FROM (SELECT bool_or(refused) AS broken FROM shadow WHERE login IS NOT NULL GROUP BY login)"""
DAYS = """
SELECT day::VARCHAR AS day, sum(failing) AS refused, sum(let_pass) AS spared, sum(authenticated) AS with_auth,
       count(DISTINCT hit) AS people
FROM measured GROUP BY measured.day"""
PROGRAMS = """
SELECT coalesce(nullif(measured.program, ''), person.program, '') AS program, sum(failing) AS refused,
       count(DISTINCT hit) AS people
FROM measured LEFT JOIN person USING (login) WHERE refused GROUP BY 1 ORDER BY 2 DESC, 1"""
HOSTS = """
SELECT host, sum(failing) AS refused, sum(let_pass) AS spared, sum(authenticated) AS with_auth
FROM measured GROUP BY host ORDER BY 2 DESC, host"""
RANGES = """
SELECT range, sum(failing) AS refused, count(DISTINCT hit) AS people, sum(unnamed) AS nameless,
       count(DISTINCT line) AS lines
FROM measured WHERE refused GROUP BY range ORDER BY 2 DESC, range LIMIT $kept"""
HITS = """
SELECT login, class, sum(submissions), sum(confirmed), max(last_at),
       coalesce(arg_max(program, last_at) FILTER (program <> ''), '')
FROM shadow WHERE refused AND login IS NOT NULL GROUP BY login, class ORDER BY login, class"""


def counts(con: duckdb.DuckDBPyConnection, days: Sequence[date]) -> dict[str, object]:
    """The answer for a whole week; a day without any mail is a row of zeros."""
    by_class: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for name, refused, submissions in con.execute(CLASSES).fetchall():
        by_class[refused][name] = submissions
    found = {row["day"]: row for row in _rows(con, DAYS)}
    nothing = {"refused": 0, "spared": 0, "with_auth": 0, "people": 0}
    return {
        **_rows(con, TOTALS)[0],
        "refused": by_class[True],
        "spared": by_class[False],
        "people": _rows(con, LOGINS)[0],
        "days": [found.get(str(day), {"day": str(day), **nothing}) for day in days],
        "missing": missing(days),
        "programs": _rows(con, PROGRAMS),
        "hosts": _rows(con, HOSTS),
        "ranges": _rows(con, RANGES, kept=KEPT),
        "all_ranges": con.execute("SELECT count(DISTINCT range) FROM shadow WHERE refused").fetchall()[0][0],
    }


def missing(days: Sequence[date]) -> dict[str, list[str]]:
    """Days on which a log is missing altogether, with the names of the streams; what failed then is not known."""
    held = set(Coverage.objects.filter(day__in=days).values_list("day", "stream"))
    gaps = {str(day): [str(stream) for stream in Stream if (day, stream) not in held] for day in days}
    return {day: streams for day, streams in gaps.items() if streams}


def _rows(con: duckdb.DuckDBPyConnection, query: str, **values: int) -> list[dict[str, object]]:
    asked = con.execute(query, values)
    names = [column[0] for column in asked.description]
    return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
