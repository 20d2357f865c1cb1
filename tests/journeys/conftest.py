"""One provider and one afternoon for all journeys of a run: they take a few seconds each."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from journeys.people import Sent
from journeys.provider import Provider
from surroundings import CI


@pytest.fixture(scope="session")
def mail_servers(needed):
    """All is there that Postfix and Dovecot need to run."""
    for program, package in {
        "postfix": "postfix",
        "openssl": "openssl",
        "dovecot": "dovecot-core",
        "/usr/lib/dovecot/pop3": "dovecot-pop3d",
        "/usr/lib/dovecot/imap": "dovecot-imapd",
        "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    }.items():
        needed(program, package=package)
    if os.geteuid() != 0:
        (pytest.fail if CI else pytest.skip)("Postfix starts as root only, and the tests do not run as root")


@pytest.fixture(scope="session")
def provider(mail_servers):
    """Postfix and Dovecot, running."""
    with tempfile.TemporaryDirectory(prefix="provider-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # its servers run as users of their own
        with Provider(folder) as provider:
            yield provider


@dataclass(frozen=True)
class Lived:
    """What the people did in one afternoon, and copies of the logs that hold it and nothing else."""

    sent: list[Sent]
    logs: list[Path]


@pytest.fixture(scope="session")
def afternoon(provider, tmp_path_factory) -> Lived:
    lived = provider.afternoon()
    folder = tmp_path_factory.mktemp("afternoon")
    return Lived(lived.sent, [Path(shutil.copy(log, folder)) for log in provider.logs])
