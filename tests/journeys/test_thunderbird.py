"""A real Thunderbird sets itself up by what the product serves, and what it sends then is told by the logs.

Everything is on the usual ports of a loopback address of its own, with certificates of the tests' authority. No
database has a part in it, so it runs once, with SQLite.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import web_front
from authority import Authority
from django.conf import settings
from journeys import proxy
from journeys.dovecot import PASSWORD
from journeys.people import AWAY, DOMAIN, mailbox
from journeys.provider import TIME_ZONE, USUAL_PORTS, Provider
from journeys.test_classify import classify
from journeys.thunderbird import Thunderbird
from ports import free_ports
from surroundings import CI
from waiting import until

pytestmark = pytest.mark.daemons

AT = "127.46.5.1"
ADDRESS = mailbox("yuki")
SETUP_HOSTS = [f"autoconfig.{DOMAIN}", f"autodiscover.{DOMAIN}"]
TLS_AT_ONCE, STARTTLS, BY_PASSWORD = 3, 2, 3  # nsMsgSocketType and nsMsgAuthMethod


@pytest.fixture(autouse=True)
def once(pytestconfig):
    if pytestconfig.option.database != "sqlite":
        pytest.skip("needs no database: it runs with SQLite")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def own_provider(mail_servers, authority):
    """Postfix and Dovecot on the ports that customers' programs know, with a certificate for the customers' names."""
    taken = [port for port in USUAL_PORTS.values() if not _free(port)]
    if taken:
        (pytest.fail if CI else pytest.skip)(f"{AT} cannot have the ports {taken}: a mail server of this machine has")
    certificate = authority.issue(*(f"{name}.{DOMAIN}" for name in ("smtp", "pop", "imap")))
    with tempfile.TemporaryDirectory(prefix="provider-") as name:
        Path(name).chmod(0o711)  # its servers run as users of their own
        with Provider(Path(name), at=AT, certificate=certificate) as provider:
            yield provider


def _free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the servers do: what has just ended does not count
        try:
            one.bind((AT, port))
        except OSError:
            return False
    return True


@contextmanager
def product(folder: Path):
    """gunicorn with the settings of an installation: that the domain is ours, and nothing about autoconfig's host."""
    (port,) = free_ports(1)
    environment = {name: value for name, value in os.environ.items() if name != "ALLOWED_HOSTS"} | {
        "DATA": str(folder),
        "EMBEDDED": "false",
        "SECRET_KEY": "for one test",
        "PUBLIC_URL": f"https://mail-guide.{DOMAIN}",
        "BEHIND_PROXY": "true",
        "LOCAL_DOMAINS": DOMAIN,
        "SMTP_HOST": f"smtp.{DOMAIN}",
        "POP_HOST": f"pop.{DOMAIN}",
        "IMAP_HOST": f"imap.{DOMAIN}",
    }
    (folder / "static").mkdir(parents=True)
    command = [sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with open(folder / "gunicorn.log", "wb") as log:
        server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: _answers(port), "gunicorn to answer")
        yield "127.0.0.1", port
    finally:
        server.terminate()
        server.wait(60)


def _answers(port: int) -> bool:
    """Asked before the mail program asks: it waits five seconds, and a first answer on a busy machine may take them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", "/mail/config-v1.1.xml", headers={"Host": SETUP_HOSTS[0]})
        return connection.getresponse().status == 200
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()


@pytest.fixture
def web(tmp_path, authority):
    """The product behind a web server with a valid certificate, and the way there."""
    with ExitStack() as running:
        upstream = running.enter_context(product(tmp_path / "product"))
        front = running.enter_context(web_front.serving(web_front.Front(upstream), authority.issue(*SETUP_HOSTS)))
        here = dict.fromkeys(SETUP_HOSTS, ("127.0.0.1", front.port))
        yield front, running.enter_context(proxy.serving(proxy.Proxy(here)))


@pytest.fixture
def thunderbird(needed, tmp_path, web, authority):
    program = needed("thunderbird", package="thunderbird")
    told = {"proxy_port": web[1].port, "mail_address": AT, "trusted": authority.certificate}
    with Thunderbird(program, tmp_path / "thunderbird", **told) as running:
        yield running


def test_it_finds_our_settings_and_sends_with_them_by_smtp_auth(own_provider, web, thunderbird):
    found = thunderbird.find_settings(ADDRESS)
    assert found["incoming"] == [
        {"type": "pop3", "host": "pop.isp.example", "port": 995, **secured(TLS_AT_ONCE)},
        {"type": "imap", "host": "imap.isp.example", "port": 993, **secured(TLS_AT_ONCE)},
    ]
    assert found["outgoing"] == [
        {"type": "smtp", "host": "smtp.isp.example", "port": 465, **secured(TLS_AT_ONCE)},
        {"type": "smtp", "host": "smtp.isp.example", "port": 587, **secured(STARTTLS)},
    ]
    front, _way = web
    wanted = "/mail/config-v1.1.xml?emailaddress=yuki%40isp.example"
    assert f"GET https://autoconfig.isp.example{wanted}" in front.asked

    account = thunderbird.open_account(ADDRESS, name="Yuki", password=PASSWORD)
    assert account["outgoing"] == "smtp://yuki%40isp.example@smtp.isp.example:465/"
    message_id = thunderbird.send(account["key"], to=AWAY, subject="From the new device", text="Hello.\n")
    own_provider.wait_for_empty_queue()
    assert own_provider.outside.received[AWAY] == 1

    (line,) = classify(*own_provider.logs, year=datetime.now(ZoneInfo(TIME_ZONE)).year)
    assert (line["class"], line["user"], line["attribution"]) == ("smtp_auth", ADDRESS, "confirmed")
    assert (line["client_program"], line["auth_failed"]) == ("thunderbird", False)
    assert line["message_id"].strip("<>") == message_id


def secured(tls: int) -> dict:
    return {"tls": tls, "auth": BY_PASSWORD, "user": "%EMAILADDRESS%"}


def test_without_our_file_it_takes_the_same_from_autodiscover(web, thunderbird):
    front, _way = web
    front.instead["/mail/config-v1.1.xml"] = web_front.Reply(404, "text/plain")
    found = thunderbird.find_settings(ADDRESS)
    assert "POST https://autodiscover.isp.example/autodiscover/autodiscover.xml" in front.asked
    named = {"auth": BY_PASSWORD, "user": ADDRESS}
    assert found["incoming"] == [
        {"type": "pop3", "host": "pop.isp.example", "port": 995, "tls": TLS_AT_ONCE, **named},
        {"type": "imap", "host": "imap.isp.example", "port": 993, "tls": TLS_AT_ONCE, **named},
    ]
    assert found["outgoing"] == [
        {"type": "smtp", "host": "smtp.isp.example", "port": 465, "tls": TLS_AT_ONCE, **named},
        {"type": "smtp", "host": "smtp.isp.example", "port": 587, "tls": STARTTLS, **named},
    ]
