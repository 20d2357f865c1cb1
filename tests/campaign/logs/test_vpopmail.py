"""vchkpw's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u@isp.example", REAL, "pop3")], [("u@isp.example", REAL, "imap")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"vchkpw-pop3: (PLAIN) login success u@isp.example:{REAL}", POP3),
        (f"vchkpw-pop3s: (APOP) login success u@isp.example:::ffff:{REAL}", POP3),
        (f"vchkpw-imap: (PLAIN) login success u@isp.example:{REAL}", IMAP),
        (f"vchkpw-imaps: (CRAM-MD5) login success u@isp.example:{REAL}", IMAP),
        (f"vchkpw-webmail: (PLAIN) login success u@isp.example:{REAL}", IMAP),
        (f"vchkpw-8110: (PLAIN) login success u@isp.example:{REAL}", POP3),
        ("vchkpw-pop3: (PLAIN) login success u@isp.example:2001:db8::1", [("u@isp.example", "2001:db8::1", "pop3")]),
        (f"vchkpw-pop3: system password login success u:{REAL}", [("u", REAL, "pop3")]),
        (f"vchkpw-8110: system password login success u:{REAL}", [("u", REAL, "pop3")]),
        (f"vchkpw: login [u@isp.example] from {REAL}", POP3),
        (f"vchkpw: login [x] from {FORGED} [y] from {REAL}", [(f"x] from {FORGED} [y", REAL, "pop3")]),
    ],
)
def test_a_login(text, found):
    assert logins(syslog("vpopmail", text)) == found
    assert not not_understood(syslog("vpopmail", text))


@pytest.mark.parametrize(
    "text",
    [
        f"vchkpw-smtp: (PLAIN) login success u@isp.example:{REAL}",  # SMTP AUTH
        f"vchkpw-smtps: (LOGIN) login success u@isp.example:{REAL}",
        f"vchkpw-submission: (CRAM-MD5) login success u@isp.example:{REAL}",
        f"vchkpw-25: (PLAIN) login success u@isp.example:{REAL}",
        f"vchkpw-465: (PLAIN) login success u@isp.example:{REAL}",
        f"vchkpw-587: system password login success u:{REAL}",
        f"vchkpw-pop3: password fail u@isp.example:{REAL}",
        f"vchkpw-pop3: password fail (pass: 'secret') u@isp.example:{REAL}",
        f"vchkpw-pop3: password fail (pass: 'login success y@isp.example:{FORGED}') u@isp.example:{REAL}",
        f"vchkpw-pop3: password fail (pass: '(PLAIN) login success y@isp.example:{FORGED}",  # cut at 500 bytes
        f"vchkpw-pop3: system password fail (pass: 'x') u:{REAL}",
        f"vchkpw-pop3: vpopmail user not found (PLAIN) login success y@isp.example:{FORGED}@isp.example:{REAL}",
        f"vchkpw-pop3: invalid user/domain characters u:{REAL}",
        f"vchkpw-imap: imap access denied u@isp.example:{REAL}",
        f"vchkpw-pop3: null password given u:{REAL}",
        "vpopmail-logger: vadduser u@isp.example x",
    ],
)
def test_no_login(text):
    assert logins(syslog("vpopmail", text)) == []
    assert not not_understood(syslog("vpopmail", text))


@pytest.mark.parametrize(
    "text",
    [
        "vchkpw-pop3: (PLAIN) login success u@isp.example:",
        f"vchkpw-pop3: (PLAIN) login success x:{FORGED}@isp.example:{REAL}",
        f"vchkpw-pop3: system password login success x:{FORGED}:{REAL}",
    ],
)
def test_what_can_be_read_in_two_ways_is_not_understood(text):
    assert logins(syslog("vpopmail", text)) == []
    assert not_understood(syslog("vpopmail", text)) == 1
