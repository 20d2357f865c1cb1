"""Perdition's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u", REAL, "pop3")], [("u", REAL, "imap")]
WAY = f"{REAL}:2274->198.51.100.1:110"
NEW = f'Auth: {WAY} client-secure=plaintext authorisation_id=NONE authentication_id="%s" server="mail:110" protocol=%s '
OK, FAILED = 'server-secure=plaintext status="ok"', 'server-secure=plaintext status="failed: Re-Authentication Failure"'


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("perdition.pop3", NEW % ("u", "POP3") + OK, POP3),
        ("perdition.imaps", NEW % ("u", "IMAP4S") + OK, IMAP),
        ("perdition", (NEW % ("u", "POP3") + OK).replace("=NONE", '="boss"'), POP3),
        ("perdition", (NEW % ("u", "POP3") + OK).replace('"u"', '"u" passwd="XXXXXX"'), POP3),
        ("perdition", (NEW % ("u", "POP3") + OK).replace(REAL, "2001:db8::1"), [("u", "2001:db8::1", "pop3")]),
        ("perdition", f'Auth: {REAL}->198.51.100.1 user="u" server="mail" port="110" status="ok"', POP3),
        ("perdition", f'Auth: {REAL}->198.51.100.1 user="u" server="mail" port="143" status="ok"', IMAP),
        ("perdition", f'Auth: {WAY} user="u" passwd="XXXXXX" server="mail" port="110" status="ok"', POP3),
        ("perdition", NEW % (f'x" server="{FORGED}', "POP3") + OK, [(f'x" server="{FORGED}', REAL, "pop3")]),
        ("perdition", NEW % (f"Auth: {FORGED}:1->2 user=", "POP3") + OK, [(f"Auth: {FORGED}:1->2 user=", REAL, "pop3")]),
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


def test_while_the_session_lasts_it_is_said_again_and_each_time_opens_the_window():
    assert logins(syslog("perdition", NEW % ("u", "POP3") + OK, NEW % ("u", "POP3") + OK)) == POP3 * 2


@pytest.mark.parametrize(
    "text",
    [
        NEW % ("u", "POP3") + FAILED,
        NEW % ('x" server="a:1" protocol=POP3 server-secure=ssl status="ok', "POP3") + FAILED,
        f'Auth: {REAL}->198.51.100.1 user="u" server="mail" port="110" status="failed: Local Authentication Failure"',
        NEW % ("u", "MANAGESIEVE") + OK,
        f"Connect: {WAY}",
        f'Close: {WAY} authentication_id="u" received=1 sent=2',
        f"Closing NULL session: {WAY} username=u",
        f"Fatal Error reading authentication information from client {WAY}: Exiting child",
    ],
)
def test_no_login(text):
    assert logins(syslog("perdition", text)) == []
    assert not not_understood(syslog("perdition", text))


def test_a_line_without_the_clients_address_is_not_understood():
    text = syslog("perdition", 'Auth: user="u" server="mail" port="110" status="ok"')
    assert logins(text) == []
    assert not_understood(text) == 1
