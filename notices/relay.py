"""One connection to the provider's relay, and for each letter exactly what is known of it."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.utils.translation import gettext as _

from notices.compose import Letter
from notices.outcomes import Outcome, Stage, outcome

LONGEST_REPLY = 500
LONGEST_LINE = 8192  # of a reply; RFC 5321 wants 512
MOST_LINES = 100
GO_AHEAD = 354
STAGES = (Stage.SENDER, Stage.RECIPIENT, Stage.CONTENT)


class NoConnection(Exception):
    """The relay did not answer, or ended the connection before it was handed any text: nothing went out."""


class Busy(NoConnection):
    """The relay turned the connection away for now: it has too many of them."""


class Barred(NoConnection):
    """The relay answered, and does not let us send at all."""


class Lost(Exception):
    """The connection broke after the text had begun to go over: the relay may have taken it or not."""


class Relay:
    """Opened by `open`, used for many letters, closed by `close`.

    A relay that takes commands in groups (PIPELINING, RFC 2920) gets the envelope of the next letter along with
    the text of the one before: one wait a letter. Another relay gets one command at a time.
    """

    def __init__(self, smtp: smtplib.SMTP):
        self._smtp = smtp
        self._in_groups = smtp.has_extn("pipelining")
        self.announced: Letter | None = None  # its envelope went over, its replies are still to be read

    @classmethod
    def open(cls) -> "Relay":
        """Connect, with TLS and AUTH if the settings say so. Raises `NoConnection`, `Busy`, `Barred`."""
        smtp = None
        try:
            smtp = reach()
            if settings.RELAY_USER:
                log_in(smtp)
            if smtp.file is None:  # smtplib opens it with the first reply, and closes it with STARTTLS
                smtp.file = smtp.sock.makefile("rb")
        except OSError as error:  # smtplib's own exceptions and those of TLS are some, too
            if smtp is not None:
                smtp.close()
            raise _kind_of(error)(words_of(error)) from error
        return cls(smtp)

    def send(
        self, letter: Letter, *, then: Letter | None = None, meanwhile: Callable[[], object] | None = None
    ) -> tuple[Outcome, str]:
        """The outcome with the relay's words. Raises `NoConnection` or `Lost`; after both, the connection is gone.

        `then` is the letter that is sent next, if any: where the relay allows it, it is announced already. Of an
        announced letter no text has gone over. `meanwhile`, which must not raise, is called while the relay takes
        the text.
        """
        text = _transparent(letter.content)
        try:
            failed = self._envelope_failed(letter)
            if failed:
                return failed
        except OSError as error:
            self._smtp.close()
            raise NoConnection(words_of(error)) from error
        try:
            if then is not None and self._in_groups:
                self.announced = then
                text += b"".join(_envelope(then))
            self._write(text)
            if meanwhile:
                meanwhile()
            code, words = self._reply()
        except OSError as error:
            self._smtp.close()
            raise Lost(words_of(error)) from error
        if code // 100 == 2:
            return Outcome.ACCEPTED, told(code, words)
        if code // 100 not in (4, 5):  # no reply to a text that is over there
            self._smtp.close()
            raise Lost(told(code, words))
        return self._failed(code, words)

    def _envelope_failed(self, letter: Letter) -> tuple[Outcome, str] | None:
        """What the relay has against the envelope, all of its replies read; None when it waits for the text."""
        commands = _envelope(letter)
        if self.announced not in (None, letter):
            raise ValueError("the relay waits for the text of another letter")
        if self._in_groups and self.announced is None:
            self._write(b"".join(commands))
        self.announced = None
        found = None
        for stage, command in zip(STAGES, commands, strict=True):
            if not self._in_groups:
                self._write(command)
            try:
                code, words = self._reply()
            except OSError:
                if found is None:
                    raise
                self._smtp.close()  # what it said before it went still counts
                return found
            went_well = code == GO_AHEAD if stage is Stage.CONTENT else code // 100 == 2
            if went_well and found and stage is Stage.CONTENT:
                self._take_back()
            if not went_well and found is None:
                found = _outcome(code, words, stage)
                if found[0] is Outcome.CLOSING:  # and it says no more
                    self._smtp.close()
                    return found
            if found and not self._in_groups:
                break
        if found:
            self._rest()
        return found

    def _take_back(self) -> None:
        """The relay waits for the text of a letter that it has no recipient for: an empty one (RFC 2920 3.1)."""
        self._write(b".\r\n")
        code, words = self._reply()
        if code // 100 == 2:
            raise smtplib.SMTPServerDisconnected(f"took a text without recipient: {told(code, words)}")

    def _failed(self, code: int, words: bytes) -> tuple[Outcome, str]:
        found = _outcome(code, words, Stage.CONTENT)
        if found[0] is Outcome.CLOSING:
            self._smtp.close()
        elif self.announced is None:
            self._rest()
        return found

    def _rest(self) -> None:
        """Make the connection ready for the next letter; if that fails, the next one finds it gone."""
        try:
            self._write(b"RSET\r\n")
            self._reply()
        except OSError:
            self._smtp.close()

    def _write(self, data: bytes) -> None:
        if self._smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        self._smtp.sock.sendall(data)

    def _reply(self) -> tuple[int, bytes]:
        lines = []
        while len(lines) < MOST_LINES:
            line = self._smtp.file.readline(LONGEST_LINE)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
            lines.append(line[4:])
            if line[3:4] != b"-":
                return (int(line[:3]) if line[:3].isdigit() else -1), b" ".join(lines)
        raise smtplib.SMTPServerDisconnected("the reply has no end")

    def close(self) -> None:
        if self.announced is not None:  # QUIT would be taken for a text
            self._smtp.close()
            return
        try:
            self._smtp.quit()
        except OSError:
            self._smtp.close()


def send_alone(letter: Letter) -> tuple[Outcome, str]:
    """One letter over a connection of its own: the outcome with the relay's words. Raises `NoConnection`, `Lost`."""
    with closing(Relay.open()) as relay:
        return relay.send(letter)


