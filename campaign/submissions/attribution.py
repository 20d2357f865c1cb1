"""Attributes one day: DuckDB reads its events and leaves a table `submission`.

The rules stand in `attribution.sql`; what SQL cannot decide (is this address in that
network, which login does this spelling mean) is asked here once for each different value.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import duckdb
import pyarrow as pa

from campaign.logs.events import LOGINS, MESSAGES, SCHEMAS, SESSIONS
from campaign.logs.logins import canonical_login
from campaign.logs.stamps import SECOND
from campaign.submissions.candidates import behind
from campaign.submissions.days import day_of, start_of
from campaign.submissions.segments import Segments

SQL = (Path(__file__).parent / "attribution.sql").read_text()
TOLD_LOGINS = (Path(__file__).parent / "logins.sql").read_text()
FROM_FILTERS = (Path(__file__).parent / "filters.sql").read_text()
# Step 2 needs to know what filters handed on, step 3 look-ups for what the first two found; step 4 needs to
# know who is behind each address.
ASSEMBLED, CLIENTS, SENT, DECIDED = re.split(r"(?m)^(?=-- [234]\. )", SQL)
HOUR = 3_600_000_000
BEFORE = HOUR  # pieces from before the day: what queue ids were still in use at midnight
AFTER = 6 * HOUR  # pieces from behind the day: first delivery attempts of what came before midnight
LOOPBACK = (ip_network("127.0.0.1/32"), ip_network("::1/128"))
# Names that canonical_login() may change; the others, nearly all, are not even looked at in Python.
ODD = """
    (NOT contains(sasl_user, '@') OR sasl_user <> lower(sasl_user) OR starts_with(sasl_user, ' ')
     OR ends_with(sasl_user, ' '))"""
TIMES = {"moment", "accepted", "queued", "attempt", "removed"}  # `started` only tells the order of lines
MEMORY_LIMIT = "400MB"
BATCH = 500_000  # logins that leave DuckDB at a time

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Rules:
    """What the provider knows about its own system. `directory` maps addresses to logins;
    None where no list of customers is at hand. `crowd` is how many may log in from one address on one
    day before it is taken for a carrier's, behind which no one candidate is sure. `clock_offsets` are
    the seconds to add to the times of hosts whose clocks are known to be wrong."""

    local_domains: Collection[str]
    own_networks: Collection[Network] = ()
    filter_addresses: Collection[Network] = ()
    window: timedelta = timedelta(minutes=30)
    skew: timedelta = timedelta(seconds=5)
    crowd: int = 20
    default_domain: str = ""
    clock_offsets: Mapping[str, int] = field(default_factory=dict)
    directory: pa.Table | None = None
    program_of: Callable[[str], str] = field(default=lambda header: "")


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that moves to `scratch` what does not fit."""
    settings = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(scratch), "autoinstall_known_extensions": "false"}
    return duckdb.connect(":memory:", config=settings)


def days_to_redo(touched: Iterable[date], clock_offsets: Mapping[str, int]) -> set[date]:
    """The days whose submissions new events may have changed: their own, and the day before,
    whose last messages may have been delivered after midnight; and where clocks are set right,
    one more on the side to which they are."""
    shifts = clock_offsets.values()
    first, last = -1 - any(shift < 0 for shift in shifts), int(any(shift > 0 for shift in shifts))
    return {day + timedelta(days=number) for day in touched for number in range(first, last + 1)}


