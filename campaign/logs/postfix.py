"""Postfix: one message is followed by host, instance (syslog_name) and queue id.

    smtpd: Q: client=NAME[IP](:port)(, sasl_method=M)(, sasl_username=U)(, sasl_sender=X)(, orig_...)
    cleanup: Q: message-id=<ID>        cleanup: Q: info: header X-Mailer: VALUE from NAME[IP]; from=<S> ...
    qmgr: Q: from=<S>, size=N, nrcpt=N (queue active)        qmgr: Q: removed
    smtpd: NOQUEUE: client=NAME[IP](, sasl_...)        smtpd: proxy-accept: END-OF-MESSAGE: ... queued as Q; ...
    smtp|lmtp|local|...: Q: to=<R>(, orig_to=<R0>), relay=NAME[IP]:port, ..., dsn=X, status=sent (text)

The fields are found by `postfix_scan.py`; here they become columns.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs import postfix_scan as scan
from campaign.logs.columns import addresses, mapped, moments, named, strings
from campaign.logs.events import MESSAGE, SESSION, Events, Rows, table
from campaign.logs.messages import lives
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
WANTED = "`Q: client=NAME[IP]`, `Q: message-id=<…>`, `Q: from=<…>, size=…` and `Q: to=<…>, relay=…, status=…`"
OWN_FIELDS = (", orig_client=", ", orig_queue_id=", ", sasl_sender=")


def daemon(tag: str) -> int | None:
    """What kind of daemon `postfix/submission/smtpd` is, None when the tag is not Postfix's."""
    instance, slash, rest = tag.partition("/")
    return DAEMONS.get(rest.rpartition("/")[2]) if slash and instance else None


def claims(tag: str) -> bool:
    return daemon(tag) is not None


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the messages and sessions among `rows` to `events`; returns which rows were not understood."""
    daemons = np.array([daemon(tag) or scan.SILENT for tag in rows.tags], np.int8)[rows.tag]
    kind, fields = scan.steps(rows.block, rows.text, rows.end, daemons)
    _messages(rows, kind, fields, events, frozenset(local_domains))
    _sessions(rows, kind, fields, events)
    return kind == scan.NOT_UNDERSTOOD


def _messages(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events, local: frozenset[str]) -> None:
    instances = [tag[: tag.find("/")] for tag in rows.tags]
    services = [tag[tag.find("/") + 1 :] for tag in rows.tags]
    places = {name: place for place, name in enumerate(dict.fromkeys(instances))}
    mta = np.array([places[name] for name in instances], np.int64)[rows.tag]
    clients = np.flatnonzero(kind == scan.ACCEPTED)
    ip = addresses(strings(rows.block, fields, clients, scan.FIRST))
    # `client=unknown[unknown]` happens when a client has gone before it was looked at.
    kind[clients[ip.is_null().to_numpy(zero_copy_only=False)]] = scan.NOT_UNDERSTOOD
    remote = _remote(rows, kind, fields, local)
    found = lives(rows.block, rows.at, rows.host, mta, kind, fields, remote)
    if not found.first.size:
        return

    def text(which: np.ndarray, field: int) -> pa.StringArray:
        return strings(rows.block, fields, which, field)

    accepted = found.accepted
    begin = np.where(accepted >= 0, accepted, found.first)
    reinjected = fields[accepted, scan.THIRD, 0] > 0
    made = table(
        MESSAGE,
        moment=pa.array(rows.at[found.first]),
        line=pa.array(rows.line[begin]),
        host=named(rows.host[found.first], rows.hosts),
        started=pa.repeat(rows.started, found.first.size),
        mta=named(mta[found.first], list(places)),
        queue_id=text(found.first, scan.QUEUE_ID),
        accepted=moments(rows.at, accepted),
        ip=ip.take(pa.array(np.searchsorted(clients, accepted), mask=accepted < 0)),
        service=named(rows.tag[begin], services),
        pid=moments(rows.pid, accepted),
        sasl_user=_users(text(accepted, scan.SECOND), fields[accepted, scan.THIRD, 1] > 0),
        passed_on=pa.array(reinjected, mask=accepted < 0),
        queued=moments(rows.at, found.queued),
        sender=text(found.queued, scan.FIRST),
        message_id=text(found.message_id, scan.FIRST),
        program=text(found.program, scan.FIRST),
        remote=pa.array(found.remote > 0),
        removed=pa.array(found.removed, mask=found.removed == 0),
        **_last_attempt(rows, kind, fields, found.delivery),
    )
    events.messages.append(made)


def _remote(rows: Rows, kind: np.ndarray, fields: np.ndarray, local: frozenset[str]) -> np.ndarray:
    """1 for each delivery to a recipient under a domain that is not local; one without domain is local."""
    attempts = np.flatnonzero(kind == scan.DELIVERY)
    domains = strings(rows.block, fields, attempts, scan.FIRST)
    far = mapped(domains, lambda domain: int(domain.lower() not in local), pa.int8())
    remote = np.zeros(kind.size, np.int8)
    remote[attempts] = pc.fill_null(far, 0).to_numpy()
    return remote


def _users(users: pa.StringArray, more: np.ndarray) -> pa.Array:
    """SASL users; where `more` is set, Postfix's own fields behind the name are cut off, from the right."""
    if not more.any():
        return users
    return pa.array(
        [_user(user) if cut else user for user, cut in zip(users.to_pylist(), more, strict=True)], pa.string()
    )


