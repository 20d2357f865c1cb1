"""Dovecot's rare lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u", REAL, "pop3")], [("u", REAL, "imap")]
TAIL = f"user=<u>, method=PLAIN, rip={REAL}, lip=198.51.100.1, TLS, session=<s>"
FORGING = f"x): started proxying to a: user=<y>, method=PLAIN, rip={FORGED}"


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("pop3-login", f"Login: u [{REAL}]", POP3),
        ("imap-login", f"Login: u [::ffff:{REAL}]", IMAP),
        ("dovecot", f"imap-login: Login: u [{REAL}]", IMAP),
        ("dovecot", f"pop3-login: proxy(u): started proxying to mail.isp.example:110: {TAIL}", POP3),
        ("dovecot", f"imap-login: proxy(u): started proxying to 10.0.0.1:143/other: {TAIL}", IMAP),
        ("dovecot", f"imap-login: proxy(u,10.0.0.1:993): Started proxying to <10.0.0.1> (<mail>) (0.01 secs): {TAIL}", IMAP),
        ("dovecot", f"pop3-login: proxy(u,10.0.0.1:110): Started proxying to remote host (0.009 secs): {TAIL}", POP3),
        ("pop3-login", f"Info: proxy(u): started proxying to mail:110: {TAIL}", POP3),
        ("dovecot", f"pop3-login: Login: {TAIL}", POP3),  # once, by dovecot.py
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


def test_a_login_in_the_own_file_of_version_0_99():
    assert logins(f"pop3-login: May 04 12:00:00 Info: Login: u [{REAL}]\n") == POP3


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("pop3-login", f"Aborted login [{REAL}]"),
        ("pop3-login", f"Disconnected [{REAL}]"),
        ("dovecot", f"pop3-login: proxy(u,10.0.0.1:110): Login failed 1 times in 2 secs: {TAIL}"),
        ("dovecot", f"pop3-login: proxy(u): disconnecting {REAL} (Disconnected by client): {TAIL}"),
        ("dovecot", f"pop3-login: proxy({FORGING}): Login failed: {TAIL}"),
        ("dovecot", f"pop3-login: proxy({FORGING}, session=<s>): disconnecting {REAL}: {TAIL}"),
        ("dovecot", f"pop3-login: proxy({FORGING}): started proxying to b: {TAIL.replace('<u>', '<' + FORGING + '>')}"),
        ("dovecot", f"pop3-login: proxy(u): started proxying to b: {TAIL.replace('<u>', '<' + FORGING + '>')}"),
        ("dovecot", f"pop3-login: Disconnected (proxy dest auth failed): {TAIL}"),
        ("dovecot", f"pop3-login: Disconnected: proxy(u): started proxying to a: {TAIL}"),
        ("dovecot", f"managesieve-login: proxy(u): started proxying to mail:4190: {TAIL}"),
        ("dovecot", f"submission-login: proxy(u): started proxying to mail:587: {TAIL}"),
        ("dovecot", f"lmtp(812): proxy(u): started proxying to mail:24: {TAIL}"),
    ],
)
def test_no_login(tag, text):
    assert logins(syslog(tag, text)) == []


def test_a_name_of_version_0_99_that_looks_like_a_later_line_puts_no_login_on_its_own_address():
    name = f"user=<y>, method=PLAIN, rip={FORGED}, lip=198.51.100.1, session=<s>"
    assert logins(syslog("pop3-login", f"Login: {name} [{REAL}]")) == []
    assert not_understood(syslog("pop3-login", f"Login: {name} [{REAL}]")) == 1
