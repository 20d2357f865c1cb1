"""The bounce mailbox over IMAP, on a real Dovecot."""

import contextlib
import imaplib
import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from journeys.dovecot import PASSWORD, Dovecot
from maillog import accepted
from ports import free_ports
from returned import dsn, plain, sender_of
from rounds import AFTERNOON, clock, numbers, sending
from surroundings import CI

from notices.deliveries import mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.daemons]
NOW = clock(AFTERNOON)
LOGIN = "bounces@isp.example"


@pytest.fixture(scope="module")
def dovecot(needed) -> Iterator[Dovecot]:
    for program, package in {"dovecot": "dovecot-core", "/usr/lib/dovecot/imap": "dovecot-imapd"}.items():
        needed(program, package=package)
    if os.geteuid() != 0:
        (pytest.fail if CI else pytest.skip)("Dovecot changes users, and the tests do not run as root")
    with tempfile.TemporaryDirectory(prefix="bounces-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = Dovecot(folder / "dovecot", [LOGIN], *free_ports(4), _certificate(folder, needed))
        server.folder.mkdir()
        server.start()
        yield server
        server.stop()


def _certificate(folder: Path, needed) -> Path:
    both, signed = folder / "both.pem", folder / "signed.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=mail.isp.example"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", both, "-out", signed]
    subprocess.run([needed("openssl", package="openssl"), *request, *names], check=True, capture_output=True)
    both.write_text(both.read_text() + signed.read_text())
    return both


@pytest.fixture
def where(dovecot, monkeypatch) -> str:
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    return f"imaps://{quote(LOGIN, '')}:{quote(PASSWORD, '')}@127.0.0.1:{dovecot.imaps_port}/INBOX"


@contextlib.contextmanager
def client(dovecot) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context(cafile=dovecot.certificate)
    with imaplib.IMAP4_SSL("127.0.0.1", dovecot.imaps_port, ssl_context=context) as found:
        found.login(LOGIN, PASSWORD)
        yield found


def put(dovecot, *contents: bytes) -> None:
    with client(dovecot) as inbox:
        for content in contents:
            assert inbox.append("INBOX", "", None, content)[0] == "OK"


def count(dovecot, folder: str) -> int:
    with client(dovecot) as found:
        status, (answer,) = found.status(folder, "(MESSAGES)")
        assert status == "OK"
        return int(answer.split()[-1].rstrip(b")"))


def read(where: str) -> mailbox.Report:
    return mailbox.read_all(mailbox.parse(where), clock=NOW)


def test_each_message_is_read_once_and_moved(dovecot, where):
    notice = accepted(sending().notices.get(), AFTERNOON)
    put(dovecot, dsn(sender_of(notice)), plain(sender_of(notice), "Thank you.\n", sender="hanako@isp.example"))
    assert read(where).kinds == {"failed": 1, "other": 1}
    assert [count(dovecot, folder) for folder in ("INBOX", "processed", "unclear")] == [0, 1, 1]
    assert read(where).kinds == {}
    assert numbers(notice.mailing).bounced == 1


def test_without_move_it_is_copied_and_taken_away(dovecot, where, monkeypatch):
    notice = accepted(sending().notices.get(), AFTERNOON)
    put(dovecot, dsn(sender_of(notice)))
    with monkeypatch.context() as patch:
        patch.setattr(imaplib.IMAP4, "capability", _without_move(imaplib.IMAP4.capability))
        assert read(where).kinds == {"failed": 1}
    assert count(dovecot, "INBOX") == 0
    assert numbers(notice.mailing).bounced == 1


def _without_move(original):
    def capability(self):
        status, told = original(self)
        return status, [line.replace(b" MOVE", b"") for line in told]

    return capability


def test_a_wrong_password_is_no_mailbox(where):
    with pytest.raises(mailbox.NoMailbox) as error:
        read(where.replace(quote(PASSWORD, ""), "wrong"))
    assert PASSWORD not in str(error.value)


def test_a_certificate_that_nobody_trusts_is_no_mailbox(where, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(mailbox.NoMailbox, match="CERTIFICATE_VERIFY_FAILED"):
        read(where)


def test_a_folder_that_is_not_there_is_no_mailbox(where):
    with pytest.raises(mailbox.NoMailbox, match="SELECT was answered by NO"):
        read(where.replace("/INBOX", "/nowhere"))
