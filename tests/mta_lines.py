"""Messages as Sendmail, Exim and netqmail's patches log them; a test names only what it is about."""

from collections.abc import Collection
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
from loglines import NOON, stamp

from campaign.logs.dialects import Reader
from campaign.logs.events import Events

HOST = "mx1"
TOKYO = ZoneInfo("Asia/Tokyo")
_serial = count(1)


def _line(tag: str, text: str, at: datetime, pid: int, host: str = HOST) -> str:
    return f"{stamp(at)} {host} {tag}[{pid}]: {text}\n"


def sendmail(
    ip: str,
    sender: str,
    *recipients: str,
    at: datetime = NOON,
    qid: str = "",
    user: str | None = None,
    program: str = "",
    message_id: str = "",
    name: str = "pc.home ",
    pid: int = 100,
    stat: str = "dsn=2.0.0, stat=Sent (250 ok)",
) -> str:
    """All lines of one accepted message. A recipient `a=b` is a, and an alias made b of it; user "" authenticated
    in a line that was lost."""
    qid = qid or f"6A{next(_serial):06d}{pid:06d}"
    lines = (
        [_line("sm-mta", f"AUTH=server, relay={name}[{ip}], authid={user}, mech=LOGIN, bits=0", at, pid)]
        if user
        else []
    )
    if program:
        lines.append(_line("sm-mta", f"{qid}: X-Mailer:  {program}", at, pid))
    text = f"from=<{sender}>, size=812, class=0, nrcpts={len(recipients)}, msgid={message_id or f'<{qid}@pc>'}"
    proto = "ESMTP" if user is None else "ESMTPA"
    lines.append(_line("sm-mta", f"{qid}: {text}, proto={proto}, daemon=MTA, relay={name}[{ip}]", at, pid))
    given = [to.partition("=")[2] or f"<{to}>" for to in recipients]
    text = "delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30812, relay=mx.example. [203.0.113.1]"
    lines.append(_line("sm-mta", f"{qid}: to={','.join(given)}, {text}, {stat}", at, pid + 1))
    return "".join(lines)


def exim(
    ip: str,
    sender: str,
    *recipients: str,
    at: datetime = NOON,
    qid: str = "",
    user: str | None = None,
    program: str = "",
    message_id: str = "",
    helo: str = "pc.home",
    subject: str = "",
    pid: int = 100,
    own_file: bool = False,
    completed: bool = True,
) -> str:
    """All lines of one accepted message. A recipient `a=b` is a, redirected to b; user "" authenticated without a
    known name."""
    qid = qid or f"1rMQ{next(_serial):02d}-000{pid:03d}-2x"

    def line(text: str) -> str:
        head = f"{at:%Y-%m-%d %H:%M:%S} {qid} {text}"
        return f"{at:%Y-%m-%d %H:%M:%S} [{pid}] {qid} {text}\n" if own_file else _line("exim", head, at, pid)

    lines = [line(f"X-Mailer: {program}")] if program else []
    proto = "esmtp" if user is None else f"esmtpa A=plain{':' if user else ''}{user}"
    subject = f' T="{subject}"' if subject else ""
    came = f"<= {sender or '<>'} H=({helo}) [{ip}] P={proto} S=812 id={message_id or f'{qid}@pc'}{subject}"
    lines.append(line(came))
    for to in recipients:
        original, _, new = to.partition("=")
        text = f"{new} <{original}>" if new else to
        lines.append(line(f'=> {text} R=dnslookup T=remote_smtp H=mx.example [203.0.113.1] C="250 2.0.0 ok"'))
    return "".join(lines) + (line("Completed") if completed else "")


def qlog(
    ip: str, sender: str, *recipients: str, at: datetime = NOON, user: str = "", helo: str = "pc.home", pid: int = 100
) -> str:
    """The line of one accepted message."""
    client = f"detail= helo={helo} mailfrom={sender} rcptto={','.join(recipients)}"
    auth = f"authuser={user} authtype={'login' if user else ''} encrypted= sslverified=no"
    ends = f"localip=192.0.2.9 localport=25 remoteip={ip} remoteport=4711 remotehost=unknown qp={pid + 1} pid={pid}"
    text = f"result=accepted code=250 reason=queueaccept {client} relay=yes rcpthosts= size=812 {auth} {ends}"
    return f"{stamp(at)} {HOST} qmail-smtpd: qlogreceived: {text}\n"


def spamcontrol(
    ip: str, sender: str, recipient: str, at: datetime = NOON, user: str = "", helo: str = "pc.home", pid: int = 100
) -> str:
    """The line of one recipient."""
    label = "AUTH::LOGIN P:ESMTPA" if user else "SNDR::Relay_Client P:ESMTP"
    auth = f" ?~ '{user}'" if user else ""
    text = f"pid {pid} Accept::{label} S:{ip}:unknown H:{helo} F:{sender} T:{recipient}{auth}"
    return f"{stamp(at)} {HOST} qmail-smtpd: {text}\n"


def chkuser(ip: str, sender: str, recipient: str, at: datetime = NOON, user: str = "", helo: str = "pc.home") -> str:
    """The line of one recipient, as multilog writes it; `at` is Tokyo's time."""
    seconds = int(at.replace(tzinfo=TOKYO).timestamp()) + (1 << 62) + 10
    text = f"CHKUSER relaying rcpt: from <{sender}:{user}:> remote <{helo}:unknown:{ip}> rcpt <{recipient}>"
    return f"@{seconds:016x}00000000 {text} : client allowed to relay\n"


def said(text: str | bytes, local_domains: Collection[str] = frozenset({"isp.example"})) -> Events:
    """What the lines say; stamps without zone are Tokyo's, without year those of 2026."""
    reader = Reader(zone=TOKYO, local_domains=local_domains, latest=2**62, written_on=date(2026, 6, 1))
    block = np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)
    return reader.events(block, *reader.heads(block), 1)[0]


def rows(events: Events, stream: str, *columns: str) -> list[tuple]:
    """The columns of all events of a stream; of a single one bare values."""
    found = [tuple(row[name] for name in columns) for row in events.tables()[stream].to_pylist()]
    return [row[0] for row in found] if len(columns) == 1 else found


def not_understood(events: Events) -> int:
    return sum(count.not_understood for count in events.programs.values())


def only_message(text: str, *columns: str) -> tuple | None:
    """The columns of the one message that comes of lines which are all understood; None where there is none."""
    events = said(text)
    assert not_understood(events) == 0
    (row,) = rows(events, "messages", *columns) or [None]
    return row
