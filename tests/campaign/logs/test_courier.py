"""Courier's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u@isp.example", REAL, "pop3")], [("u@isp.example", REAL, "imap")]


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("pop3d", f"LOGIN, user=u@isp.example, ip=[::ffff:{REAL}]", POP3),
        ("pop3d", f"LOGIN, user=u@isp.example, ip=[::ffff:{REAL}], port=[50111]", POP3),
        ("pop3d-ssl", f"LOGIN, user=u@isp.example, ip=[{REAL}], port=[50111], protocol=POP3, stls=1", POP3),
        ("pop3login", f"LOGIN, user=u@isp.example, ip=[{REAL}], port=[N/A]", POP3),
        ("courierpop3login", f"LOGIN, user=u@isp.example, ip=[{REAL}]", POP3),
        ("imapd", f"LOGIN, user=u@isp.example, ip=[::ffff:{REAL}], port=[50111], protocol=IMAP", IMAP),
        ("imapd-ssl", f"LOGIN, user=u@isp.example, ip=[{REAL}], port=[], protocol=IMAP, starttls=1", IMAP),
        ("imapd", f"LOGIN, user=u@isp.example, ip=[{REAL}], port=[1], protocol=", IMAP),
        ("imapd", "LOGIN, user=u, ip=[2001:DB8::1], port=[1], protocol=IMAP", [("u", "2001:db8::1", "imap")]),
        ("pop3d", f"INFO: LOGIN, user=u@isp.example, ip=[{REAL}]", POP3),
        ("pop3d", f"LOGIN, user=u@isp.example, ip=[{REAL}], mailstore=[10.0.0.1]", POP3),  # IndiMail
        ("pop3d", f"IMAP connect from @ [::ffff:{REAL}]INFO: LOGIN, user=u@isp.example, ip=[::ffff:{REAL}]", POP3),  # Plesk
        ("imapd", f"LOGIN, user=x, ip=[{FORGED}], LOGIN, user=y, ip=[{REAL}], port=[1]",
         [(f"x, ip=[{FORGED}], LOGIN, user=y", REAL, "imap")]),
        ("imapd", f"LOGIN, user=rip={FORGED} x, ip=[{REAL}], port=[1]", [(f"rip={FORGED} x", REAL, "imap")]),
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


def test_a_login_in_a_file_of_multilog():
    assert logins(f"@40000000661f0c2a00000000 INFO: LOGIN, user=u@isp.example, ip=[{REAL}], protocol=IMAP\n") == IMAP


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("pop3d", f"LOGIN FAILED, user=u, ip=[{REAL}]"),
        ("imapd", f"LOGIN FAILED, user=x, ip=[{FORGED}], LOGIN, user=y, ip=[{REAL}]"),
        ("imapd", f"LOGIN FAILED, method=PLAIN, ip=[{REAL}], port=[1]"),
        ("pop3d", f"LOGOUT, user=u, ip=[{REAL}], port=[1], top=0, retr=0, rcvd=24, sent=39, time=1"),
        ("pop3d", f"TIMEOUT, user=u, ip=[{REAL}], port=[1]"),
        ("imapd", f"DISCONNECTED, user=u, ip=[{REAL}], headers=0, body=0"),
        ("imapd", f"disc, user=u, ip=[{REAL}], port=[1], headers=0, body=0"),
        ("pop3d", f"Connection, ip=[{REAL}], port=[1]"),
        ("imapd", f'ID, user=u, ip=[{REAL}], port=[1], "name" "LOGIN, user=y, ip=[{FORGED}]"'),
        ("pop3d", f"INFO: LOGIN FAILED, user=u, ip=[{REAL}]"),
        ("pop3d", f"IMAP connect from @ [{REAL}]LOGIN FAILED, user=u, ip=[{REAL}]"),
        ("sqwebmaild", f"LOGIN, user=u, ip=[{REAL}]"),
        ("courieresmtpd", f"LOGIN, user=u, ip=[{REAL}]"),
    ],
)
def test_no_login(tag, text):
    assert logins(syslog(tag, text)) == []


@pytest.mark.parametrize("text", ["LOGIN, user=u", "LOGIN, user=, ip=[192.0.2.1]", "LOGIN, user=u, ip=[nowhere]"])
def test_a_login_without_user_or_address_is_not_understood(text):
    assert logins(syslog("pop3d", text)) == []
    assert not_understood(syslog("pop3d", text)) == 1