def reach() -> smtplib.SMTP:
    """A connection as notices go over it, up to the login: encrypted, with a good certificate, where that is set."""
    smtp = connect()
    try:
        smtp.ehlo_or_helo_if_needed()
        if settings.RELAY_STARTTLS and not settings.RELAY_TLS:
            encrypt(smtp)
    except OSError:
        smtp.close()
        raise
    return smtp


def connect(*, context: ssl.SSLContext | None = None) -> smtplib.SMTP:
    """`context` is only for looking at what is there: without it no certificate is accepted that is not good."""
    where = {"host": settings.RELAY_HOST, "port": settings.RELAY_PORT, "timeout": settings.RELAY_TIMEOUT_SECONDS}
    if settings.RELAY_TLS:
        return smtplib.SMTP_SSL(**where, context=context or ssl.create_default_context())
    return smtplib.SMTP(**where)


def encrypt(smtp: smtplib.SMTP, *, context: ssl.SSLContext | None = None) -> None:
    """By STARTTLS; `context` as for `connect`."""
    smtp.starttls(context=context or ssl.create_default_context())
    smtp.ehlo()


def log_in(smtp: smtplib.SMTP) -> None:
    """Gives the password away: only over what `reach` returned."""
    smtp.login(settings.RELAY_USER, settings.RELAY_PASSWORD)


def _envelope(letter: Letter) -> tuple[bytes, bytes, bytes]:
    sender, recipient = letter.envelope_sender.encode("ascii"), letter.recipient.encode("ascii")
    return b"MAIL FROM:<%b>\r\n" % sender, b"RCPT TO:<%b>\r\n" % recipient, b"DATA\r\n"


def _outcome(code: int, words: bytes, stage: Stage) -> tuple[Outcome, str]:
    found = outcome(code, _readable(words), stage=stage)
    # A 2xx where none belongs: whatever this connection says next, it is not about us.
    return (Outcome.CLOSING if found is Outcome.ACCEPTED else found), told(code, words)


def _transparent(content: bytes) -> bytes:
    """The text as DATA wants it: dots at a line's beginning doubled, a lone dot at the end (RFC 5321 4.5.2)."""
    last = content.rfind(b".") + 1  # base64 has none, and looking for one byte is done at once
    dotted = content[:1] == b"." or content.find(b"\n.", 0, last) >= 0
    doubled = re.sub(rb"(?m)^\.", b"..", content) if dotted else content
    return doubled + (b"" if doubled.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _readable(text: bytes) -> str:
    words = text.decode("utf-8", "replace").strip()
    if not words.isprintable():
        words = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(words.split())


def told(code: int, words: bytes) -> str:
    return f"{code} {_readable(words)}"[:LONGEST_REPLY]


BARRING = (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError)


def _kind_of(error: OSError) -> type[NoConnection]:
    """What an error on the way to the first letter means."""
    if isinstance(error, BARRING):
        return Barred
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPHeloError):
        return Barred if error.smtp_code // 100 == 5 else Busy
    return NoConnection


def words_of(error: Exception) -> str:
    """What to tell people about a connection's end, and what they can do where we know it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        values = {"host": settings.RELAY_HOST, "error": error.verify_message}
        return (
            _(
                "The certificate of the relay %(host)s is not valid: %(error)s. Set RELAY_HOST to a name that is in "
                "the certificate, or SSL_CERT_FILE to a file with the authority that signed it."
            )
            % values
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The relay does not accept RELAY_USER and RELAY_PASSWORD: %(words)s") % {"words": reply_of(error)}
    if isinstance(error, smtplib.SMTPResponseException):
        return reply_of(error)
    return (str(error) or type(error).__name__)[:LONGEST_REPLY]


def reply_of(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
    return told(error.smtp_code, text)
