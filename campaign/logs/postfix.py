"""Postfix: one message is followed by host, instance (syslog_name) and queue id.

    smtpd: Q: client=NAME[IP](:port)(, sasl_method=M)(, sasl_username=U)(, sasl_sender=X)(, orig_...)
    cleanup: Q: message-id=<ID>        cleanup: Q: info: header X-Mailer: VALUE from NAME[IP]; from=<S> ...
    qmgr: Q: from=<S>, size=N, nrcpt=N (queue active)        qmgr: Q: removed
    smtp|lmtp|local|...: Q: to=<R>(, orig_to=<R0>), relay=NAME[IP]:port, ..., dsn=X, status=sent (text)

The fields are found by `postfix_scan.py`; here they become columns.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs import postfix_scan as scan
from campaign.logs.addresses import canonical_ip
from campaign.logs.columns import mapped, named, strings
from campaign.logs.events import MAIL, Events, Rows, table
from campaign.logs.redaction import without_addresses

DAEMONS = {
    "smtpd": scan.SMTPD,
    "cleanup": scan.CLEANUP,
    **dict.fromkeys(("qmgr", "oqmgr", "nqmgr", "postsuper"), scan.QUEUE),
    **dict.fromkeys(("smtp", "lmtp", "local", "virtual", "pipe", "error", "relay", "retry", "discard"), scan.AGENT),
    # Known, and silent about submissions.
    **dict.fromkeys((
        "anvil", "bounce", "dnsblog", "flush", "master", "pickup", "postalias", "postdrop", "postfix-script", "postlog",
        "postlogd", "postmap", "postqueue", "postscreen", "proxymap", "scache", "sendmail", "showq", "spawn", "tlsmgr",
        "tlsproxy", "trivial-rewrite", "verify",
    ), scan.SILENT),
}  # fmt: skip
OWN_FIELDS = (", orig_client=", ", orig_queue_id=", ", sasl_sender=")


def daemon(tag: str) -> int | None:
    """What kind of daemon `postfix/submission/smtpd` is, None when the tag is not Postfix's."""
    instance, slash, rest = tag.partition("/")
    return DAEMONS.get(rest.rpartition("/")[2]) if slash and instance else None


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the steps among `rows` to `events`; returns which rows were not understood."""
    daemons = np.array([daemon(tag) or scan.SILENT for tag in rows.tags], np.int8)[rows.tag]
    kind, fields = scan.steps(rows.block, rows.text, rows.end, daemons)
    _accepted(rows, kind, fields, events)
    _texts(rows, kind, fields, events)
    _deliveries(rows, kind, fields, events, frozenset(local_domains))
    _sessions(rows, kind, fields, events)
    return kind == scan.NOT_UNDERSTOOD


def _add(events: Events, rows: Rows, kind: int, queue_ids: np.ndarray | None = None, **columns: pa.Array) -> None:
    if not len(rows.at):
        return
    instances = [tag[: tag.find("/")] for tag in rows.tags]
    if queue_ids is not None:
        columns["queue_id"] = strings(rows.block, queue_ids)
    made = table(
        MAIL,
        moment=pa.array(rows.at),
        line=pa.array(rows.line),
        host=named(rows.host, rows.hosts),
        started=pa.repeat(rows.started, len(rows.at)),
        mta=named(rows.tag, instances),
        kind=named(np.full(len(rows.at), kind), scan.KINDS),
        **columns,
    )
    events.mail.append(made)


def _accepted(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events) -> None:
    picked = np.flatnonzero(kind == scan.ACCEPTED)
    addresses = mapped(strings(rows.block, fields[picked, scan.FIRST]), canonical_ip, pa.string())
    valid = addresses.is_valid().to_numpy(zero_copy_only=False)
    kind[picked[~valid]] = scan.NOT_UNDERSTOOD
    picked, addresses = picked[valid], addresses.drop_null()
    rows = rows[picked]
    users = strings(rows.block, fields[picked, scan.SECOND])
    reinjected, cut = fields[picked, scan.THIRD, 0] > 0, fields[picked, scan.THIRD, 1] > 0
    if cut.any():  # Postfix goes on behind the user's name: its own fields go, from the right
        users = pa.array([_user(user) if more else user for user, more in zip(users.to_pylist(), cut, strict=True)])
    services = named(rows.tag, [tag[tag.find("/") + 1 :] for tag in rows.tags])
    _add(
        events,
        rows,
        scan.ACCEPTED,
        fields[picked, scan.QUEUE_ID],
        ip=addresses,
        pid=pa.array(rows.pid),
        text=users,
        word=services.dictionary_decode(),
        flag=pa.array(reinjected.astype(np.int8)),
    )


def _user(text: str | None) -> str | None:
    for own in OWN_FIELDS if text else ():
        cut = text.rfind(own)
        text = text[:cut] if cut >= 0 else text
    return text


def _texts(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events) -> None:
    for step in (scan.QUEUED, scan.MESSAGE_ID, scan.PROGRAM):
        picked = np.flatnonzero(kind == step)
        text = strings(rows.block, fields[picked, scan.FIRST])
        _add(events, rows[picked], step, fields[picked, scan.QUEUE_ID], text=text)
    for step in (scan.REMOVED, scan.EXPIRED):
        picked = np.flatnonzero(kind == step)
        _add(events, rows[picked], step, fields[picked, scan.QUEUE_ID])


def _deliveries(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events, local: frozenset[str]) -> None:
    picked = np.flatnonzero(kind == scan.DELIVERY)

    def column(field: int) -> pa.StringArray:
        return strings(rows.block, fields[picked, field])

    remote = mapped(column(scan.FIRST), lambda domain: int(domain.lower() not in local), pa.int8())
    _add(
        events,
        rows[picked],
        scan.DELIVERY,
        fields[picked, scan.QUEUE_ID],
        flag=pc.fill_null(remote, 0),  # a recipient without domain is local
        word=column(scan.SECOND),
        code=column(scan.THIRD),
        text=mapped(column(scan.FOURTH), without_addresses, pa.string()),
        ip=mapped(column(scan.FIFTH), canonical_ip, pa.string()),
    )


def _sessions(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events) -> None:
    """Failures, and of the connects those that tell which session a failure belongs to: all of a
    process that saw one, and the first of every process, since reading may begin inside a session."""
    session = (rows.host.astype(np.int64) << 40) | rows.pid
    failed, connected = np.flatnonzero(kind == scan.AUTH_FAILED), np.flatnonzero(kind == scan.CONNECTED)
    _, first = np.unique(session[connected], return_index=True)
    keep = np.isin(session[connected], session[failed])
    keep[first] = True
    for step, picked in ((scan.AUTH_FAILED, failed), (scan.CONNECTED, connected[keep])):
        addresses = mapped(strings(rows.block, fields[picked, scan.FIRST]), canonical_ip, pa.string())
        chosen = rows[picked]
        _add(events, chosen, step, ip=addresses, pid=pa.array(chosen.pid))
