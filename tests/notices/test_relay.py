"""What one connection to the relay tells of each letter, on real SMTP servers that behave badly."""

import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from aiosmtpd.smtp import AuthResult
from relays import Relay as Server
from relays import nobody_there, refusing, running
from waiting import until

from notices.compose import Letter
from notices.outcomes import Outcome
from notices.relay import Barred, Busy, Lost, NoConnection, Relay

ACCEPTED = (Outcome.ACCEPTED, "250 2.0.0 Ok: queued as 4XyzQ1")
FIRST, SECOND, THIRD = (f"{name}@isp.example" for name in ("hanako", "taro", "jiro"))


def letter(recipient: str, text: bytes = b"Subject: x\r\n\r\nHello\r\n") -> Letter:
    return Letter("notice+1@isp.example", recipient, text)


def send_all(relay: Relay, letters: list[Letter]) -> list[tuple[Outcome, str]]:
    return [relay.send(one, then=then) for one, then in zip(letters, [*letters[1:], None], strict=True)]


@pytest.fixture(params=[False, True], ids=["one command at a time", "in groups"])
def in_groups(request) -> bool:
    return request.param


def test_many_letters_go_over_one_connection(settings, in_groups):
    letters = [letter(recipient) for recipient in (FIRST, SECOND, THIRD)]
    with running(Server(in_groups=in_groups), settings) as server, closing(Relay.open()) as relay:
        assert send_all(relay, letters) == [ACCEPTED] * 3
    assert (server.accepted, server.connections) == ([FIRST, SECOND, THIRD], 1)
    assert server.letters == [one.content for one in letters]


def test_lines_that_begin_with_a_dot_arrive_as_they_were(settings, in_groups):
    text = b".\r\n..\r\nSubject: .x\r\n\r\n.hidden\r\nno. dot\r\n.\r\n"
    with running(Server(in_groups=in_groups), settings) as server, closing(Relay.open()) as relay:
        relay.send(letter(FIRST, text))
    assert server.letters == [text]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.1.1 no such user", Outcome.REFUSED),
        ("450 4.2.0 greylisted", Outcome.DEFERRED),
        ("554 5.7.1 Relay access denied", Outcome.BARRED),
    ],
)
def test_a_recipient_that_is_not_taken_leaves_the_others_as_they_are(settings, in_groups, reply, outcome):
    server = Server(in_groups=in_groups, recipient=refusing(SECOND, reply=reply))
    letters = [letter(recipient) for recipient in (FIRST, SECOND, THIRD)]
    with running(server, settings), closing(Relay.open()) as relay:
        assert send_all(relay, letters) == [ACCEPTED, (outcome, reply), ACCEPTED]
    assert (server.accepted, server.connections) == ([FIRST, THIRD], 1)


def test_a_sender_that_is_not_taken_bars_each_letter(settings, in_groups):
    server = Server(in_groups=in_groups, sender=lambda address: "553 5.1.8 sender unknown")
    with running(server, settings), closing(Relay.open()) as relay:
        assert send_all(relay, [letter(FIRST), letter(SECOND)]) == [(Outcome.BARRED, "553 5.1.8 sender unknown")] * 2
    assert not server.letters


def test_a_text_that_is_not_taken_leaves_the_next_letter_as_it_is(settings, in_groups):
    replies = iter(["451 4.3.0 later", "554 5.6.0 not like this", "250 2.0.0 Ok: queued as 4XyzQ1"])
    server = Server(in_groups=in_groups, content=lambda envelope: next(replies))
    with running(server, settings), closing(Relay.open()) as relay:
        found = send_all(relay, [letter(FIRST), letter(SECOND), letter(THIRD)])
    assert found == [(Outcome.DEFERRED, "451 4.3.0 later"), (Outcome.REFUSED, "554 5.6.0 not like this"), ACCEPTED]
    assert server.accepted == [THIRD]


