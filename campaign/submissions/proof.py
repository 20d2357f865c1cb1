"""What proves a customer's submissions of a day: the lines, and the rule that decided.

Nothing here is kept: it is found in the event files, and gone with them when the retention ends.
Of other people behind an address only their number leaves this module, with masked names.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from campaign.logs.logins import canonical_login
from campaign.logs.redaction import masked_address
from campaign.logs.stamps import moment
from campaign.submissions.attribution import Rules, attribute, connect, table
from campaign.submissions.concerning import concerning
from campaign.submissions.segments import Segments

SQL = (Path(__file__).parent / "proof.sql").read_text()
LINES = """
SELECT DISTINCT * FROM proof_line
ORDER BY moment, CASE said WHEN 'collecting' THEN 0 WHEN 'login' THEN 1 ELSE 2 END, segment, line
"""


class Rule(StrEnum):
    """The rules of docs/attribution.md that may speak of a customer, by name."""

    SMTP_AUTH = "smtp-auth"
    ONE_CANDIDATE = "one-candidate"
    ONE_CANDIDATE_OTHER_SENDER = "one-candidate-other-sender"
    SEVERAL_CANDIDATES_SENDER = "several-candidates-sender"
    SEVERAL_CANDIDATES = "several-candidates"
    CROWDED_ADDRESS_SENDER = "crowded-address-sender"
    CROWDED_ADDRESS = "crowded-address"
    OWN_NETWORK_SENDER = "own-network-sender"
    UNEXPLAINED_RELAY = "unexplained-relay"
    INBOUND = "inbound"


OF_CLASS = {
    "smtp_auth": Rule.SMTP_AUTH,
    "unexplained_relay": Rule.UNEXPLAINED_RELAY,
    "inbound": Rule.INBOUND,
}
OF_CANDIDATES = {  # (candidates, with 2 for more; whether a crowd shares the address; how sure)
    (0, False, "probable"): Rule.OWN_NETWORK_SENDER,
    (0, True, "probable"): Rule.OWN_NETWORK_SENDER,
    (1, False, "confirmed"): Rule.ONE_CANDIDATE,
    (1, False, "ambiguous"): Rule.ONE_CANDIDATE_OTHER_SENDER,
    (1, True, "probable"): Rule.CROWDED_ADDRESS_SENDER,
    (1, True, "ambiguous"): Rule.CROWDED_ADDRESS,
    (2, False, "probable"): Rule.SEVERAL_CANDIDATES_SENDER,
    (2, True, "probable"): Rule.SEVERAL_CANDIDATES_SENDER,
    (2, False, "ambiguous"): Rule.SEVERAL_CANDIDATES,
    (2, True, "ambiguous"): Rule.SEVERAL_CANDIDATES,
}


class Said(StrEnum):
    """What a line proves."""

    ACCEPTED = "accepted"  # the message was taken over from this client
    LOGIN = "login"
    COLLECTING = "collecting"  # the address of a login that does not say it
    AUTH_FAILED = "auth_failed"
    AUTHENTICATED = "authenticated"
    PROXIED = "proxied"  # the client that a filter before the queue had


@dataclass(frozen=True)
class Line:
    """The facts that are kept of one line, and where it stood: `segment` is the digest of its log file."""

    said: Said
    at: datetime
    host: str
    service: str
    ip: str | None
    user: str | None
    queue_id: str
    pid: int | None
    segment: str
    number: int

    def fields(self) -> str:
        """The facts, in the form of a log line's text."""
        named = {"pid": self.pid, "queue_id": self.queue_id, "ip": self.ip, "user": self.user}
        return ", ".join([self.said.value, *(f"{name}={value}" for name, value in named.items() if value)])


@dataclass(frozen=True)
class Proof:
    """One submission of the customer. `login_at` is when he last collected mail there, `logins` how often within
    the window; `others` are the masked names of everybody else who did."""

    at: datetime
    host: str
    queue_id: str
    submission_class: str
    attribution: str
    rule: Rule
    ip: str
    sender: str | None
    remote: bool
    program: str | None
    auth_failed: bool
    login_at: datetime | None
    logins: int
    others: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DayProof:
    """`proofs` in time order; `uncounted` are messages that may be the customer's and are held against nobody."""

    day: date
    login: str
    names: frozenset[str]  # what is the customer's own: logins as typed, and addresses
    crowd: int  # customers a day behind one address that are still taken for one home or office
    proofs: tuple[Proof, ...] = ()
    uncounted: Counter[Rule] = field(default_factory=Counter)


def prove(segments: Segments, rules: Rules, day: date, login: str, *, scratch: Path) -> DayProof:
    """What proves the submissions of the customer with the canonical `login`.

    `scratch` is a folder for what does not fit into memory.
    """
    his = addresses_of(login, rules)
    with connect(scratch) as con:
        few = concerning(con, segments, day, rules, login=login, addresses=his)
        attribute(con, few, day, rules)
        typed = [name for (name,) in con.execute('SELECT DISTINCT "user" FROM login_event').fetchall()]
        table(con, "spelled", typed=typed, login=[canonical_login(name, rules.default_domain) for name in typed])
        table(con, "customer", login=[login])
        con.execute(SQL)
        own = {name for (name,) in con.execute("SELECT typed FROM spelling").fetchall()}
        return _told(con, DayProof(day, login, frozenset({login, *his, *own}), rules.crowd))


def addresses_of(login: str, rules: Rules) -> set[str]:
    """Where the customer sends from: as listed, or without a list the login itself under a local domain."""
    if rules.directory is not None:
        return set(rules.directory.filter(pc.field("login") == login)["address"].to_pylist())
    if "@" in login:
        return {login} if login.rpartition("@")[2] in rules.local_domains else set()
    return {f"{login}@{domain}" for domain in rules.local_domains}


def _told(con: duckdb.DuckDBPyConnection, whose: DayProof) -> DayProof:
    lines = defaultdict(list)
    for row in _rows(con, LINES):
        lines[row["id"]].append(_line(row))
    proofs, uncounted = [], Counter()
    for row in _rows(con, "SELECT * EXCLUDE (latest) FROM proof ORDER BY id"):
        if row["user"] == whose.login:
            proofs.append(_proof(row, tuple(lines[row["id"]])))
        else:
            uncounted[_rule(row)] += 1
    return replace(whose, proofs=tuple(proofs), uncounted=uncounted)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    return con.sql(query).to_arrow_table().to_pylist()


def _rule(row: dict) -> Rule:
    candidates = len(row["others"]) + bool(row["logins"])
    return OF_CLASS.get(row["class"]) or OF_CANDIDATES[min(candidates, 2), row["crowd"], row["attribution"]]


def _line(row: dict) -> Line:
    return Line(
        said=Said(row["said"]),
        at=moment(row["moment"]),
        host=row["host"],
        service=row["service"] or "",
        ip=row["ip"],
        user=row["user"],
        queue_id=row["queue_id"] or "",
        pid=row["pid"],
        segment=row["segment"],
        number=row["line"],
    )


def _proof(row: dict, lines: tuple[Line, ...]) -> Proof:
    return Proof(
        at=moment(row["moment"]),
        host=row["host"],
        queue_id=row["queue_id"],
        submission_class=row["class"],
        attribution=row["attribution"],
        rule=_rule(row),
        ip=row["ip"],
        sender=row["sender"],
        remote=bool(row["remote"]),
        program=row["program"],
        auth_failed=row["auth_failed"],
        login_at=moment(row["login_at"]) if row["login_at"] is not None else None,
        logins=row["logins"] or 0,
        others=tuple(masked_address(login) for login in row["others"]),
        lines=lines,
    )
