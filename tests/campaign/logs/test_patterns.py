"""What holds for every program that writes logins, whatever a client calls itself."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from login_lines import FORGED, HEAD, REAL, logins, read, syslog

from campaign.logs.dialects import DIALECTS, LONGEST
from campaign.logs.patterns import LoginPattern

TAIL = "method=PLAIN, rip=IP, lip=198.51.100.1, mpid=1, TLS, session=<s>"
WAY = "IP:2274->198.51.100.1:110 client-secure=ssl authorisation_id=NONE"
SUCCESSES = [
    ("dovecot", f"pop3-login: Login: user=<USER>, {TAIL}"),
    ("dovecot", f"imap-login: Logged in: user=<USER>, {TAIL}"),
    ("dovecot", f"pop3-login: proxy(USER): started proxying to mail:110: user=<USER>, {TAIL}"),
    ("dovecot", f"imap-login: proxy(USER,10.0.0.1:993): Started proxying to <10.0.0.1> (0.01 secs): user=<USER>, {TAIL}"),
    ("pop3-login", "Login: USER [IP]"),
    ("pop3d", "LOGIN, user=USER, ip=[IP]"),
    ("imapd", "LOGIN, user=USER, ip=[::ffff:IP], port=[1], protocol=IMAP, starttls=1"),
    ("cyrus/imap", "login: pc.isp.example [IP] USER PLAIN+TLS User logged in SESSIONID=<s>"),
    ("cyrus/imap", "login: [IP] USER plaintext User logged in"),
    ("imapd", "Login user=USER host=pc [IP]"),
    ("ipop3d", "Login user=USER host=[IP] nmsgs=1/1"),
    ("spop3d", "user USER authenticated - pc (IP)"),
    ("spop3d", "user USER authenticated"),
    ("popper", '(v4.1.0) POP login by user "USER" at (pc) IP'),
    ("vpopmail", "vchkpw-pop3: (PLAIN) login success USER@isp.example:IP"),
    ("vpopmail", "vchkpw-pop3: system password login success USER:IP"),
    ("vpopmail", "vchkpw: login [USER] from IP"),
    ("teapop", "Successful login for USER [198.51.100.1] from pc [IP]"),
    ("perdition", f'Auth: {WAY} authentication_id="USER" server="mail:110" protocol=POP3 server-secure=ssl status="ok"'),
    ("perdition", 'Auth: IP->198.51.100.1 user="USER" passwd="XXXXXX" server="mail" port="110" status="ok"'),
    ("nginx", 'client logged in, client: IP, server: 0.0.0.0:110, login: "USER", upstream: 10.0.0.1:110'),
    ("qmail-popup", "pid 1 Accept::AUTH::User P:POP3 S:IP:pc ?~ 'USER'"),
]  # fmt: skip
FAILURES = [
    ("dovecot", f"pop3-login: Aborted login (auth failed, 1 attempts in 2 secs): user=<USER>, {TAIL}"),
    ("dovecot", f"imap-login: Login aborted: Connection closed (auth failed, 1 attempts) (auth_failed): user=<USER>, {TAIL}"),
    ("dovecot", f"pop3-login: Disconnected (proxy dest auth failed): user=<USER>, {TAIL}"),
    ("dovecot", f"pop3-login: proxy(USER,10.0.0.1:110): Login failed 1 times in 2 secs: user=<USER>, {TAIL}"),
    ("pop3d", "LOGIN FAILED, user=USER, ip=[IP]"),
    ("pop3d", "LOGOUT, user=USER, ip=[IP], port=[1], top=0, retr=0"),
    ("imapd", "disc, user=USER, ip=[IP], port=[1]"),
    ("cyrus/imap", "badlogin: pc [IP] plaintext USER SASL(-13): authentication failure: checkpass failed"),
    ("imapd", "Login failed user=USER auth=USER host=pc [IP]"),
    ("popa3d", "Authentication failed for USER"),
    ("spop3d", "authentication failed for user USER - IP"),
    ("spop3d", "session ended for user USER - IP"),
    ("popper", 'USER at pc (IP): -ERR [AUTH] Password supplied for "USER" is incorrect.'),
    ("popper", "[AUTH] Failed attempted login to USER from host (pc) IP"),
    ("vpopmail", "vchkpw-pop3: password fail (pass: 'USER') u@isp.example:IP"),
    ("vpopmail", "vchkpw-pop3: vpopmail user not found USER@isp.example:IP"),
    ("vpopmail", "vchkpw-smtp: (PLAIN) login success USER@isp.example:IP"),
    ("teapop", "Failed login for USER [198.51.100.1] from pc [IP]"),
    ("perdition",
     f'Auth: {WAY} authentication_id="USER" server="mail:110" protocol=POP3 server-secure=ssl status="failed: No"'),
    ("nginx", 'client login failed: "USER" while in http auth state, client: IP, server: 0.0.0.0:110, login: "USER"'),
    ("nginx", 'client logged in, client: IP, server: 0.0.0.0:587, login: "USER", upstream: 10.0.0.1:25'),
    ("qmail-popup", "pid 1 Reject::AUTH::User P:POP3 S:IP:pc ?~ 'USER'"),
    ("gnu-pop3d", "User 'USER': authentication failed"),
]  # fmt: skip
IMITATIONS = [text.replace("USER", "y").replace("IP", FORGED) for _, text in SUCCESSES]
PIECES = [FORGED, f"[{FORGED}]", "[", "]", "(", ")", "<", ">", '"', "'", ":", ": ", ", ", " ", "ip=[", "rip=", "user=<", ">, ",
          "method=P, ", " from ", " host=", " authenticated", " - ", " PLAIN User logged in", 'status="ok"', "x", "é"]  # fmt: skip
NAMES = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(IMITATIONS)), min_size=1, max_size=8).map("".join)

PATTERNS = {
    dialect.__name__.rpartition(".")[2]: dialect.PATTERNS
    for dialect in DIALECTS
    if any(isinstance(pattern, LoginPattern) for pattern in getattr(dialect, "PATTERNS", ()))
}
TAGS = sorted({tag for tag, _ in SUCCESSES + FAILURES} | {"vm-pop3d", "cucipop", "multilog"})
STARTS = sorted({pattern.starts for patterns in PATTERNS.values() for pattern in patterns})


@pytest.mark.parametrize(("tag", "text"), SUCCESSES)
def test_each_of_these_is_a_login(tag, text):
    (found,) = logins(syslog(tag, text.replace("USER", "u").replace("IP", REAL)))
    assert found[0] in ("u", "u@isp.example")
    assert found[1] in (REAL, None)


@settings(deadline=None)
@given(st.sampled_from(SUCCESSES), NAMES)
def test_no_name_puts_a_login_on_an_address_of_its_choosing(line, name):
    tag, text = line
    if tag == "vpopmail":
        name = name.replace(":", "")  # neither its own users nor the system's have one
    found = {ip for _, ip, _ in logins(syslog(tag, text.replace("USER", name).replace("IP", REAL)))}
    assert found <= {REAL, None}


@settings(deadline=None)
@given(st.sampled_from(FAILURES), NAMES)
def test_no_name_makes_a_login_of_a_failure(line, name):
    tag, text = line
    assert logins(syslog(tag, text.replace("USER", name).replace("IP", REAL))) == []


@settings(deadline=None)
@given(st.sampled_from(TAGS), st.sampled_from(STARTS), st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(tag, start, rest):
    read(f"{HEAD}{tag}[1]: {start}".encode() + rest)


@pytest.mark.parametrize("piece", ["(", ":", " ", ", ip=[", '" server="', " host=[", "u authenticated - ", "9.9.9.9 "])
def test_the_time_is_linear_in_the_length_of_a_line(piece):
    def seconds(size: int) -> float:
        lines = [f"{HEAD}{tag}[1]: {start}" + piece * (size // len(piece)) for tag in TAGS for start in STARTS]
        text = "\n".join(lines) + "\n"
        began = time.process_time()
        read(text)
        return time.process_time() - began

    seconds(100)
    short, long = (min(seconds(size) for _ in range(3)) for size in (1000, LONGEST // 4))
    assert long < 4 * 16 * short
