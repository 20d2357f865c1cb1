"""One provider and one afternoon for all journeys of a run: they take a few seconds each."""

import os
import tempfile
from pathlib import Path

import pytest
from journeys.people import Sent
from journeys.provider import Provider
from surroundings import CI


@pytest.fixture(scope="session")
def provider(needed):
    """Postfix and Dovecot, running."""
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
    with tempfile.TemporaryDirectory(prefix="provider-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # its servers run as users of their own
        with Provider(folder) as provider:
            yield provider


@pytest.fixture(scope="session")
def afternoon(provider) -> list[Sent]:
    """What the people did; afterwards the servers' logs hold it, and nothing else."""
    return provider.afternoon().sent
