"""`doctor` on real SMTP servers, with and without TLS."""

import ssl
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from relays import Relay, nobody_there, running

from notices.doctor import relay
from notices.doctor.finding import Finding

NOW = datetime.now(UTC)


@pytest.fixture
def certificate(tmp_path, needed, monkeypatch):
    """`certificate(days=60)` is a server's context for 127.0.0.1; `trusted` by this process or not."""

    def make(*, days: int = 60, name: str = "IP:127.0.0.1", trusted: bool = True) -> ssl.SSLContext:
        signed, key = tmp_path / "signed.pem", tmp_path / "key.pem"
        request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=relay.test"]
        names = ["-addext", f"subjectAltName={name}", "-keyout", key, "-out", signed]
        subprocess.run([needed("openssl", package="openssl"), *request, *names], check=True, capture_output=True)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(signed))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(signed, key)
        return context

    return make


def check() -> dict[str, Finding]:
    found = list(relay.check(now=NOW))
    assert len({finding.check for finding in found}) == len(found)
    assert all(bool(finding.advice) is (finding.verdict != "ok") for finding in found)
    return {finding.check: finding for finding in found}


def verdicts() -> dict[str, str]:
    return {name: str(finding.verdict) for name, finding in check().items()}


def test_a_relay_on_this_machine_needs_no_tls(settings):
    with running(Relay(), settings) as server:
        assert verdicts() == {"relay": "ok", "tls": "ok", "size": "ok", "sender": "ok"}
    assert (server.letters, server.accepted) == ([], [])


def test_a_relay_with_a_good_certificate(settings, certificate):
    settings.RELAY_STARTTLS = True
    with running(Relay(), settings, tls_context=certificate(), require_starttls=True):
        found = check()
    assert {name: str(each.verdict) for name, each in found.items()} == dict.fromkeys(
        ("relay", "tls", "certificate", "size", "sender"), "ok"
    )
    assert found["tls"].said.startswith("TLSv1.3")
    assert f"{NOW + timedelta(days=60):%Y-%m-%d}" in found["certificate"].said


def test_tls_from_the_first_byte_on(settings, certificate):
    settings.RELAY_TLS = True
    with running(Relay(), settings, ssl_context=certificate()):
        assert verdicts() == dict.fromkeys(("relay", "tls", "certificate", "size", "sender"), "ok")


def test_a_certificate_that_ends_soon_is_told_in_time(settings, certificate):
    settings.RELAY_STARTTLS = True
    with running(Relay(), settings, tls_context=certificate(days=20)):
        assert verdicts()["certificate"] == "warning"


@pytest.mark.parametrize("wrong", [{"trusted": False}, {"name": "DNS:other.example"}])
@pytest.mark.parametrize(("wanted", "said"), [(True, "problem"), (False, "warning")])
def test_a_certificate_that_is_not_accepted(settings, certificate, wrong, wanted, said):
    settings.RELAY_STARTTLS = wanted
    with running(Relay(), settings, tls_context=certificate(**wrong)):
        found = check()["certificate"]
    assert (str(found.verdict), "CERTIFICATE_VERIFY_FAILED" in found.said) == (said, True)


def test_an_old_tls_is_a_problem(settings, certificate):
    context = certificate()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.deprecated_call():
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with running(Relay(), settings, tls_context=context):
        found = check()["tls"]
    assert (str(found.verdict), found.said) == ("problem", "TLSv1.1")


def test_tls_that_is_wanted_and_not_offered(settings):
    settings.RELAY_STARTTLS = True
    with running(Relay(), settings):
        assert verdicts()["tls"] == "problem"


def test_a_small_relay_is_a_problem(settings):
    with running(Relay(), settings, data_size_limit=50_000):
        found = check()["size"]
    assert (str(found.verdict), "50000" in found.said) == ("problem", True)


def test_a_relay_that_refuses_our_senders(settings):
    with running(Relay(sender=lambda address: "553 5.1.8 no plus signs"), settings):
        found = check()["sender"]
    assert (str(found.verdict), "553 5.1.8 no plus signs" in found.said) == ("problem", True)
    assert "notice+" in found.said and "@isp.example" in found.said


