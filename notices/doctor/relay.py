"""The relay, asked up to the point where it would take a recipient: nothing is sent."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from notices.doctor.finding import SOON, Finding, Verdict, ok, problem, unchecked, warning
from notices.relay import connect, encrypt, log_in, reach, reply_of, told, words_of

A_NOTICE = 100_000  # bytes: more than any notice has, HTML and all
SENDER = "notice+000000000-doctor@"  # as long and of the same form as a notice's


def check(*, now: datetime) -> Iterator[Finding]:
    where = f"{settings.RELAY_HOST}:{settings.RELAY_PORT}"
    try:
        smtp = connect(context=_any_certificate())
    except OSError as error:  # smtplib's own exceptions and those of TLS are some, too
        advice = _("Look whether the relay runs, whether RELAY_HOST and RELAY_PORT are right, and at any firewall.")
        yield problem("relay", f"{where}: {_words(error)}", advice)
        return
    try:
        with closing(smtp):
            yield from _look(smtp, where, now=now)
        if settings.RELAY_USER:
            yield from _as_notices_go()
    except OSError as error:
        advice = _("The relay broke off. Its log says why.")
        yield problem("relay", f"{where}: {_words(error)}", advice)


def _any_certificate() -> ssl.SSLContext:
    """For looking at what is there; whether it is good is asked in a second connection."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # or OpenSSL would hide how old the relay's is
    return context


def _look(smtp: smtplib.SMTP, where: str, *, now: datetime) -> Iterator[Finding]:
    """Whoever answers: so nothing is told over this connection that not everybody may know."""
    smtp.ehlo_or_helo_if_needed()
    yield ok("relay", _("%(where)s answers as %(name)s.") % {"where": where, "name": _own_name(smtp)})
    offered = settings.RELAY_TLS or smtp.has_extn("starttls")
    if not settings.RELAY_TLS and offered:
        encrypt(smtp, context=_any_certificate())
    yield from _tls(smtp, offered=offered, now=now)
    yield from _size(smtp)
    if not settings.RELAY_USER:
        yield _sender(smtp)
    smtp.quit()


def _as_notices_go() -> Iterator[Finding]:
    """What needs the password: that goes to no one who would not get it from a notice."""
    try:
        smtp = reach()
    except OSError as error:
        said = _("The password was not given to the relay: %(error)s") % {"error": words_of(error)}
        advice = _("It goes only over a connection as notices use it. Set right first what stands against that.")
        yield unchecked("auth", said, advice)
        yield _sender_not_asked()
        return
    with closing(smtp):
        found = _auth(smtp)
        yield found
        yield _sender(smtp) if found.verdict in (Verdict.OK, Verdict.WARNING) else _sender_not_asked()
        smtp.quit()


def _sender_not_asked() -> Finding:
    said = _("The relay was not asked whether it takes our senders, since it knows nobody without a login.")
    return unchecked("sender", said, _("Set right first what stands against the login."))


def _own_name(smtp: smtplib.SMTP) -> str:
    return (smtp.ehlo_resp or smtp.helo_resp or b"").decode("utf-8", "replace").split("\n")[0].strip()[:100]


def _tls(smtp: smtplib.SMTP, *, offered: bool, now: datetime) -> Iterator[Finding]:
    wanted = settings.RELAY_TLS or settings.RELAY_STARTTLS
    if not offered:
        said = _("The relay offers no STARTTLS.")
        if wanted:
            yield problem("tls", said, _("Switch it on at the relay, or RELAY_STARTTLS off, or nothing goes out."))
        elif _is_loopback():
            yield ok("tls", _("The relay offers no STARTTLS, and is on this machine."))
        else:
            yield warning("tls", said, _("Notices with personal links cross the network in clear: switch it on."))
        return
    if not wanted and not _is_loopback():
        said = _("The relay offers STARTTLS, and it is not used.")
        yield warning("tls", said, _("Set RELAY_STARTTLS=true."))
    version = smtp.sock.version()
    if version in {"TLSv1.2", "TLSv1.3"}:
        yield ok("tls", f"{version}, {smtp.sock.cipher()[0]}")
    else:
        yield problem("tls", str(version), _("Let the relay speak TLS 1.2 or 1.3: older ones are broken."))
    yield _certificate(wanted=wanted, now=now)


