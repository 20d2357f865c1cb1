"""One connection to the provider's relay, and for each letter exactly what is known of it."""

import re
import smtplib
import ssl

from django.conf import settings

from notices.compose import Letter
from notices.outcomes import Outcome, Stage, outcome

LONGEST_REPLY = 500


class NoConnection(Exception):
    """The relay did not answer, or ended the connection before it was handed any text: nothing went out."""


class Barred(NoConnection):
    """The relay answered, and does not let us send at all."""


class Lost(Exception):
    """The connection broke after the text had begun to go over: the relay may have taken it or not."""


class Relay:
    """Opened by `open`, used for many letters, closed by `close`."""

    def __init__(self, smtp: smtplib.SMTP):
        self._smtp = smtp

    @classmethod
    def open(cls) -> "Relay":
        """Connect, with STARTTLS and AUTH if the settings say so. Raises `NoConnection`, `Barred`."""
        try:
            smtp = smtplib.SMTP(settings.RELAY_HOST, settings.RELAY_PORT, timeout=settings.RELAY_TIMEOUT_SECONDS)
        except OSError as error:  # smtplib's own exceptions are some, too
            raise NoConnection(_words_of(error)) from error
        try:
            _introduce(smtp)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            smtp.close()
            raise Barred(_words_of(error)) from error
        except OSError as error:
            smtp.close()
            raise NoConnection(_words_of(error)) from error
        return cls(smtp)

    def send(self, letter: Letter) -> tuple[Outcome, str]:
        """The outcome with the relay's words. Raises `NoConnection` or `Lost`; after both, the connection is gone."""
        content = _transparent(letter.content)
        handing_over = False
        try:
            for stage, command in (
                (Stage.SENDER, f"MAIL FROM:<{letter.envelope_sender}>"),
                (Stage.RECIPIENT, f"RCPT TO:<{letter.recipient}>"),
            ):
                code, text = self._ask(command)
                if code // 100 != 2:
                    return self._failed(code, text, stage)
            code, text = self._ask("DATA")
            if code != 354:
                return self._failed(code, text, Stage.CONTENT)
            handing_over = True
            self._smtp.send(content)
            code, text = _readable(*self._smtp.getreply())
        except OSError as error:
            self._smtp.close()
            raise (Lost if handing_over else NoConnection)(_words_of(error)) from error
        if code // 100 == 2:
            return Outcome.ACCEPTED, _reply(code, text)
        if code // 100 not in (4, 5):  # no reply to a text that is over there
            self._smtp.close()
            raise Lost(_reply(code, text))
        return self._failed(code, text, Stage.CONTENT)

    def _failed(self, code: int, text: str, stage: Stage) -> tuple[Outcome, str]:
        """A refusal in words; the connection is made ready for the next letter, or closed if it is going to be."""
        found = outcome(code, text, stage=stage)
        if found is Outcome.ACCEPTED:  # a 2xx where none belongs
            found = Outcome.CLOSING
        if found is not Outcome.CLOSING:
            try:
                self._smtp.rset()
            except OSError:
                self._smtp.close()
        return found, _reply(code, text)

    def _ask(self, command: str) -> tuple[int, str]:
        return _readable(*self._smtp.docmd(command))

    def close(self) -> None:
        try:
            self._smtp.quit()
        except OSError:
            self._smtp.close()


def _introduce(smtp: smtplib.SMTP) -> None:
    smtp.ehlo_or_helo_if_needed()
    if settings.RELAY_STARTTLS:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if settings.RELAY_USER:
        smtp.login(settings.RELAY_USER, settings.RELAY_PASSWORD)


def _transparent(content: bytes) -> bytes:
    """The text as DATA wants it: dots at a line's beginning doubled, a lone dot at the end (RFC 5321 4.5.2)."""
    doubled = re.sub(rb"(?m)^\.", b"..", content)
    return doubled + (b"" if doubled.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _readable(code: int, text: bytes) -> tuple[int, str]:
    words = text.decode("utf-8", "replace")
    return code, " ".join("".join(char if char.isprintable() else " " for char in words).split())


def _reply(code: int, text: str) -> str:
    return f"{code} {text}"[:LONGEST_REPLY]


def _words_of(error: Exception) -> str:
    """What to tell people about a connection's end."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return _reply(*_readable(error.smtp_code, text))
    return (str(error) or type(error).__name__)[:LONGEST_REPLY]
