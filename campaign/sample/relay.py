"""The sample's relay: a real SMTP server that keeps what it catches and remembers it in a journal.

A caught mail goes into the Maildir `mail/` (the newest `KEPT`) and one line of JSON into
`relay-journal.jsonl`, before the client hears 250. The lines that Postfix would log of it
are made from the journal, so that one writer alone writes the log. Times are those of the
mail's Date header, because the history is sent long after it happened.
"""

import json
import os
import signal
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from campaign.sample import dovecot_lines as dovecot
from campaign.sample import postfix_lines as postfix
from campaign.sample.postfix_lines import Client, Clock

KEPT = 2000
PATIENCE = 60  # seconds for it to begin, on a machine that has much else to do
PEER = "campaign.isp.example[10.0.0.9]"


@dataclass(frozen=True, slots=True)
class Caught:
    at: int  # seconds since 1970
    message_id: str  # without brackets
    sender: str
    to: tuple[str, ...]
    size: int
    roll: int


class Fate:
    DELIVERED, LATE, BOUNCED = "delivered", "late", "bounced"


def fate_of(address: str) -> str:
    """Most mailboxes take their mail; one in fifty is full for a while, one in eighty is gone."""
    roll = int.from_bytes(sha256(address.lower().encode()).digest()[:4], "big")
    if roll % 80 == 0:
        return Fate.BOUNCED
    return Fate.LATE if roll % 50 == 1 else Fate.DELIVERED


class Journal:
    """What was caught, in order. The relay's process adds, another one reads what is new."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "relay-journal.jsonl"
        self._path.touch()
        self._read_to = 0
        self.entries: list[Caught] = []
        self.refresh()

    def refresh(self) -> None:
        """Read what was added; a last line that is not whole yet stays for the next time."""
        with open(self._path, "rb") as file:
            file.seek(self._read_to)
            fresh = file.read()
        fresh = fresh[: fresh.rfind(b"\n") + 1]
        self._read_to += len(fresh)
        for line in fresh.splitlines():
            fields = json.loads(line)
            self.entries.append(Caught(**fields | {"to": tuple(fields["to"])}))

    def mend(self) -> None:
        """Cut off what a dead relay left half written; for the one that adds, before it does."""
        os.truncate(self._path, self._read_to)

    def add(self, caught: Caught) -> None:
        line = json.dumps(asdict(caught)).encode() + b"\n"
        with open(self._path, "ab", buffering=0) as file:
            file.write(line)
        self.entries.append(caught)
        self._read_to += len(line)

    def since(self, number: int) -> list[Caught]:
        self.refresh()
        return self.entries[number:]

    def waiting(self, number: int, *, since: int) -> Iterator[Caught]:
        """Of the first `number` those whose later lines may still be to come."""
        for entry in reversed(self.entries[:number]):
            if entry.at < since:
                return
            yield entry


class Catcher:
    """aiosmtpd's handler."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._journal = journal
        self._mail = folder / "mail"
        for part in ("new", "cur", "tmp"):
            (self._mail / part).mkdir(parents=True, exist_ok=True)
        self._names = deque(sorted(path.name for path in (self._mail / "new").iterdir()))
        self._serial = len(journal.entries)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        headers = BytesHeaderParser().parsebytes(content)
        at = self._at(headers.get("Date", ""))
        ident = headers.get("Message-ID", "").strip().strip("<>")
        self._serial += 1
        roll = int.from_bytes(sha256(f"{ident} {self._serial}".encode()).digest()[:16], "big")
        self._keep(
            f"{int(at.timestamp()):010}.{self._serial:06}.mx1", with_return_path(content, envelope.mail_from or "")
        )
        caught = Caught(
            int(at.timestamp()), ident, envelope.mail_from or "", tuple(envelope.rcpt_tos), len(content), roll
        )
        self._journal.add(caught)
        return f"250 2.0.0 Ok: queued as {_queue_id(caught)}"

    @staticmethod
    def _at(text: str) -> datetime:
        try:
            return parsedate_to_datetime(text)
        except ValueError:
            return datetime.now(UTC)

    def _keep(self, name: str, content: bytes) -> None:
        draft = self._mail / "tmp" / name
        draft.write_bytes(content)
        os.replace(draft, self._mail / "new" / name)
        self._names.append(name)
        while len(self._names) > KEPT:
            (self._mail / "new" / self._names.popleft()).unlink(missing_ok=True)


