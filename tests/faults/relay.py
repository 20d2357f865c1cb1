"""The relay as a process of its own, to be killed: `python relay.py FOLDER PORT`.

A real SMTP server that works as Postfix does. What it takes stands in FOLDER/accepted.jsonl
before the client hears 250; FOLDER/logs/maillog has the lines that Postfix writes, in its order;
and who starts it again finds the queue that the dead one left, and delivers it.

Over the socket FOLDER/orders it can be told to kill itself or its client at one step of the next
mail: `{"at": "recorded", "kill": "relay"}`. FOLDER/kills has a line for each that was done.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from datetime import datetime
from email.parser import BytesHeaderParser
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP, Envelope, Session
from faults.clock import Clock
from faults.peers import pid_of_peer

ZONE = ZoneInfo("Asia/Tokyo")
BUSY_UNTIL = {"later": datetime(2026, 12, 1, 2, tzinfo=ZONE)}
OTHER_MAIL_SECONDS = 0.2  # customers write to each other all day: the log never stands still


class Books:
    """What the relay writes down, each line by one write to the end of a file: a kill leaves whole lines."""

    def __init__(self, folder: Path, clock: Clock):
        self._clock = clock
        self._accepted = self._open(folder / "accepted.jsonl")
        self._kills = self._open(folder / "kills")
        (folder / "logs").mkdir(exist_ok=True)
        self.log_path = folder / "logs" / "maillog"
        self.accepted_path = folder / "accepted.jsonl"
        self._log = self._open(self.log_path)

    @staticmethod
    def _open(path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def accept(self, queue_id: str, message_id: str, recipient: str, sender: str) -> None:
        entry = {"queue_id": queue_id, "message_id": message_id, "recipient": recipient, "sender": sender}
        os.write(self._accepted, json.dumps(entry).encode() + b"\n")

    def killed(self, what: str) -> None:
        os.write(self._kills, what.encode() + b"\n")

    def log(self, daemon: str, text: str) -> None:
        stamp = self._clock.now().astimezone(ZONE).isoformat(timespec="microseconds")
        os.write(self._log, f"{stamp} relay1 postfix/{daemon}[{os.getpid()}]: {text}\n".encode())


class Handler:
    """aiosmtpd's handler. Some mailboxes do not exist, and some are busy until a time."""

    def __init__(self, books: Books, clock: Clock):
        self._books, self._clock = books, clock
        self._numbers = count(time.time_ns() // 1000)
        self.orders: list[dict[str, str]] = []

    async def handle_EHLO(self, server, session: Session, envelope: Envelope, hostname: str, responses: list[str]):
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_MAIL(self, server, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        await self.reach("mail", session)
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, server, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        await self.reach("rcpt", session)
        if address.startswith("nobody"):
            return "550 5.1.1 User unknown in virtual mailbox table"
        if any(address.startswith(name) and self._clock.now() < end for name, end in BUSY_UNTIL.items()):
            return "450 4.2.0 Mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session: Session, envelope: Envelope) -> str:
        queue_id, books = f"{next(self._numbers):X}", self._books
        message_id = BytesHeaderParser().parsebytes(envelope.content)["Message-ID"].strip("<>")
        books.log("smtpd", f"{queue_id}: client=localhost[127.0.0.1]")
        books.log("cleanup", f"{queue_id}: message-id=<{message_id}>")
        await self.reach("named", session)
        for recipient in envelope.rcpt_tos:
            books.accept(queue_id, message_id, recipient, envelope.mail_from)
        # The queue manager is another process: it delivers also when the client has gone meanwhile.
        deliver = (self.deliver, queue_id, envelope.mail_from, envelope.rcpt_tos[0])
        asyncio.get_running_loop().call_later(0.002, *deliver)
        await self.reach("recorded", session)
        return f"250 2.0.0 Ok: queued as {queue_id}"

    def deliver(self, queue_id: str, sender: str, recipient: str) -> None:
        self._books.log("qmgr", f"{queue_id}: from=<{sender}>, size=4711, nrcpt=1 (queue active)")
        self.reach_now("queued")
        delays = "relay=mailbox[192.0.2.9]:24, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0"
        self._books.log("lmtp", f"{queue_id}: to=<{recipient}>, {delays}, status=sent (250 2.0.0 Saved)")
        self._books.log("qmgr", f"{queue_id}: removed")

    async def reach(self, step: str, session: Session) -> None:
        """Carry out the first order for this step."""
        order = self._order(step)
        if order is None:
            return
        if order["kill"] == "client":
            self._books.killed(f"worker at {step}")
            os.kill(pid_of_peer(session.peer, int(order["port"])), signal.SIGKILL)
            await asyncio.sleep(0.05)  # the kernel closes its connection meanwhile
            return
        self._die(step)

    def reach_now(self, step: str) -> None:
        if self._order(step):
            self._die(step)

    def _order(self, step: str) -> dict[str, str] | None:
        order = next((one for one in self.orders if one["at"] == step), None)
        if order:
            self.orders.remove(order)
        return order

    def _die(self, step: str) -> None:
        self._books.killed(f"relay at {step}")
        os.kill(os.getpid(), signal.SIGKILL)

    async def other_mail(self) -> None:
        while True:
            queue_id, books = f"{next(self._numbers):X}", self._books
            books.log("smtpd", f"{queue_id}: client=unknown[203.0.113.9]")
            books.log("cleanup", f"{queue_id}: message-id=<{queue_id}@elsewhere.example>")
            self.deliver(queue_id, "friend@elsewhere.example", "other@isp.example")
            await asyncio.sleep(OTHER_MAIL_SECONDS)

    def deliver_what_waits(self) -> None:
        """As the queue manager does when it starts."""
        removed = set(re.findall(r"qmgr\[\d+\]: ([0-9A-F]+): removed", self._books.log_path.read_text()))
        for line in self._books.accepted_path.read_text().splitlines():
            entry = json.loads(line)
            if entry["queue_id"] not in removed:
                self.deliver(entry["queue_id"], entry["sender"], entry["recipient"])


class Server(SMTP):
    """With a step at the 354, and one behind the 250."""

    async def push(self, status: str) -> None:
        await super().push(status)
        words = status if isinstance(status, str) else status.decode()
        step = "begun" if words.startswith("354") else "replied" if "queued as" in words else ""
        if step:
            await self.event_handler.reach(step, self.session)


async def serve(folder: Path, port: int) -> None:
    clock = Clock(folder / "clock")
    books = Books(folder, clock)
    handler = Handler(books, clock)
    handler.deliver_what_waits()

    async def take_orders(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        order = json.loads(await reader.readline()) | {"port": str(port)}
        handler.orders = [*handler.orders, order] if order["kill"] else []
        writer.write(b"ok\n")
        writer.close()

    (folder / "orders").unlink(missing_ok=True)
    await asyncio.start_unix_server(take_orders, folder / "orders")
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Server(handler, hostname="relay1", loop=loop), "127.0.0.1", port)
    with contextlib.suppress(asyncio.CancelledError):
        await handler.other_mail()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
