"""netqmail with the patches that let qmail-smtpd log; one of them is needed, plain qmail-smtpd writes nothing.

qlog, a line for each message; blanks in the client's texts are `_`:

    qlogreceived: result=accepted code=250 reason=queueaccept detail= helo=H mailfrom=S rcptto=R,R relay=yes
        rcpthosts= size=N authuser=U authtype=login encrypted=tls sslverified=no localip=IP localport=25
        remoteip=IP remoteport=N remotehost=NAME qp=P pid=N
    qlogenvelope: result=rejected code=535 reason=authfailed ...        the same fields
    qmail-smtpd[N]: auth: auth-success type=login user=<U>

SPAMCONTROL and s/qmail, a line for each recipient; older ones have `S:NAME:IP`:

    qmail-smtpd: pid N Accept::AUTH::PLAIN P:ESMTPSA S:IP:NAME H:HELO F:S T:R ?~ 'U'
    qmail-smtpd: pid N Accept::SNDR::Relay_Client P:ESMTP S:IP:NAME H:HELO F:S T:R      POP before SMTP, own network
    qmail-smtpd: pid N Accept::AUTH::PLAIN P:ESMTPA S:IP:NAME ?= 'U'                    the session, not a message
    qmail-smtpd: pid N Reject::AUTH::PLAIN P:ESMTP S:IP:NAME ?~ 'U'

CHKUSER up to 2.0.9, a line for each recipient (later ones come with qlog, and are left to it):

    CHKUSER relaying rcpt: from <S:U:> remote <HELO:NAME:IP> rcpt <R> : client allowed to relay
    CHKUSER accepted rcpt: ...

- The client's line is the whole submission: qmail-send's lines name neither client nor Message-ID, and its message
  numbers are free again at once. So the queue id is `qp P`, `pid N` or, for CHKUSER, the client's address.
- Lines for each recipient are written before the message itself: one that is refused later counts all the same.
  Those of one second, from one process or address, are one submission; their time is the whole second.
- `authuser` is who tried last, be it in vain; that it was is told by lines before, and events hold those too.
- U of CHKUSER is the answer of ident where the client did not authenticate: tcpserver must run with -R.

Under multilog the lines have no host, and the tag `multilog` or what stands before their first colon.
Sources: sagredo-dev/qmail qmail-smtpd.c and doc/CHKUSER.log_format; s/qmail qmail-smtpd.c, smtpdlog.c.
"""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from campaign.logs.addresses import canonical_ip
from campaign.logs.columns import addresses, mapped
from campaign.logs.events import Events, Rows
from campaign.logs.patterns import texts
from campaign.logs.stamps import SECOND
from campaign.logs.steps import Groups, accepted, elsewhere, found, pids, sessions, single, steps

TAGS = {"multilog", "qmail", "qmail-smtpd", "smtpd", "qlogreceived", "qlogenvelope"}
SPLOGGER = r"(?:\d{9,10}\.\d{6} )?"
SERVER = (
    r" relay=(?:yes|no) rcpthosts=\S* size=\S* authuser=(?P<user>\S*) authtype=\S* encrypted=\S* sslverified=\S*"
    r" localip=\S* localport=\S* remoteip=(?P<ip>\S*) remoteport=\S* remotehost=\S* qp=(?P<qp>\d*) pid=(?P<pid>\d+)"
)
CLIENT = r"detail=.* helo=.* mailfrom=(?P<sender>\S*) rcptto=(?P<recipients>.*)"
RECEIVED = rf"{SPLOGGER}(?:qlogreceived: )?result=accepted code=\d* reason=queueaccept "
QLOG_FAILED = rf"{SPLOGGER}(?:qlogenvelope: )?result=rejected code=\d* reason=authfailed .*{SERVER}"
QLOG_AUTHENTICATED = r"auth: auth-success type=\S* user=<(?P<user>.*)>"

PID = rf"{SPLOGGER}(?:qmail-smtpd: )?pid (?P<pid>\d+) "
PEER = r"P:(?P<protocol>\S+) S:(?P<peer>\S+)"
MESSAGE = r" H:.* F:(?P<sender>\S*) T:(?P<recipients>.*)"
ACCEPT = rf"{PID}Accept::(?:RCPT|SNDR|ORIG|SPF)::\S* {PEER}{MESSAGE}"
ACCEPT_AUTH = rf"{PID}Accept::AUTH::\S* {PEER}{MESSAGE} \?~ '(?P<user>.*)'"
AUTHENTICATED = rf"{PID}Accept::AUTH::\S* {PEER} \?[=~] '(?P<user>.*)'"
AUTH_FAILED = rf"{PID}Reject::AUTH::\S* {PEER} \?[=~] '.*'"