def with_return_path(content: bytes, sender: str) -> bytes:
    """As a final delivery leaves it (RFC 5321 4.4), so that the envelope sender can be seen."""
    return f"Return-Path: <{sender}>\r\n".encode() + content


def serve(folder: Path, *, port: int) -> Controller:
    """The relay in a thread of its own; `.stop()` ends it."""
    journal = Journal(folder)
    journal.mend()
    catcher = Catcher(folder, journal)
    with socket.create_server(("127.0.0.1", port)):
        pass  # of a port that is taken aiosmtpd tells when PATIENCE has run out
    options = {"server_hostname": "mx1.isp.example", "ready_timeout": PATIENCE}
    controller = Controller(catcher, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


def serve_until_told(folder: Path, port: int, told: Connection) -> None:
    """What the relay's own process does. Says "" through `told` when it listens, or why it cannot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    try:
        server = serve(folder, port=port)
    except OSError as error:
        told.send(str(error))
        return
    told.send("")
    with suppress(EOFError):  # the parent is gone
        told.recv()
    server.stop()


class Serving:
    """The relay in a process of its own, so that it works while the sender does; a context manager."""

    def __init__(self, folder: Path, *, port: int) -> None:
        """Raises `OSError` when the port is taken."""
        spawn = get_context("spawn")
        self._told, there = spawn.Pipe()
        self._process = spawn.Process(target=serve_until_told, args=(folder, port, there), name="relay", daemon=True)
        self._process.start()
        there.close()
        problem = self._told.recv()
        if problem:
            raise OSError(problem)

    def __enter__(self) -> "Serving":
        return self

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def __exit__(self, *_: object) -> None:
        self._told.close()
        self._process.join(5)
        self._process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _queue_id(caught: Caught) -> str:
    # The clock's day does not matter for an id: it counts seconds since 1970.
    return Clock(datetime.fromtimestamp(caught.at, UTC).date(), midnight=caught.at).queue_id(0, caught.roll)


def lines(caught: Caught, clock: Clock) -> tuple[list[str], list[str]]:
    """What Postfix and Dovecot log of it on the clock's day, at the first second if it was caught the day before."""
    second, roll, queue_id = max(caught.at - clock.midnight, 0), caught.roll, _queue_id(caught)
    client = Client(PEER, "campaign.isp.example", 2000 + roll % 30000)
    stamp = clock.stamp(second)
    mail = [client.line(stamp, f"connect from {PEER}")]
    mail += postfix.accepted(
        clock,
        second,
        client,
        queue_id=queue_id,
        sasl="",
        sender=caught.sender,
        to=caught.to[0],
        message_id=caught.message_id,
        header="",
        size=caught.size,
        recipients=len(caught.to),
    )
    mail.append(client.line(clock.stamp(second + 1), f"disconnect from {PEER} ehlo=1 mail=1 rcpt=1 data=1 commands=4"))
    logins: list[str] = []
    end = clock.stamp(second + 2)
    for to in caught.to:
        end = _delivery(caught, to, clock, second + 2, queue_id, mail, logins)
    mail.append(postfix.removed(end, queue_id))
    return mail, logins


def _delivery(
    caught: Caught, to: str, clock: Clock, second: int, queue_id: str, mail: list[str], logins: list[str]
) -> str:
    stamp, pid, session = clock.stamp(second), 31000 + caught.roll % 97, dovecot.session_of(caught.roll >> 17)
    relay, fate = postfix.MAILBOX_HOST, fate_of(to)
    if fate == Fate.BOUNCED:
        text = f"host {relay[:-3]} said: 550 5.1.1 <{to}> User doesn't exist: {to} (in reply to RCPT TO command)"
        mail.append(
            postfix.fate(stamp, "lmtp", queue_id, to, relay=relay, dsn="5.1.1", status="bounced", text=text, pid=pid)
        )
        return stamp
    if fate == Fate.LATE:
        text = f"host {relay[:-3]} said: 452 4.2.2 <{to}> Quota exceeded (mailbox for user is full)"
        mail.append(
            postfix.fate(stamp, "lmtp", queue_id, to, relay=relay, dsn="4.2.2", status="deferred", text=text, pid=pid)
        )
        stamp = clock.stamp(second + 300 + caught.roll % 1200)
        mail.append(postfix.requeued(stamp, queue_id, caught.sender, caught.size, len(caught.to)))
    mail.append(postfix.delivered(stamp, queue_id, to, pid=pid, session=session))
    logins += dovecot.saved(stamp, user=to, message_id=caught.message_id, pid=pid, roll=caught.roll >> 17)
    return stamp
