"""qmail-popup's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

ACCEPT = f"pid 812 Accept::AUTH::User P:POP3 S:{REAL}:pc.isp.example ?~ 'u'"
MULTILOG = "@40000000661f0c2a00000000 "
U = [("u", REAL, "pop3")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"{MULTILOG}qmail-popup: {ACCEPT}\n", U),
        (syslog("qmail-popup", ACCEPT), U),
        (syslog("qmail-popup", ACCEPT.replace("?~", "?=")), U),
        (syslog("qmail-popup", ACCEPT.replace("User P:POP3", "Apop P:POP3S")), U),
        (syslog("qmail-popup", ACCEPT.replace(REAL, "2001:db8::1")), [("u", "2001:db8::1", "pop3")]),
        (syslog("qmail-popup", ACCEPT.replace("pc.isp.example", "unknown")), U),
        (syslog("pop3d", f"1162544400.123456 qmail-popup: {ACCEPT}"), U),
        (syslog("qmail-popup", ACCEPT.replace("'u'", f"'x' S:{FORGED}:pc ?~ 'y'")), [(f"x' S:{FORGED}:pc ?~ 'y", REAL, "pop3")]),
    ],
)  # fmt: skip
def test_a_login(line, found):
    assert logins(line) == found
    assert not not_understood(line)


@pytest.mark.parametrize(
    "text",
    [
        ACCEPT.replace("Accept", "Reject"),
        f"pid 812 Reject::AUTH::User P:POP3 S:{REAL}:pc ?~ '{ACCEPT}'",
        f"pid 812 Reject::STLS::Any P:POP3 S:{REAL}:pc ?~ 'unknown'",
        "pid 812 from 192.0.2.1",
    ],
)
def test_no_login(text):
    assert logins(syslog("qmail-popup", text)) == []
    assert not not_understood(syslog("qmail-popup", text))
