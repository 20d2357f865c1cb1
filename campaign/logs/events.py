"""The events that log lines become, and the columns they are kept in.

No event holds a recipient or a subject. Times are microseconds since 1970 (UTC). `moment` is
when the event was, `line` the number of its line in the file, `host` the machine that the line's
head names, `started` the moment of the first line of the piece that was read with it.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from campaign.logs.sources import Source, SourceCount

NAME = pa.dictionary(pa.int32(), pa.string())
PLACE = [("moment", pa.int64()), ("line", pa.int64()), ("host", NAME)]

# A successful POP or IMAP login. A program that writes the address when the client connects, and the
# user when the password was right, leaves `ip` null: it is that of the session (`collecting`) of the same
# host and `pid`. Everybody else leaves `pid` null.
LOGIN = pa.schema([*PLACE, ("ip", pa.string()), ("user", pa.string()), ("service", NAME), ("pid", pa.int64())])

# A message, as far as one piece of a log tells of it; what it does not tell is null. `moment` is
# the first of its lines. `mta` is the instance (Postfix's syslog_name), or the program's name; `service`
# the daemon that took it from the client (`smtpd`, `submission/smtpd`), where the program has several.
# `sasl_user` is empty where the client did authenticate and the log does not say as whom.
MESSAGE = pa.schema([
    *PLACE,
    ("started", pa.int64()),
    ("mta", NAME),
    ("queue_id", pa.string()),
    ("accepted", pa.int64()),  # when a network client opened the transaction
    ("ip", pa.string()),
    ("service", NAME),
    ("pid", pa.int64()),
    ("sasl_user", pa.string()),
    ("passed_on", pa.bool_()),  # the line itself names an earlier queue id (XFORWARD)
    ("queued", pa.int64()),  # when the queue manager took it over: only now was it accepted
    ("sender", pa.string()),  # envelope sender, empty for a bounce
    ("message_id", pa.string()),  # as logged, with its brackets
    ("program", pa.string()),  # the value of X-Mailer or User-Agent
    ("remote", pa.bool_()),  # whether a recipient, as accepted, is remote
    ("attempt", pa.int64()),  # the last attempt to deliver it, but for those to a filter on the host
    ("status", NAME),  # sent, deferred, bounced, expired
    ("code", NAME),  # the enhanced status code
    ("words", pa.string()),  # the other server's, without addresses, where it was not delivered
    ("removed", pa.int64()),  # when the queue id became free again
])  # fmt: skip

# What is known of a client's session by host and pid alone. Of SMTP clients only what tells to whom a
# refused or accepted password belongs: `auth_failed`, `authenticated` (with `user`; only where the
# message's own lines do not say it), and the `connected` that began a session; for a filter before the
# queue the client it was `proxied` for, and the `queue_id` that the message had when it was `handed_on`.
# Of POP and IMAP clients `collecting`: the address that a login without one came from.
SESSION = pa.schema([
    ("kind", NAME), *PLACE, ("started", pa.int64()), ("pid", pa.int64()), ("ip", pa.string()), ("user", pa.string()),
    ("queue_id", pa.string()),
])  # fmt: skip


LOGINS, MESSAGES, SESSIONS = "logins", "messages", "sessions"
SCHEMAS = {LOGINS: LOGIN, MESSAGES: MESSAGE, SESSIONS: SESSION}


@dataclass
class ProgramCount:
    """Lines of one program, and those of them that were not understood, with an example (`examples.py`).

    `at` (microseconds) is when that line was written, or 0 where nothing tells. `line` is the number in the file of
    the first that was not understood, or 0 where it is not known any more.
    """

    lines: int = 0
    not_understood: int = 0
    example: str = ""
    at: int = 0
    line: int = 0

    def add(self, other: "ProgramCount") -> None:
        self.lines += other.lines
        self.not_understood += other.not_understood
        self.line = self.line or other.line
        if not self.example:
            self.example, self.at = other.example, other.at

    def forget_example(self) -> None:
        self.example, self.at = "", 0

    def copy(self) -> "ProgramCount":
        return ProgramCount(self.lines, self.not_understood, self.example, self.at, self.line)


@dataclass(frozen=True)
class Rows:
    """The lines of a block that one dialect is asked about, with what their heads say."""

    block: np.ndarray
    at: np.ndarray
    line: np.ndarray
    host: np.ndarray
    hosts: list[str]
    tag: np.ndarray
    tags: list[str]
    pid: np.ndarray
    text: np.ndarray
    end: np.ndarray
    started: int

    def __getitem__(self, chosen: np.ndarray) -> "Rows":
        picked = {name: getattr(self, name)[chosen] for name in ("at", "line", "host", "tag", "pid", "text", "end")}
        return Rows(self.block, hosts=self.hosts, tags=self.tags, started=self.started, **picked)


@dataclass
class Events:
    """What a piece of a log file held."""

    logins: list[pa.Table] = field(default_factory=list)
    messages: list[pa.Table] = field(default_factory=list)
    sessions: list[pa.Table] = field(default_factory=list)
    programs: dict[str, ProgramCount] = field(default_factory=dict)
    sources: dict[Source, SourceCount] = field(default_factory=dict)

    def tables(self) -> dict[str, pa.Table]:
        """By stream: logins, messages, sessions."""
        found = {"logins": self.logins, "messages": self.messages, "sessions": self.sessions}
        return {
            stream: pa.concat_tables([SCHEMAS[stream].empty_table(), *tables]).unify_dictionaries()
            for stream, tables in found.items()
        }


def table(schema: pa.Schema, **columns: pa.Array) -> pa.Table:
    """A table of `schema`; columns not given are null."""
    length = len(next(iter(columns.values())))
    return pa.table(
        [columns.get(part.name, pa.nulls(length, part.type)) for part in schema],
        schema=schema,
    )