def attribute(con: duckdb.DuckDBPyConnection, segments: Segments, day: date, rules: Rules) -> None:
    """Fills the temporary table `submission` of `con` with the submissions of `day`."""
    start, end = start_of(day, segments.zone), start_of(day + timedelta(days=1), segments.zone)
    window, skew = _micros(rules.window), _micros(rules.skew)
    view(con, "piece", segments, MESSAGES, (start - BEFORE, end + AFTER), rules.clock_offsets)
    view(con, "session_event", segments, SESSIONS, (start - BEFORE, end), rules.clock_offsets)
    view(con, "login_event", segments, LOGINS, (start - window, end + skew), rules.clock_offsets)
    variables = {
        "day_start": start,
        "day_end": end,
        "pieces_from": start - BEFORE,
        "pieces_until": end + AFTER,
        "window_us": window,
        "skew_us": skew,
        "has_directory": rules.directory is not None,
        "crowd": rules.crowd,
    }
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = {value}")
    con.execute(TOLD_LOGINS)
    con.execute(ASSEMBLED)
    clients = "SELECT ip FROM part UNION SELECT ip FROM session WHERE kind = 'proxied'"
    table(con, "filter_address", ip=inside(con, [*LOOPBACK, *rules.filter_addresses], clients))
    con.execute(FROM_FILTERS)
    con.execute(CLIENTS)
    _lookups(con, rules)
    con.execute(SENT)
    sent = con.sql("SELECT id, moment, ip, sender_login, bare_login FROM sent").to_arrow_table()
    logins = con.sql('SELECT ip, "user", moment FROM login').to_arrow_reader(BATCH)
    with_domain = partial(canonical_login, default_domain=rules.default_domain)
    counted = behind(sent, logins, with_domain, window=window, skew=skew, day=(start, end), crowd=rules.crowd)
    con.register("behind", counted)
    con.execute(DECIDED)
    con.unregister("behind")


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def view(
    con: duckdb.DuckDBPyConnection,
    name: str,
    segments: Segments,
    stream: str,
    span: tuple[int, int],
    clock_offsets: Mapping[str, int],
) -> None:
    """Makes the events of a stream, on all days from the one time (microseconds) to the other, a view.

    Here, and nowhere else, the times of hosts with wrong clocks are set right.
    """
    slack = max((abs(shift) for shift in clock_offsets.values()), default=0) * SECOND
    first, last = day_of(span[0] - slack, segments.zone), day_of(span[1] + slack, segments.zone)
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    ((scratch,),) = con.execute("SELECT current_setting('temp_directory')").fetchall()
    files = segments.held(stream, days, Path(scratch) / name)
    if files:
        events = con.read_parquet(files, hive_partitioning=False)
        if clock_offsets:
            events = events.project(_set_right(stream, clock_offsets))
        events.create_view(name, replace=True)
    else:
        con.register(f"no_{stream}", SCHEMAS[stream].empty_table())
        con.table(f"no_{stream}").create_view(name, replace=True)


def _set_right(stream: str, clock_offsets: Mapping[str, int]) -> str:
    cases = " ".join(f"WHEN '{host}' THEN {shift * SECOND}" for host, shift in clock_offsets.items())  # checked names
    times = [name for name in SCHEMAS[stream].names if name in TIMES]
    return f"* REPLACE ({', '.join(f'{name} + CASE host {cases} ELSE 0 END AS {name}' for name in times)})"


def _lookups(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Tables that answer, for each different value of the day, what only Python can tell."""
    clients = "SELECT DISTINCT ip FROM message WHERE sasl_user IS NULL"
    table(con, "own_address", ip=inside(con, rules.own_networks, clients))
    typed = _column(con, f"SELECT DISTINCT sasl_user FROM message WHERE {ODD}")  # noqa: S608 (our own condition)
    logins = [canonical_login(name, rules.default_domain) for name in typed]
    table(con, "other_login", typed=typed, login=logins)
    table(con, "local_domain", domain=list(rules.local_domains))
    headers = _column(con, "SELECT DISTINCT program FROM message WHERE program IS NOT NULL")
    names = [(header, name) for header in headers if (name := rules.program_of(header))]
    table(con, "program_name", header=[header for header, _ in names], name=[name for _, name in names])
    if rules.directory is not None:
        con.register("given_directory", rules.directory)
        con.execute("CREATE OR REPLACE TEMP TABLE directory AS SELECT address, login FROM given_directory")
    else:
        table(con, "directory", address=[], login=[])


def inside(con: duckdb.DuckDBPyConnection, networks: Collection[Network], clients: str) -> list[str]:
    """The single addresses among the networks, and those of the `clients` (a query) that lie in a wider one."""
    found = {str(network.network_address) for network in networks if network.num_addresses == 1}
    wide = [network for network in networks if network.num_addresses > 1]
    if wide:
        parsed = ((text, ip_address(text)) for text in _column(con, clients) if text)
        found.update(text for text, address in parsed if any(address in network for network in wide))
    return sorted(found)


def _column(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [value for (value,) in con.execute(query).fetchall()]


def table(con: duckdb.DuckDBPyConnection, name: str, /, **columns: list[str]) -> None:
    """Makes a temporary table of texts."""
    con.register("lookup", pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM lookup")  # noqa: S608 (our own names)
    con.unregister("lookup")
