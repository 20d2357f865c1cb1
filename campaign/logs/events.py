"""The events that log lines become, and the columns they are kept in.

No event holds a recipient or a subject. `moment` is microseconds since 1970 (UTC), `line` the
number of the line in its file, `host` the name of the machine in the line's head, `started`
the moment of the first line of the piece that was read with it.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

NAME = pa.dictionary(pa.int32(), pa.string())
AT = [("moment", pa.int64()), ("line", pa.int64()), ("host", NAME)]
LOGIN = pa.schema([*AT, ("ip", pa.string()), ("user", pa.string()), ("service", NAME)])

# One step of one message in an MTA; `mta` is the instance (Postfix's syslog_name). By `kind`:
#   accepted     a network client opened a transaction. `text` is the SASL user, null without one;
#                `word` the service; `flag` 1 when the line itself names an earlier queue id
#   queued       the queue manager took it over, only now was it accepted. `text`: envelope sender
#   message_id   `text`: the Message-ID as logged, with its brackets
#   program      `text`: the value of X-Mailer or User-Agent
#   delivery     one recipient and attempt. `flag` 1 for a remote recipient, 0 for a local one;
#                `word` the status, `code` the enhanced status code, `ip` the next hop, `text`
#                the server's words, without addresses, where it was not delivered
#   expired      returned to the sender after too long a time
#   removed      the queue id is free again
#   connected    a session began; only as many as needed to tell what `auth_failed` belongs to
#   auth_failed  a password was refused in a session
MAIL = pa.schema([
    ("kind", NAME), *AT, ("started", pa.int64()), ("mta", NAME), ("queue_id", pa.string()), ("pid", pa.int64()),
    ("ip", pa.string()), ("text", pa.string()), ("word", pa.string()), ("code", pa.string()), ("flag", pa.int8()),
])  # fmt: skip


@dataclass
class ProgramCount:
    """Lines of one program, and those of them that were not understood, with an example."""

    lines: int = 0
    not_understood: int = 0
    example: str = ""

    def add(self, other: "ProgramCount") -> None:
        self.lines += other.lines
        self.not_understood += other.not_understood
        self.example = self.example or other.example


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
    mail: list[pa.Table] = field(default_factory=list)
    programs: dict[str, ProgramCount] = field(default_factory=dict)

    def login_table(self) -> pa.Table:
        return pa.concat_tables([LOGIN.empty_table(), *self.logins]).unify_dictionaries()

    def mail_table(self) -> pa.Table:
        return pa.concat_tables([MAIL.empty_table(), *self.mail]).unify_dictionaries()


def table(schema: pa.Schema, **columns: pa.Array) -> pa.Table:
    """A table of `schema`; columns not given are null."""
    length = len(next(iter(columns.values())))
    return pa.table(
        [columns.get(part.name, pa.nulls(length, part.type)) for part in schema],
        schema=schema,
    )
