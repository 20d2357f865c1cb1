"""Out of a day's events, those that one customer's submissions rest on.

The day's attribution takes seconds where a million messages come in a day; who is on the phone
does not wait for it. The few events that concern him are attributed in a moment, by the same rules.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from campaign.logs.events import LOGINS, MESSAGES, SCHEMAS, SESSIONS
from campaign.logs.logins import canonical_login
from campaign.logs.stamps import SECOND
from campaign.submissions.attribution import AFTER, BEFORE, LOOPBACK, Rules, inside, table
from campaign.submissions.days import days_between, start_of
from campaign.submissions.segments import Segments

SQL = (Path(__file__).parent / "concerning.sql").read_text()
VIEWS = {MESSAGES: "every_piece", LOGINS: "every_login", SESSIONS: "every_session"}
CLIENTS = "SELECT ip FROM every_login UNION SELECT ip FROM every_piece UNION SELECT ip FROM every_session"
SEGMENT = r"regexp_extract(filename, '\d+-(.*)-\d+\.parquet$', 1)"  # as Segments.held() names them


class Concerning(Segments):
    """Event files of one day and one customer. Their events have one column more, `segment`:
    the name that everything read from one log file bears."""

    def held(self, stream: str, days: Iterable[date], folder: Path) -> list[str]:
        return [str(self._file(stream))]

    def _file(self, stream: str) -> Path:
        return self.root / f"{stream}.parquet"

    def fill(self, con: duckdb.DuckDBPyConnection) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        for stream in SCHEMAS:
            con.table(f"concerning_{stream}").write_parquet(str(self._file(stream)), overwrite=True)


def concerning(
    con: duckdb.DuckDBPyConnection, segments: Segments, day: date, rules: Rules, *, login: str, addresses: set[str]
) -> Concerning:
    """What of `day` concerns the customer with the canonical `login`, who sends from `addresses`.

    It lies in the folder that `con` has for temporary files, and goes with it.
    """
    ((scratch,),) = con.execute("SELECT current_setting('temp_directory')").fetchall()
    _views(con, segments, day, rules, Path(scratch))
    table(con, "spelling", typed=_spellings(con, login, rules.default_domain))
    table(con, "mine", address=sorted(addresses))
    table(con, "aside", ip=inside(con, (*LOOPBACK, *rules.filter_addresses), CLIENTS))
    con.execute(SQL)
    found = Concerning(Path(scratch) / "concerning", segments.zone)
    found.fill(con)
    return found


def _views(con: duckdb.DuckDBPyConnection, segments: Segments, day: date, rules: Rules, scratch: Path) -> None:
    before = max(BEFORE, rules.window // timedelta(microseconds=1))
    slack = max((abs(shift) for shift in rules.clock_offsets.values()), default=0) * SECOND
    first, end = start_of(day, segments.zone) - before, start_of(day + timedelta(days=1), segments.zone)
    days = list(days_between(first - slack, end + AFTER + slack, segments.zone))
    for stream, name in VIEWS.items():
        files = segments.held(stream, days, scratch / name)
        if files:
            events = con.read_parquet(files, filename=True, hive_partitioning=False)
            events.project(f"* EXCLUDE (filename), {SEGMENT} AS segment").create_view(name, replace=True)
        else:
            con.register(f"no_{name}", SCHEMAS[stream].empty_table())
            con.sql(f"SELECT *, '' AS segment FROM no_{name}").create_view(name, replace=True)  # noqa: S608


def _spellings(con: duckdb.DuckDBPyConnection, login: str, default_domain: str) -> list[str]:
    """All that the day's lines call this customer."""
    words = {"local": login.rpartition("@")[0] or login}
    found = con.execute(
        """
        SELECT "user" FROM every_login WHERE contains(lower("user"), $local)
        UNION SELECT sasl_user FROM every_piece WHERE contains(lower(sasl_user), $local)
        UNION SELECT "user" FROM every_session WHERE contains(lower("user"), $local)""",
        words,
    ).fetchall()
    return [typed for (typed,) in found if canonical_login(typed, default_domain) == login]