def test_a_relay_that_closes_after_a_text_has_taken_nothing(settings, in_groups):
    server = Server(in_groups=in_groups, content=lambda envelope: "421 4.3.2 shutting down")
    with running(server, settings), closing(Relay.open()) as relay:
        assert relay.send(letter(FIRST), then=letter(SECOND)) == (Outcome.CLOSING, "421 4.3.2 shutting down")
    assert not server.letters


def test_a_connection_cut_before_the_text_has_taken_nothing_and_is_gone_for_the_next(settings, in_groups):
    server = Server(in_groups=in_groups, recipient=refusing(reply="drop"))
    with running(server, settings), closing(Relay.open()) as relay:
        for recipient in (FIRST, SECOND):
            with pytest.raises(NoConnection):
                relay.send(letter(recipient))


@pytest.mark.parametrize("where", [{"begin": lambda envelope: "drop"}, {"content": lambda envelope: "2 then drop"}])
def test_of_a_connection_cut_within_the_text_the_announced_letter_is_not_gone(settings, in_groups, where):
    server = Server(in_groups=in_groups, **where)
    with running(server, settings), closing(Relay.open()) as relay, pytest.raises(Lost):
        relay.send(letter(FIRST), then=letter(SECOND))
    assert SECOND not in server.accepted


def test_an_announced_letter_that_does_not_follow_leaves_nothing_at_the_relay(settings):
    with running(Server(in_groups=True), settings) as server:
        with closing(Relay.open()) as relay:
            relay.send(letter(FIRST), then=letter(SECOND))
        until(lambda: server.open == 0, "the relay to see the end of the connection")
    assert server.accepted == [FIRST]
    assert len(server.letters) == 1


def test_another_letter_than_the_announced_one_is_a_mistake_of_ours(settings):
    with running(Server(in_groups=True), settings), closing(Relay.open()) as relay:
        relay.send(letter(FIRST), then=letter(SECOND))
        with pytest.raises(ValueError, match="another letter"):
            relay.send(letter(THIRD))


class Lenient(socketserver.StreamRequestHandler):
    """Refuses recipients named taro, and waits for a text all the same, as RFC 2920 allows."""

    def handle(self) -> None:
        self.server.texts = []
        self.say(b"220 lenient")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say(b"250-lenient\r\n250 PIPELINING")
            elif verb == b"DATA":
                self.say(b"354 go ahead")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.texts.append(text)
                self.say(b"250 2.0.0 Ok: queued as 4XyzQ1" if text else b"554 5.5.1 no valid recipients")
            elif verb == b"QUIT":
                return self.say(b"221 bye")
            else:
                self.say(b"550 5.1.1 no such user" if b"taro" in line else b"250 ok")

    def say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")


@contextmanager
def listening(handler: type, settings) -> Iterator[socketserver.BaseServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        settings.RELAY_HOST, settings.RELAY_PORT = server.server_address
        yield server
        server.shutdown()


def test_a_relay_that_waits_for_a_text_without_recipient_gets_an_empty_one(settings):
    letters = [letter(recipient) for recipient in (FIRST, SECOND, THIRD)]
    with listening(Lenient, settings) as server, closing(Relay.open()) as relay:
        assert send_all(relay, letters) == [ACCEPTED, (Outcome.REFUSED, "550 5.1.1 no such user"), ACCEPTED]
        assert server.texts == [letters[0].content, b"", letters[2].content]


class Slow(socketserver.StreamRequestHandler):
    """Takes a second for its word on a text, and on the text of taro waits until the other side has hung up."""

    def handle(self) -> None:
        taro = False
        self.wfile.write(b"220 slow\r\n")
        for line in iter(self.rfile.readline, b""):
            taro = taro or b"taro" in line
            if line[:4].upper() == b"DATA":
                self.wfile.write(b"354 go ahead\r\n")
                list(iter(self.rfile.readline, b".\r\n"))
                if taro:
                    self.rfile.read()
                    return
                time.sleep(1)
            self.wfile.write(b"250 ok\r\n")


def test_a_slow_relay_counts_up_to_the_time_out_and_no_longer(settings):
    settings.RELAY_TIMEOUT_SECONDS = 120
    with listening(Slow, settings), closing(Relay.open()) as relay:
        assert relay.send(letter(FIRST))[0] is Outcome.ACCEPTED

        def shorten() -> None:  # once the text is over; before, a busy machine may need more
            assert relay._smtp.sock.gettimeout() == 120
            relay._smtp.sock.settimeout(1)

        with pytest.raises(Lost, match="timed out"):
            relay.send(letter(SECOND), meanwhile=shorten)


class Silent(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rfile.read()  # until the other side has hung up


def test_a_relay_that_says_nothing_is_none(settings):
    settings.RELAY_TIMEOUT_SECONDS = 1
    with listening(Silent, settings), pytest.raises(NoConnection, match="timed out"):
        Relay.open()


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        ("421 4.3.2 too many connections", Busy),
        ("451 4.7.0 try again later", Busy),
        ("554 5.7.1 no mail from you", Barred),
    ],
)
def test_what_a_greeting_that_turns_us_away_means(settings, greeting, kind):
    with running(Server(greeting=greeting), settings), pytest.raises(kind, match=greeting[4:]):
        Relay.open()


