"""One question over https, to the addresses that the DNS told, with the certificate checked as programs check it."""

import http.client
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from notices.doctor.names import Address

SECONDS = 10.0
LARGEST = 100_000  # bytes of an answer that are looked at


class Unreached(Exception):
    """Nobody answered; the text says why."""


class Distrusted(Exception):
    """Somebody answered, with a certificate that programs do not take; the text says why."""


@dataclass(frozen=True)
class Answer:
    """`good_until` is the certificate's end."""

    status: int
    content_type: str
    body: bytes
    good_until: datetime


def ask(host: str, path: str, *, addresses: list[Address], port: int, body: bytes = b"") -> Answer:
    """GET, or POST where there is a body (XML). The first address that takes a connection counts.

    Raises `Unreached` and `Distrusted`.
    """
    try:
        trusting = ssl.create_default_context()
        with closing(_connected(addresses, port)) as plain, trusting.wrap_socket(plain, server_hostname=host) as tls:
            ends = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
            return _answer(tls, host, path, body, datetime.fromtimestamp(ends, UTC))
    except ssl.SSLCertVerificationError as error:
        raise Distrusted(error.verify_message) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreached(str(error) or type(error).__name__) from error


def _connected(addresses: list[Address], port: int) -> socket.socket:
    """Raises the last address's `OSError`."""
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((str(address), port), timeout=SECONDS)
        except OSError:
            continue
    return socket.create_connection((str(last), port), timeout=SECONDS)


def _answer(tls: ssl.SSLSocket, host: str, path: str, body: bytes, ends: datetime) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = tls
    headers = {"Host": host, "User-Agent": "campaign-doctor", "Connection": "close"}
    if body:
        headers["Content-Type"] = "text/xml; charset=utf-8"
    connection.request("POST" if body else "GET", path, body or None, headers)
    response = connection.getresponse()
    content_type = response.headers.get_content_type() if "Content-Type" in response.headers else ""
    return Answer(response.status, content_type, response.read(LARGEST), ends)