def _is_loopback() -> bool:
    return settings.RELAY_HOST in {"localhost", "::1"} or settings.RELAY_HOST.startswith("127.")


def _certificate(*, wanted: bool, now: datetime) -> Finding:
    """As a notice's connection sees it: its name, who signed it, and how long it is good."""
    try:
        ends = _verified_until()
    except ssl.SSLError as error:
        said = _("The relay's certificate is not accepted: %(error)s") % {"error": _words(error)}
        advice = _("Give it a certificate for %(host)s that this machine trusts, and its whole chain.")
        return (problem if wanted else warning)("certificate", said, advice % {"host": settings.RELAY_HOST})
    said = _("It is good until %(day)s.") % {"day": f"{ends:%Y-%m-%d}"}
    if ends - now < SOON:
        return warning("certificate", said, _("Renew it: without it nothing goes out."))
    return ok("certificate", said)


def _verified_until() -> datetime:
    with closing(connect()) as smtp:
        smtp.ehlo()
        if not settings.RELAY_TLS:
            encrypt(smtp)
        seconds = ssl.cert_time_to_seconds(smtp.sock.getpeercert()["notAfter"])
        smtp.quit()
    return datetime.fromtimestamp(seconds, UTC)


def _size(smtp: smtplib.SMTP) -> Iterator[Finding]:
    told = smtp.esmtp_features.get("size", "")
    limit = int(told) if told.isdigit() else 0
    if limit and limit < A_NOTICE:
        said = _("The relay takes at most %(bytes)s bytes.") % {"bytes": limit}
        yield problem("size", said, _("Notices may be longer: let it take at least 100,000."))
    else:
        yield ok("size", _("The relay takes notices of any length.") if not limit else f"SIZE {limit}")


def _auth(smtp: smtplib.SMTP) -> Finding:
    if not smtp.has_extn("auth"):
        advice = _("Take RELAY_USER out, or switch AUTH on at the relay.")
        return problem("auth", _("A user is set, and the relay offers no AUTH."), advice)
    try:
        log_in(smtp)
    except smtplib.SMTPAuthenticationError as error:
        return problem("auth", _words(error), _("Correct RELAY_USER and RELAY_PASSWORD."))
    except smtplib.SMTPNotSupportedError as error:
        return problem("auth", _words(error), _("Let the relay offer AUTH PLAIN, LOGIN or CRAM-MD5."))
    if not isinstance(smtp.sock, ssl.SSLSocket) and not _is_loopback():
        return warning("auth", _("The password crosses the network in clear."), _("Switch STARTTLS on at the relay."))
    return ok("auth", _("The relay accepts %(user)s.") % {"user": settings.RELAY_USER})


def _sender(smtp: smtplib.SMTP) -> Finding:
    sender = f"{SENDER}{settings.NOTICE_DOMAIN}"
    code, text = smtp.mail(sender)
    smtp.rset()
    said = f"MAIL FROM:<{sender}> {told(code, text)}"
    if code // 100 == 2:
        return ok("sender", said)
    if code // 100 == 4:
        return unchecked("sender", said, _("The relay says: not now. Ask again later."))
    return problem(
        "sender",
        said,
        _("Let the relay take senders of the form notice+...@%(domain)s.") % {"domain": settings.NOTICE_DOMAIN},
    )


def _words(error: Exception) -> str:
    """As they stand: `words_of` would say what to change, which is the advice here."""
    if isinstance(error, smtplib.SMTPResponseException):
        return reply_of(error)
    return f"{error}"[:300] or type(error).__name__