CHKUSER = (
    rf"{SPLOGGER}CHKUSER (?:relaying|accepted) rcpt: from <(?P<sender>[^<>]*):(?P<user>[^:<>]*):[^:<>]*>"
    r" remote <[^<>|]*:(?P<ip>[0-9.]+)> rcpt <(?P<recipients>[^<>]*)> : .*"
)
BEGINS = rf"^(?:{RECEIVED}|{PID}Accept::|{SPLOGGER}CHKUSER (?:relaying|accepted) rcpt: from <[^|]*> remote )"


def claims(tag: str) -> bool:
    return tag in TAGS


def parse(rows: Rows, events: Events, *, local_domains: Collection[str]) -> np.ndarray:
    """Adds the messages and sessions among `rows` to `events`; returns which rows were not understood."""
    lines = texts(rows)
    begun = pc.match_substring_regex(lines, BEGINS).to_numpy(zero_copy_only=False)
    understood, made = np.zeros(len(lines), bool), []
    for regex in (RECEIVED + CLIENT + SERVER, ACCEPT, ACCEPT_AUTH, CHKUSER):
        places, said = found(lines, regex)
        if places.size:
            made.append(_submissions(rows[places], said, local_domains))
            understood[places] = made[-1]["ip"].is_valid().to_numpy()
    if made:
        whole = pa.concat_tables(made).sort_by("line")
        single(rows, events, "qmail", whole.filter(whole["ip"].is_valid()))
    for kind, regex in (
        ("auth_failed", QLOG_FAILED), ("auth_failed", AUTH_FAILED),
        ("authenticated", QLOG_AUTHENTICATED), ("authenticated", AUTHENTICATED),
    ):  # fmt: skip
        places, said = found(lines, regex)
        understood[places] = True
        if places.size:
            _sessions(rows[places], events, kind, said)
    return begun & ~understood


def _submissions(rows: Rows, said: Groups, local_domains: Collection[str]) -> pa.Table:
    ip, user = _ip(said), said.get("user")
    known = pc.if_else(pc.not_equal(user, ""), user, None) if user is not None else pa.nulls(rows.at.size, pa.string())
    if "protocol" in said:
        known = pc.coalesce(known, pc.if_else(pc.match_substring_regex(said["protocol"], "^E?SMTPS?A"), "", None))
    pid = said["pid"].cast(pa.int64()) if "pid" in said else None
    whole = "qp" in said
    at = rows.at if whole else rows.at - rows.at % SECOND
    moment = pa.array(at)
    client = accepted(rows, ip, sasl_user=known, pid=pid if pid is not None else pids(rows)) | {"accepted": moment}
    names = {"qp": "qp ", "pid": "pid "}
    key = next((name for name in names if name in said), None)
    queue_id = pc.binary_join_element_wise(names[key], said[key], "") if key else ip
    remote = mapped(said["recipients"], lambda text: any(elsewhere(one, local_domains) for one in text.split(",")),
                    pa.bool_())  # fmt: skip
    return steps(rows, queue_id, queued=moment, sender=said["sender"], remote=remote, **client)


def _ip(said: Groups) -> pa.StringArray:
    return addresses(said["ip"]) if "ip" in said else mapped(said["peer"], _address, pa.string())


def _address(peer: str) -> str | None:
    """The address in `IP:NAME` or `NAME:IP`; none where both may be one, since the client may write the name."""
    found = {canonical_ip(peer.rpartition(":")[0]), canonical_ip(peer.partition(":")[2])} - {None}
    return found.pop() if len(found) == 1 else None


def _sessions(rows: Rows, events: Events, kind: str, said: Groups) -> None:
    pid = said["pid"].cast(pa.int64()) if "pid" in said else pids(rows)
    ip = _ip(said) if "ip" in said or "peer" in said else pa.nulls(rows.at.size, pa.string())
    user = {"user": said["user"]} if kind == "authenticated" else {}
    sessions(rows, events, kind, ip, pid=pid, **user)