def _user(text: str | None) -> str | None:
    for own in OWN_FIELDS if text else ():
        cut = text.rfind(own)
        text = text[:cut] if cut >= 0 else text
    return text


def _last_attempt(rows: Rows, kind: np.ndarray, fields: np.ndarray, attempts: np.ndarray) -> dict[str, pa.Array]:
    def text(field: int) -> pa.Array:
        return strings(rows.block, fields, attempts, field)

    given_up = (attempts >= 0) & (kind[attempts] == scan.EXPIRED)
    status = pc.if_else(pa.array(given_up), "expired", text(scan.SECOND))
    return {
        "attempt": moments(rows.at, attempts),
        "status": status.dictionary_encode(),
        "code": text(scan.THIRD).dictionary_encode(),
        "words": mapped(text(scan.FOURTH), without_addresses, pa.string()),
    }


def _sessions(rows: Rows, kind: np.ndarray, fields: np.ndarray, events: Events) -> None:
    """Failures, and of the connects those that tell which session a failure belongs to: all of a
    process that saw one, and the first of every process, since reading may begin inside a session.
    Of filters before the queue the client of each message, and the queue id that it got."""
    session = (rows.host.astype(np.int64) << 40) | rows.pid
    failed, connected = np.flatnonzero(kind == scan.AUTH_FAILED), np.flatnonzero(kind == scan.CONNECTED)
    proxied, handed_on = np.flatnonzero(kind == scan.PROXIED), np.flatnonzero(kind == scan.HANDED_ON)
    _, first = np.unique(session[connected], return_index=True)
    keep = np.isin(session[connected], session[failed])
    keep[first] = True
    wanted = np.sort(np.concatenate((failed, connected[keep], proxied, handed_on)))
    chosen = rows[wanted]
    named_user = np.where(kind[wanted] == scan.PROXIED, wanted, -1)
    made = table(
        SESSION,
        kind=named(kind[wanted], scan.KINDS),
        moment=pa.array(chosen.at),
        line=pa.array(chosen.line),
        host=named(chosen.host, rows.hosts),
        started=pa.repeat(rows.started, wanted.size),
        pid=pa.array(chosen.pid),
        ip=addresses(strings(rows.block, fields, wanted, scan.FIRST)),
        user=_users(strings(rows.block, fields, named_user, scan.SECOND), fields[named_user, scan.THIRD, 1] > 0),
        queue_id=strings(rows.block, fields, np.where(kind[wanted] == scan.HANDED_ON, wanted, -1), scan.QUEUE_ID),
    )
    events.sessions.append(made)
