"""Cyrus IMAP's lines, and the logins that must come of them."""

import pytest
from login_lines import FORGED, REAL, logins, not_understood, syslog

POP3, IMAP = [("u", REAL, "pop3")], [("u", REAL, "imap")]
GOOD = f'event=login.good r.sessionid=s-1 r.clienthost="pc.isp.example [{REAL}]"'


@pytest.mark.parametrize(
    ("tag", "text", "found"),
    [
        ("cyrus/pop3", f"login: pc.isp.example [{REAL}] u plaintext User logged in", POP3),
        ("cyrus/pop3s", f"login: [{REAL}] u PLAIN+TLS User logged in SESSIONID=<cyrus-1-2-3>", POP3),
        ("cyrus/imap", f"login: [::ffff:{REAL}] u CRAM-MD5 User logged in", IMAP),
        ("imaps", f"login: pc [{REAL}] u DIGEST-MD5+TLS User logged in SESSIONID=<s>", IMAP),
        ("store1/imap", f"login: pc [{REAL}] u plaintext User logged in SESSIONID=<s>", IMAP),
        ("imapd", "login: [2001:db8::1] u nopassword User logged in", [("u", "2001:db8::1", "imap")]),
        ("pop3d", f"login: pc[{REAL}] u plaintext", POP3),  # 2.0, 2.1
        ("pop3d", f"login: [{REAL}] u APOP+TLS User logged in", POP3),
        ("pop3d", f"login: pc[{REAL}] u kpop", POP3),
        ("imap", f"login: [{REAL}] u+Trash PLAIN User logged in", IMAP),
        ("imap", f"login: [{REAL}] u@isp.example+Sent Items PLAIN User logged in", [("u@isp.example", REAL, "imap")]),
        ("imap", f"login: pc [{REAL}] login: [{FORGED}] u PLAIN User logged in", [(f"login: [{FORGED}] u", REAL, "imap")]),
        ("imap", f"{GOOD} u.username=u login.mech=PLAIN login.tls=1 login.magic=~null~", IMAP),
        ("pop3", f"{GOOD} u.username=u login.mech=PLAIN login.tls=0 pop.subfolder=~null~", POP3),
        ("imap", f"event=login.good session_id=s r.tid=t r.clienthost=[{REAL}] u.username=u@isp.example login.mech=PLAIN",
         [("u@isp.example", REAL, "imap")]),
        ("imap", f'{GOOD} u.username="u x r.clienthost=[{FORGED}]" login.mech=PLAIN login.tls=1',
         [(f"u x r.clienthost=[{FORGED}]", REAL, "imap")]),
    ],
)  # fmt: skip
def test_a_login(tag, text, found):
    assert logins(syslog(tag, text)) == found
    assert not not_understood(syslog(tag, text))


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("cyrus/imap", f"badlogin: pc [{REAL}] plaintext u SASL(-13): authentication failure: checkpass failed"),
        ("cyrus/imap", f"badlogin: pc [{REAL}] plaintext login: [{FORGED}] u PLAIN User logged in"),
        ("cyrus/imap", f"login: pc [{REAL}] anonymous me@here.example"),
        ("cyrus/imap", f"login: pc [{REAL}] anonymous x PLAIN User logged in"),
        ("cyrus/sieve", f"login: pc [{REAL}] u PLAIN User logged in"),
        ("cyrus/http", f"login: pc [{REAL}] u Basic+TLS User logged in SESSIONID=<s>"),
        ("cyrus/nntp", f"login: pc [{REAL}] u plaintext User logged in"),
        ("cyrus/lmtp", f"login: pc [{REAL}] u PLAIN User logged in"),
        ("cyrus/mupdate", f"login: u from pc [{REAL}]"),
        ("cyrus/http", f"{GOOD} u.username=u login.tls=1 login.scheme=Basic"),
        ("cyrus/imap", f'event=login.bad r.clienthost=[{REAL}] u.username="{GOOD} u.username=u login.mech=X" error=no'),
        ("cyrus/imap", f"{GOOD} login.mech=ANONYMOUS login.tls=0 login.anonymous=1 login.password=x@y"),
        ("cyrus/imap", f'{GOOD} login.tls=0 login.anonymous=1 login.password="u.username=u login.mech=X"'),
        ("cyrus/imap", f"{GOOD} u.username=~null~ login.anonymous=1"),
        ("cyrus/imap", "USAGE u user: 0.01 sys: 0.02"),
        ("cyrus/imap", "starttls: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits new) no authentication"),
    ],
)
def test_no_login(tag, text):
    assert logins(syslog(tag, text)) == []
    assert not not_understood(syslog(tag, text))


@pytest.mark.parametrize(
    "text",
    [
        f"login: [{FORGED}] [{REAL}] u plaintext User logged in",  # a name or a user that imitates the brackets
        f"login: x.[{FORGED}] [{REAL}] u plaintext User logged in",
        f"login: [{FORGED}]x [{REAL}] u plaintext User logged in",
        "login: [unknown] u plaintext User logged in",
        "login: u",
        f'event=login.good r.clienthost="[{FORGED}] [{REAL}]" u.username=u login.mech=PLAIN login.tls=1',
        f'event=login.good r.clienthost=[{REAL}] u.username="a \\"b\\"" login.mech=PLAIN login.tls=1',
    ],
)
def test_what_can_be_read_in_two_ways_is_not_understood(text):
    assert logins(syslog("cyrus/imap", text)) == []
    assert not_understood(syslog("cyrus/imap", text)) == 1
