"""Lines as Postfix writes them on the mail host, through syslog: one function per thing that happens.

A `Clock` gives the stamps of one day; times are seconds of that day.
"""

from dataclasses import dataclass
from datetime import date

HOST = "mx1"
MAILBOX_HOST = "pop1.isp.example[10.0.0.5]:24"
# Long queue ids count in 52 letters without vowels: they do not repeat.
_LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
_PAIRS = tuple(a + b for a in _LETTERS for b in _LETTERS)
_TIMES = tuple(f"{h:02}:{m:02}:{s:02}" for h in range(24) for m in range(60) for s in range(60)) + ("23:59:59",) * 7200
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
QMGR = 1187
TLS = (
    "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits)"
)


class Clock:
    """Stamps of one day in the provider's zone, as RFC 3164 has them; past midnight it stands still."""

    def __init__(self, day: date, *, midnight: int) -> None:
        self.day, self.midnight = day, midnight
        self._head = f"{_MONTHS[day.month - 1]} {day.day:2} "

    def stamp(self, second: int) -> str:
        return self._head + _TIMES[second]

    def queue_id(self, second: int, roll: int) -> str:
        high, low = divmod(self.midnight + second, 2704)
        top, middle = divmod(high, 2704)
        micro_high, micro_low = divmod((roll >> 16) % 1000000, 2704)
        return (
            f"{_PAIRS[top]}{_PAIRS[middle]}{_PAIRS[low]}{_PAIRS[micro_high]}{_PAIRS[micro_low]}"
            f"z{_LETTERS[(roll >> 36) % 51]}{_LETTERS[(roll >> 42) % 51]}{_LETTERS[(roll >> 48) % 51]}"
        )


@dataclass(frozen=True, slots=True)
class Client:
    """Who is connected: `service` is the part of the tag before smtpd, as `submission/`."""

    peer: str  # name[address]
    helo: str
    pid: int
    service: str = ""

    def line(self, stamp: str, text: str) -> str:
        return f"{stamp} {HOST} postfix/{self.service}smtpd[{self.pid}]: {text}"


def accepted(
    clock: Clock,
    second: int,
    client: Client,
    *,
    queue_id: str,
    sasl: str,
    sender: str,
    to: str,
    message_id: str,
    header: str,
    size: int,
    recipients: int,
) -> list[str]:
    """One transaction up to the queue; `sasl` is the end of the client= line, `header` name and value or ""."""
    now, after = clock.stamp(second), clock.stamp(second + 1)
    cleanup = f"{HOST} postfix/cleanup[{client.pid + 40000}]: {queue_id}:"
    lines = [client.line(now, f"{queue_id}: client={client.peer}{sasl}")]
    if header:
        lines.append(
            f"{now} {cleanup} info: header {header} from {client.peer}; from=<{sender}> to=<{to}> "
            f"proto=ESMTP helo=<{client.helo}>"
        )
    lines.append(f"{now} {cleanup} message-id=<{message_id}>")
    lines.append(f"{after} {HOST} postfix/qmgr[{QMGR}]: {queue_id}: {active(sender, size, recipients)}")
    return lines


def active(sender: str, size: int, recipients: int) -> str:
    return f"from=<{sender}>, size={size}, nrcpt={recipients} (queue active)"


def requeued(stamp: str, queue_id: str, sender: str, size: int, recipients: int) -> str:
    return f"{stamp} {HOST} postfix/qmgr[{QMGR}]: {queue_id}: {active(sender, size, recipients)}"


def removed(stamp: str, queue_id: str) -> str:
    return f"{stamp} {HOST} postfix/qmgr[{QMGR}]: {queue_id}: removed"


def fate(
    stamp: str,
    agent: str,
    queue_id: str,
    to: str,
    *,
    relay: str,
    dsn: str,
    status: str,
    text: str,
    pid: int,
    original: str = "",
    delay: int = 1,
) -> str:
    """One recipient, one attempt; `original` is the address before forwarding."""
    forwarded = f" orig_to=<{original}>," if original else ""
    return (
        f"{stamp} {HOST} postfix/{agent}[{pid}]: {queue_id}: to=<{to}>,{forwarded} relay={relay}, "
        f"delay={delay}.2, delays=0.1/0.01/{delay}/0.09, dsn={dsn}, status={status} ({text})"
    )


def delivered(stamp: str, queue_id: str, to: str, *, pid: int, session: str) -> str:
    text = f"250 2.0.0 <{to}> {session} Saved"
    return fate(stamp, "lmtp", queue_id, to, relay=MAILBOX_HOST, dsn="2.0.0", status="sent", text=text, pid=pid)


def relayed(stamp: str, queue_id: str, to: str, *, relay: str, pid: int, roll: int, original: str = "") -> str:
    text = f"250 2.0.0 Ok: queued as {roll % 0xFFFFFFFFFF:010X}"
    return fate(
        stamp, "smtp", queue_id, to, relay=relay, dsn="2.0.0", status="sent", text=text, pid=pid, original=original
    )


def own_bounce(stamp: str, queue_id: str, bounce_id: str, *, pid: int) -> list[str]:
    """The notice to the sender that its message came back: a message of its own, without a client."""
    return [
        f"{stamp} {HOST} postfix/cleanup[{pid}]: {bounce_id}: message-id=<{bounce_id}@mx1.isp.example>",
        f"{stamp} {HOST} postfix/bounce[{pid + 1}]: {queue_id}: sender non-delivery notification: {bounce_id}",
        f"{stamp} {HOST} postfix/qmgr[{QMGR}]: {bounce_id}: {active('', 3211, 1)}",
    ]
