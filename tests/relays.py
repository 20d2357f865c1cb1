"""Real SMTP servers for tests: each records what it accepted, and can be told to behave badly."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from ports import nobody_listening

PATIENCE = 60  # seconds, for a server to begin


class Relay:
    """Says what the functions given say, else that all is well.

    `recipient(address)` and `content(envelope)` return a reply such as "450 4.2.0 later", or
    the word "drop": the connection is cut. `begin(envelope)` may cut it after the 354;
    "2 then drop" of `content` takes the mail first. `in_groups` takes commands in groups (RFC 2920);
    with `greeting`, such as "421 4.3.2 too many connections", nobody comes further than that.
    """

    def __init__(
        self, *, sender=None, recipient=None, begin=None, content=None, answers: bool = True, in_groups: bool = False,
        greeting: str = "",
    ):  # fmt: skip
        self.sender, self.recipient, self.begin, self.content = sender, recipient, begin, content
        self.answers, self.in_groups, self.greeting = answers, in_groups, greeting
        self.accepted: list[str] = []
        self.letters: list[bytes] = []
        self.senders: list[str] = []
        self.connections = 0
        self.open = 0  # of the connections

    def message_ids(self) -> Counter:
        return Counter(message_from_bytes(letter)["Message-ID"].strip("<>") for letter in self.letters)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.in_groups else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = self.sender(address) if self.sender else "250 2.1.0 Ok"
        if reply.startswith("2"):
            envelope.mail_from = address
        return await _say(server, reply)

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.recipient(address) if self.recipient else "250 2.1.5 Ok"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return await _say(server, reply)

    async def handle_DATA(self, server, session, envelope):
        reply = self.content(envelope) if self.content else "250 2.0.0 Ok: queued as 4XyzQ1"
        if reply.startswith("2"):
            self.accepted += envelope.rcpt_tos
            self.senders.append(envelope.mail_from)
            self.letters.append(envelope.content)
        if not self.answers:  # it has the mail, and its reply never comes
            await asyncio.sleep(3600)
        return await _say(server, reply.removeprefix("2 then "))


async def _say(server, reply: str) -> str:
    if reply == "drop":
        server.transport.abort()
    return reply


class Server(SMTP):
    async def smtp_DATA(self, arg):
        begin = self.event_handler.begin
        if begin and begin(self.envelope) == "drop":
            await self.push("354 go ahead")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)

    def connection_made(self, transport):
        self.event_handler.connections += 1
        self.event_handler.open += 1
        if self.event_handler.greeting:
            transport.write(f"{self.event_handler.greeting}\r\n".encode())
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error):
        if self.session is not None:  # it came further than the greeting
            super().connection_lost(error)
        self.event_handler.open -= 1


@contextmanager
def running(relay: Relay, settings, **options) -> Iterator[Relay]:
    """The relay at work on a free port, which the settings then name."""

    class Here(Controller):
        def factory(self) -> SMTP:
            return Server(self.handler, **self.SMTP_kwargs)

        def _trigger_server(self) -> None:
            """The first connection, with which the server is made, is over before connections are counted."""
            self.port = self.server.sockets[0].getsockname()[1]
            with ExitStack() as ends:
                first = ends.enter_context(socket.create_connection((self.hostname, self.port), PATIENCE))
                if self.ssl_context:
                    first = ends.enter_context(_encrypted(first))
                assert first.recv(1), "the relay ended the connection before its greeting"

    options |= {"ready_timeout": PATIENCE, "server_hostname": "relay.test"}
    controller = Here(relay, hostname="127.0.0.1", port=0, **options)
    controller.start()
    settings.RELAY_HOST, settings.RELAY_PORT = "127.0.0.1", controller.port
    relay.connections = 0
    try:
        yield relay
    finally:
        controller.stop(no_assert=True)


def _encrypted(connection: socket.socket) -> ssl.SSLSocket:
    """Whatever the certificate says."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connection)


@contextmanager
def nobody_there(settings) -> Iterator[None]:
    """Meanwhile the settings name a port that refuses each connection."""
    with nobody_listening() as port:
        settings.RELAY_HOST, settings.RELAY_PORT = "127.0.0.1", port
        yield


def refusing(*addresses: str, reply: str) -> Callable[[str], str]:
    """For `recipient`: this reply for these addresses, or for all if none are given."""
    return lambda address: reply if not addresses or address in addresses else "250 2.1.5 Ok"
