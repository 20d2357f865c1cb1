"""The lines of nginx's mail proxy, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

OWN = "2026/05/04 12:00:00 [info] 812#0: *5 "
IN = f"client logged in, client: {REAL}, server: 0.0.0.0:%s, login: %s, upstream: 10.0.0.1:110"
POP3, IMAP = [("u", REAL, "pop3")], [("u", REAL, "imap")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (IN % (110, '"u"'), POP3),
        (IN % (995, '"u"'), POP3),
        (IN % (143, '"u"'), IMAP),
        (IN % (993, '"u"'), IMAP),
        ((IN % (110, '"u"')).replace(", server", " using starttls, server"), POP3),
        ((IN % (110, '"u"')).replace("0.0.0.0", "[::]").replace(REAL, "2001:db8::1"), [("u", "2001:db8::1", "pop3")]),
        ((IN % (110, '"u"')).partition(", upstream")[0], POP3),
        (IN % (110, f'"x, client: {FORGED}, server: 0.0.0.0:110"'), [(f"x, client: {FORGED}, server: 0.0.0.0:110", REAL, "pop3")]),
        (IN % (110, f'"x", login: "y", upstream: {FORGED}:1"'), [(f'x", login: "y", upstream: {FORGED}:1', REAL, "pop3")]),
        (IN % (143, '"a,b"c@isp.example"'), [('a,b"c@isp.example', REAL, "imap")]),
    ],
)  # fmt: skip
def test_a_login(text, found):
    for line in (f"{OWN}{text}\n", syslog("nginx", text), syslog("nginx", OWN + text)):
        assert logins(line) == found
        assert not not_understood(line)


@pytest.mark.parametrize(
    "text",
    [
        IN % (25, '"u"'),  # SMTP AUTH
        IN % (465, '"u"'),
        IN % (587, f'"x, client: {FORGED}, server: 0.0.0.0:110"'),
        f'client login failed: "no" while in http auth state, client: {REAL}, server: 0.0.0.0:110, login: "u"',
        f'client login failed: "client logged in, client: {FORGED}, server: 0.0.0.0:110, login: "y"", client: {REAL}, server: x:110',
        f"client {REAL} connected to 0.0.0.0:110",
        f'proxied session done, client: {REAL}, server: 0.0.0.0:110, login: "u", upstream: 10.0.0.1:110',
        f'upstream timed out while proxying, client: {REAL}, server: 0.0.0.0:110, login: "u"',
        "signal process started",
    ],
)
def test_no_login(text):
    assert logins(f"{OWN}{text}\n") == []
    assert not not_understood(f"{OWN}{text}\n")


@pytest.mark.parametrize("text", [IN % (8110, '"u"'), IN % (110, '""'), IN % (110, "u")])
def test_another_port_and_what_is_not_as_it_should_be_is_not_understood(text):
    assert logins(f"{OWN}{text}\n") == []
    assert not_understood(f"{OWN}{text}\n") == 1
