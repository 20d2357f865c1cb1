"""Messages step by step: what an MTA writes of them, as regular expressions.

For the MTAs that are not so common that their lines need a search of their own. Patterns are RE2's:
however a line is made, the time is linear in its length. Each line that fits is a step of the message
with its queue id; all steps of one id in a block become one row, as postfix.py and messages.py make it.
"""

import re
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.columns import mapped, named
from campaign.logs.events import MESSAGE, SESSION, Events, Rows, table
from campaign.logs.redaction import without_addresses

QUOTED = r'"(?:[^"\\]|\\.)*"'
ADDRESS = rf'(?:[^\s"]|{QUOTED})+'  # of an envelope: blanks stand inside quotes only
LONGEST_WORDS = 200
CODE = r"\b[245]\d\d[ -](?P<code>[245]\.\d{1,3}\.\d{1,3})\b"  # behind the other server's reply code
Groups = dict[str, pa.Array]

# What a step may say. A message has the first of each, but of attempts the last.
LAST = ("attempt", "status", "code", "words")
KINDS = {
    "accepted": pa.int64(), "began": pa.int64(), "ip": pa.string(), "service": pa.string(), "pid": pa.int64(),
    "sasl_user": pa.string(), "passed_on": pa.bool_(), "queued": pa.int64(), "sender": pa.string(),
    "message_id": pa.string(), "program": pa.string(), "remote": pa.bool_(), "attempt": pa.int64(),
    "status": pa.string(), "code": pa.string(), "words": pa.string(), "removed": pa.int64(),
}  # fmt: skip
STEP = pa.schema([
    ("moment", pa.int64()), ("line", pa.int64()), ("host", pa.int64()), ("queue_id", pa.string()), *KINDS.items(),
])  # fmt: skip


def found(texts: pa.StringArray, regex: str) -> tuple[np.ndarray, Groups]:
    """The places of the texts that `regex` fits, anchored at both ends, and its named groups there."""
    fitting = pc.extract_regex(texts, f"^(?:{regex})$")
    places = np.flatnonzero(fitting.is_valid().to_numpy(zero_copy_only=False))
    fitting = fitting.take(pa.array(places))
    return places, dict(zip((part.name for part in fitting.type), fitting.flatten(), strict=True))


def steps(rows: Rows, queue_id: pa.StringArray, **said: pa.Array) -> pa.Table:
    """A step for each of `rows`, with the columns of STEP that it says."""
    place = {"moment": pa.array(rows.at), "line": pa.array(rows.line), "host": pa.array(rows.host.astype(np.int64))}
    return table(STEP, **place, queue_id=queue_id, **said)


def accepted(rows: Rows, ip: pa.StringArray, **said: pa.Array) -> Groups:
    """What the step says by which a network client's message came; nothing of it without an address."""
    from_network = ip.is_valid()
    columns = {
        "accepted": pa.array(rows.at),
        "began": pa.array(rows.line),
        "ip": ip,
        "pid": pids(rows),
        "passed_on": pa.repeat(False, rows.at.size),
        **said,
    }
    return {name: pc.if_else(from_network, column, None) for name, column in columns.items()}


def attempts(rows: Rows, status: pa.StringArray, words: pa.StringArray, code: pa.StringArray | None = None) -> Groups:
    """What the step of a delivery says: its `words` are kept where it failed."""
    if code is None:
        code = pc.struct_field(pc.extract_regex(words, CODE), 0)
    kept = mapped(pc.utf8_slice_codeunits(words, 0, LONGEST_WORDS), without_addresses, pa.string())
    return {
        "attempt": pa.array(rows.at),
        "status": status,
        "code": pc.fill_null(code, ""),
        "words": pc.if_else(pc.equal(status, "sent"), "", kept),
    }


def messages(rows: Rows, events: Events, mta: str, made: list[pa.Table]) -> None:
    """Adds the messages that these steps tell of."""
    ordered = pa.concat_tables([STEP.empty_table(), *made]).sort_by("line")
    if not ordered.num_rows:
        return
    wanted = [("moment", "min"), ("line", "first"), ("remote", "any")]
    wanted += [(name, "last" if name in LAST else "first") for name in KINDS if name != "remote"]
    grouped = ordered.group_by(["host", "queue_id"], use_threads=False).aggregate(wanted)
    columns = {name.rpartition("_")[0] if name not in ("host", "queue_id") else name: grouped[name].combine_chunks()
               for name in grouped.column_names}  # fmt: skip
    events.messages.append(_table(rows, mta, columns))


def single(rows: Rows, events: Events, mta: str, made: pa.Table) -> None:
    """Adds messages of which one line tells all."""
    events.messages.append(_table(rows, mta, {name: made[name].combine_chunks() for name in made.column_names}))


def _table(rows: Rows, mta: str, columns: Groups) -> pa.Table:
    length = len(columns["moment"])
    given = {name: columns[name] for name in MESSAGE.names if name in columns}
    for name in ("service", "status", "code"):
        given[name] = columns[name].dictionary_encode()
    given |= {
        "line": pc.coalesce(columns["began"], columns["line"]),
        "host": named(columns["host"].to_numpy(), rows.hosts),
        "started": pa.repeat(rows.started, length),
        "mta": named(np.zeros(length, np.int32), [mta]),
        "remote": pc.fill_null(columns["remote"], False),
    }
    return table(MESSAGE, **given)


def sessions(rows: Rows, events: Events, kind: str, ip: pa.StringArray, **said: pa.Array) -> None:
    """Adds what each of `rows` tells of its client's session; without a pid it is of no use."""
    made = table(
        SESSION,
        kind=named(np.zeros(rows.at.size, np.int32), [kind]),
        moment=pa.array(rows.at),
        line=pa.array(rows.line),
        host=named(rows.host, rows.hosts),
        started=pa.repeat(rows.started, rows.at.size),
        pid=said.pop("pid", pids(rows)),
        ip=ip,
        **said,
    )
    events.sessions.append(made.filter(made["pid"].is_valid()))


def pids(rows: Rows) -> pa.Array:
    """The processes that the heads name; null where they name none."""
    return pa.array(rows.pid, pa.int64(), mask=rows.pid == 0)


def elsewhere(recipient: str, local_domains: Collection[str]) -> bool:
    """Whether a recipient is under a domain that is not local; one without domain is."""
    _, at, domain = recipient.rpartition("@")
    return bool(at) and re.sub(r"[>\"':,.]+$", "", domain.lower()) not in local_domains