def test_a_relay_that_says_not_now_proves_nothing(settings):
    with running(Relay(sender=lambda address: "450 4.7.1 greylisted"), settings):
        assert verdicts()["sender"] == "unchecked"


@pytest.mark.parametrize(("password", "said"), [("right", "ok"), ("wrong", "problem")])
def test_the_password_is_tried(settings, certificate, password, said):
    def authenticator(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    settings.RELAY_STARTTLS, settings.RELAY_USER, settings.RELAY_PASSWORD = True, "notice", password
    options = {"auth_require_tls": True, "authenticator": authenticator}
    with running(Relay(), settings, tls_context=certificate(), **options):
        found = check()
    assert str(found["auth"].verdict) == said
    assert "sender" in found


@pytest.fixture
def asked(settings):
    """Options of a server that takes a password over any connection, and the passwords that it was given."""
    given = []

    def authenticator(server, session, envelope, mechanism, data):
        given.append(data.password)
        return AuthResult(success=True)

    settings.RELAY_USER, settings.RELAY_PASSWORD = "notice", "secret"
    return given, {"auth_require_tls": False, "authenticator": authenticator}


def not_given(found: dict[str, Finding]) -> bool:
    """The findings say so, and why, and that nothing was asked that needs a login."""
    said = found["auth"].said
    assert said.startswith("The password was not given to the relay: ") and len(said) > 60
    return (str(found["auth"].verdict), str(found["sender"].verdict)) == ("unchecked", "unchecked")


@pytest.mark.parametrize("wrong", [{"trusted": False}, {"name": "DNS:other.example"}])
@pytest.mark.parametrize("kind", ["RELAY_STARTTLS", "RELAY_TLS"])
def test_who_shows_no_good_certificate_is_not_given_the_password(settings, certificate, asked, kind, wrong):
    given, options = asked
    setattr(settings, kind, True)
    context = {"RELAY_TLS": "ssl_context", "RELAY_STARTTLS": "tls_context"}[kind]
    with running(Relay(), settings, **{context: certificate(**wrong)}, **options):
        found = check()
    assert not_given(found) and str(found["certificate"].verdict) == "problem"
    assert given == []


def test_an_offer_of_tls_that_somebody_took_out_brings_him_no_password(settings, asked):
    given, options = asked
    settings.RELAY_STARTTLS = True
    with running(Relay(), settings, **options):
        found = check()
    assert not_given(found) and str(found["tls"].verdict) == "problem"
    assert given == []


def test_a_tls_that_notices_would_not_speak_brings_no_password(settings, certificate, asked):
    given, options = asked
    settings.RELAY_STARTTLS = True
    context = certificate()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.deprecated_call():
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with running(Relay(), settings, tls_context=context, **options):
        assert not_given(check())
    assert given == []


def test_a_sender_is_asked_for_by_who_is_logged_in(settings, certificate, asked):
    given, options = asked
    settings.RELAY_STARTTLS = True
    with running(Relay(), settings, tls_context=certificate(), auth_required=True, **options):
        assert verdicts() == dict.fromkeys(("relay", "tls", "certificate", "size", "auth", "sender"), "ok")
    assert given == [b"secret"]


def test_where_no_tls_is_set_the_password_goes_as_that_of_a_notice_goes_and_that_is_said(settings, asked, monkeypatch):
    given, options = asked
    monkeypatch.setattr(relay, "_is_loopback", lambda: False)
    with running(Relay(), settings, **options):
        found = check()
    assert (str(found["auth"].verdict), str(found["sender"].verdict), given) == ("warning", "ok", [b"secret"])


def test_a_user_for_a_relay_without_auth(settings):
    settings.RELAY_USER = "notice"
    with running(Relay(), settings):
        assert verdicts()["auth"] == "problem"


def test_nobody_there(settings):
    with nobody_there(settings):
        assert verdicts() == {"relay": "problem"}


def test_a_relay_that_breaks_off(settings):
    with running(Relay(sender=lambda address: "drop"), settings):
        found = list(relay.check(now=NOW))
    assert (found[-1].check, str(found[-1].verdict)) == ("relay", "problem")
