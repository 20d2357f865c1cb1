"""Mail programs: they collect from Dovecot and send through Postfix, each from its own loopback address."""

import contextlib
import imaplib
import poplib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from journeys.dovecot import PASSWORD, Dovecot
from journeys.postfix import Postfix

QUEUED = re.compile(rb"queued as (\w+)")
HERE = "127.0.0.1"


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


TLS = _unverified()


def _connect(client: str, port: int, *, tls: bool) -> socket.socket:
    connection = socket.create_connection((HERE, port), timeout=120, source_address=(client, 0))
    return TLS.wrap_socket(connection, server_hostname="mail.isp.example") if tls else connection


class _Pop(poplib.POP3):
    def __init__(self, connection: socket.socket):
        self._connection = connection
        super().__init__(HERE)

    def _create_socket(self, timeout):
        return self._connection


class _Imap(imaplib.IMAP4):
    def __init__(self, connection: socket.socket):
        self._connection = connection
        super().__init__(HERE)

    def _create_socket(self, timeout):
        return self._connection


@dataclass(frozen=True)
class Servers:
    dovecot: Dovecot
    postfix: Postfix


def collect(servers: Servers, login: str, client: str, *, way: str = "pop3", password: str = PASSWORD) -> bool:
    """Log in from `client` and look for mail; `way` is pop3, pop3s, imap or imaps. False: the password was refused."""
    port = getattr(servers.dovecot, f"{way}_port")
    connection = _connect(client, port, tls=way.endswith("s"))
    try:
        if way.startswith("pop3"):
            return _collect_pop(_Pop(connection), login, password)
        return _collect_imap(_Imap(connection), login, password)
    finally:
        connection.close()


def _collect_pop(session: poplib.POP3, login: str, password: str) -> bool:
    try:
        session.user(login)
        session.pass_(password)
    except poplib.error_proto:
        return False
    session.stat()
    session.quit()
    return True


def _collect_imap(session: imaplib.IMAP4, login: str, password: str) -> bool:
    try:
        session.login(login, password)
    except imaplib.IMAP4.error:
        return False
    session.select("INBOX", readonly=True)
    session.logout()
    return True


class Smtp(smtplib.SMTP):
    """One session from the address `client` to the relay, submission or smtps port."""

    def __init__(self, postfix: Postfix, client: str, port: str = "relay"):
        self._tls = port == "smtps"
        number = getattr(postfix, f"{port}_port")
        super().__init__(HERE, number, local_hostname="pc.example", timeout=120, source_address=(client, 0))
        if port == "submission":
            self.starttls(context=TLS)

    def _get_socket(self, host, port, timeout):
        return _connect(self.source_address[0], port, tls=self._tls)

    def try_login(self, login: str, password: str) -> bool:
        try:
            self.login(login, password)
        except smtplib.SMTPAuthenticationError:
            return False
        return True

    def hand_in(self, sender: str, recipients: list[str], message: EmailMessage) -> str | None:
        """The queue id under which Postfix took the message, or None if it took it for no recipient."""
        self.ehlo_or_helo_if_needed()
        self.mail(sender)
        taken = [recipient for recipient in recipients if self.rcpt(recipient)[0] == 250]
        if not taken:
            self.rset()
            return None
        code, reply = self.data(message.as_bytes())
        queued = QUEUED.search(reply)
        assert code == 250 and queued, reply
        return queued[1].decode()

    def give_up_in_the_middle(self, sender: str, recipient: str) -> None:
        """Lose the connection after half a message, as a device in a tunnel does."""
        self.ehlo_or_helo_if_needed()
        self.mail(sender)
        self.rcpt(recipient)
        self.putcmd("data")
        self.getreply()
        self.send("Subject: half\r\n\r\nthe first li")
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.close()
