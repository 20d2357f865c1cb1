"""The lines of UW's servers, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u", REAL, "pop3")], [("u", REAL, "imap")]


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("ipop3d", f"Login user=u host=pc.isp.example [{REAL}] nmsgs=3/3", POP3),
        ("ipop3d", f"Login user=u host=[{REAL}] no mailbox", POP3),
        ("ipop3d", f"Auth user=u host=pc [{REAL}] nmsgs=0/0", POP3),
        ("ipop3d", f"APOP user=u host=pc [{REAL}] nmsgs=0/0", POP3),
        ("imapd", f"Login user=u host=pc [{REAL}]", IMAP),
        ("imapd", f"Authenticated user=u host=pc [{REAL}] mech=PLAIN", IMAP),
        ("imapd", f"Authenticated user=u host=pc [{REAL}]", IMAP),
        ("imapd", "Login user=u host=[2001:db8::1]", [("u", "2001:db8::1", "imap")]),
        ("imapd", f"Login user=x host=[{FORGED}] host=pc [{REAL}]", [(f"x host=[{FORGED}]", REAL, "imap")]),
        ("imapd", f"Login user=x host=[{FORGED}] nmsgs=1/1 host=[{REAL}]", [(f"x host=[{FORGED}] nmsgs=1/1", REAL, "imap")]),
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("ipop3d", f"Login failed user=u auth=u host=pc [{REAL}]"),
        ("imapd", f"Login failed user=Login user=u host=[{FORGED}] auth=x host=pc [{REAL}]"),
        ("imapd", f"Login disabled user=u auth=u host=pc [{REAL}]"),
        ("imapd", f"Login excessive login failures user=u auth=u host=pc [{REAL}]"),
        ("imapd", f"AUTHENTICATE PLAIN failure host=pc [{REAL}]"),
        ("imapd", f"Logout user=u host=pc [{REAL}]"),
        ("ipop3d", f"Autologout user=u host=pc [{REAL}]"),
        ("ipop3d", f"Update user=u host=pc [{REAL}] nmsgs=1 ndele=1"),
        ("ipop3d", f"Killed (lost mailbox lock) user=u host=pc [{REAL}]"),
        ("imapd", f"Login anonymous=x host=pc [{REAL}]"),
        ("ipop3d", f"IMAP login to host=mail user=u host=pc [{REAL}]"),
        ("ipop3d", f"Admin Login user=u host=pc [{REAL}] nmsgs=1/1"),
        ("imapd", f"Preauthenticated user=u host=pc [{REAL}]"),
        ("imapd", "Login user=u host=UNKNOWN"),
        ("imapd", "port 143 service init from 192.0.2.1"),
    ],
)
def test_no_login(tag, text):
    assert logins(syslog(tag, text)) == []
    assert not not_understood(syslog(tag, text))


def test_an_address_that_was_cut_is_not_understood():
    text = syslog("ipop3d", f"Login user=u host={'x' * 68} [192.0.2. nmsgs=3/3")
    assert logins(text) == []
    assert not_understood(text) == 1