def test_nobody_there_is_no_connection(settings):
    with nobody_there(settings), pytest.raises(NoConnection) as caught:
        Relay.open()
    assert type(caught.value) is NoConnection


@pytest.fixture
def certificate(tmp_path, needed, monkeypatch) -> ssl.SSLContext:
    """A server's context for the name localhost, with a certificate that this process trusts."""
    signed, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=relay.test"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", signed]
    subprocess.run([needed("openssl", package="openssl"), *request, *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(signed))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed, key)
    return context


def test_tls_from_the_first_byte_on(settings, certificate):
    settings.RELAY_TLS = True
    with running(Server(), settings, ssl_context=certificate) as server:
        settings.RELAY_HOST = "localhost"
        with closing(Relay.open()) as relay:
            assert send_all(relay, [letter(FIRST), letter(SECOND)]) == [ACCEPTED] * 2
    assert server.accepted == [FIRST, SECOND]


def test_tls_after_a_word_in_clear(settings, certificate, in_groups):
    settings.RELAY_STARTTLS = True
    server = Server(in_groups=in_groups)
    with running(server, settings, tls_context=certificate, require_starttls=True):
        settings.RELAY_HOST = "localhost"
        with closing(Relay.open()) as relay:
            assert send_all(relay, [letter(FIRST), letter(SECOND)]) == [ACCEPTED] * 2


@pytest.mark.parametrize("way", ["RELAY_TLS", "RELAY_STARTTLS"])
def test_a_certificate_for_another_name_says_what_to_do(settings, certificate, way):
    setattr(settings, way, True)
    options = {"ssl_context": certificate} if way == "RELAY_TLS" else {"tls_context": certificate}
    with running(Server(), settings, **options), pytest.raises(Barred, match=r"RELAY_HOST.*SSL_CERT_FILE"):
        Relay.open()  # by its address


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("offered", ["PLAIN", "LOGIN"])
def test_a_password_lets_us_in_by_either_mechanism(settings, offered):
    def authenticator(server, session, envelope, mechanism, login):
        right = (login.login, login.password) == (b"campaign", b"secret")
        return AuthResult(success=right and mechanism == offered, handled=False)

    settings.RELAY_USER, settings.RELAY_PASSWORD = "campaign", "secret"
    options = {"authenticator": authenticator, "auth_require_tls": False, "auth_required": True}
    options["auth_exclude_mechanism"] = {"PLAIN", "LOGIN"} - {offered}
    with running(Server(), settings, **options):
        with closing(Relay.open()) as relay:
            assert relay.send(letter(FIRST)) == ACCEPTED
        settings.RELAY_PASSWORD = "wrong"
        with pytest.raises(Barred, match="RELAY_USER"):
            Relay.open()
