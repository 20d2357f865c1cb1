"""Lines as Postfix and Dovecot write them; a test names only what it is about."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count

NOON = datetime(2026, 5, 4, 12, 0, 0)
HOST = "mx1"
_ids = count(1)


def stamp(at: datetime) -> str:
    return f"{at:%b} {at.day:2d} {at:%H:%M:%S}"


def minutes(number: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=number)


def queue_id() -> str:
    return f"4{next(_ids):09d}z1"


def login(user: str, ip: str, at: datetime = NOON, service: str = "pop3-login", host: str = "pop1") -> str:
    text = f"{service}: Login: user=<{user}>, method=PLAIN, rip={ip}, lip=192.0.2.9, mpid=812, TLS, session=<abc>"
    return f"{stamp(at)} {host} dovecot: {text}\n"


def smtpd(text: str, at: datetime = NOON, *, pid: int = 100, tag: str = "postfix/smtpd", host: str = HOST) -> str:
    return f"{stamp(at)} {host} {tag}[{pid}]: {text}\n"


def message(
    ip: str,
    sender: str,
    *recipients: str,
    at: datetime = NOON,
    qid: str = "",
    sasl: str = "",
    program: str = "",
    message_id: str = "",
    tag: str = "postfix/smtpd",
    pid: int = 100,
    host: str = HOST,
    extra: str = "",
    status: str = "sent (250 ok)",
    removed: bool = True,
) -> str:
    """All lines of one accepted message; recipients as `to` or as `to<orig_to`."""
    qid = qid or queue_id()
    instance = tag.split("/")[0]
    sasl = f", sasl_method=PLAIN, sasl_username={sasl}" if sasl else ""

    def line(daemon: str, text: str) -> str:
        return smtpd(text, at, pid=pid, tag=daemon, host=host)

    lines = [line(tag, f"{qid}: client=unknown[{ip}]{sasl}{extra}")]
    if program:
        text = (
            f"{qid}: info: header X-Mailer: {program} from unknown[{ip}]; from=<{sender}> to=<x@y> proto=ESMTP helo=<h>"
        )
        lines.append(line(f"{instance}/cleanup", text))
    lines.append(line(f"{instance}/cleanup", f"{qid}: message-id=<{message_id or qid + '@pc'}>"))
    lines.append(line(f"{instance}/qmgr", f"{qid}: from=<{sender}>, size=812, nrcpt={len(recipients)} (queue active)"))
    for recipient in recipients:
        to, _, original = recipient.partition("<")
        original = f", orig_to=<{original}>" if original else ""
        relay = "relay=mx.example[203.0.113.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0"
        text = f"{qid}: to=<{to}>{original}, {relay}, status={status}"
        lines.append(line(f"{instance}/smtp", text))
    if removed:
        lines.append(line(f"{instance}/qmgr", f"{qid}: removed"))
    return "".join(lines)


LINE = re.compile(r"(?P<stamp>\w+ +\d+ [\d:]+) (?P<host>\S+) (?P<tag>[^:\[]+)(?:\[(?P<pid>\d+)\])?: (?P<text>.*)")


def parts(line: str) -> dict[str, str]:
    """Stamp, host, tag, pid and text of a line, for writing it in another form."""
    return LINE.fullmatch(line.rstrip("\n")).groupdict()


def in_utc(stamp: str) -> datetime:
    """What a stamp of 2026 in Tokyo means."""
    return datetime.strptime(f"2026 {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC) - timedelta(hours=9)


def journal(stamp: str, host: str, tag: str, pid: str | None, text: str) -> str:
    """A line as `journalctl -o json` writes it."""
    at = str(int(in_utc(stamp).timestamp() * 1e6))
    entry = {"__REALTIME_TIMESTAMP": at, "_HOSTNAME": host, "SYSLOG_IDENTIFIER": tag, "MESSAGE": text}
    return json.dumps(entry | ({"SYSLOG_PID": pid} if pid else {}))
