"""Whatever bytes a log holds: no dialect raises, takes a word from elsewhere, or more time than the line is long."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from login_lines import HEAD, REAL, syslog
from loglines import message, smtpd
from mta_lines import chkuser, exim, qlog, said, sendmail, spamcontrol

from campaign.logs import dialects
from campaign.logs.addresses import canonical_ip
from campaign.logs.dialects import DIALECTS
from campaign.logs.events import LOGINS, MESSAGES, SESSIONS

some = settings(max_examples=40, deadline=None)
POP, HANAKO, FAR = "198.51.100.1", "hanako@isp.example", "friend@elsewhere.example"
NGINX = f'client logged in, client: {REAL}, server: 0.0.0.0:110, login: "u", upstream: 10.0.0.1:110'
PERDITION = (
    f'Auth: {REAL}:2274->{POP}:110 client-secure=plaintext authorisation_id=NONE authentication_id="u" server="m:110"'
)
RIP = f"user=<u>, method=PLAIN, rip={REAL}, lip={POP}, mpid=8, TLS, session=<s>"
LINES = {
    "postfix": message(REAL, HANAKO, FAR, sasl=HANAKO, program="Becky! ver. 2")
    + smtpd("NOQUEUE: client=unknown[192.0.2.1], sasl_method=PLAIN, sasl_username=u")
    + smtpd("proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 4AA; from=<a@b> to=<c@d> proto=ESMTP helo=<x>")
    + smtpd("warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6")
    + smtpd("connect from unknown[192.0.2.1]"),
    "dovecot": syslog("dovecot", f"pop3-login: Login: {RIP}"),
    "courier": syslog("pop3d", f"LOGIN, user={HANAKO}, ip=[::ffff:{REAL}], port=[50111]"),
    "syslogd": f"{HEAD}last message repeated 3 times\n",
    "sendmail": sendmail(REAL, HANAKO, FAR, user=HANAKO, program="Becky! ver. 2"),
    "exim": exim(REAL, HANAKO, FAR, user=HANAKO, program="Becky!") + exim(REAL, HANAKO, FAR, subject="x", own_file=True),
    "qmail": qlog(REAL, HANAKO, FAR, user=HANAKO) + spamcontrol(REAL, HANAKO, FAR, user="u") + chkuser(REAL, HANAKO, FAR),
    "dovecot_rare": syslog("pop3-login", f"Login: u [{REAL}]")
    + syslog("dovecot", f"imap-login: proxy(u,10.0.0.1:993): Started proxying to <10.0.0.1> (<mail>) (0.01 secs): {RIP}"),
    "cyrus": syslog("cyrus/pop3", f"login: pc [{REAL}] u plaintext User logged in SESSIONID=<s>")
    + syslog("imap", f'event=login.good r.sessionid=s r.clienthost="pc [{REAL}]" u.username=u login.mech=PLAIN login.tls=1'),
    "uw": syslog("ipop3d", f"Login user=u host=pc.isp.example [{REAL}] nmsgs=3/3"),
    "popa3d": syslog("popa3d", f"Session from {REAL}", "Authentication passed for u"),
    "solid_pop3d": syslog("spop3d", f"user u authenticated - pc ({REAL})", f"connect from {REAL}"),
    "qpopper": syslog("popper", f'(v4.1.0) POP login by user "u" at (pc) {REAL}', f"Stats: u 0 0 3 8120 pc {REAL}"),
    "vpopmail": syslog("vpopmail", f"vchkpw-pop3: (PLAIN) login success {HANAKO}:{REAL}"),
    "teapop": syslog("teapop", f"Successful login for u [{POP}] from pc [{REAL}]"),
    "perdition": syslog("perdition", f'{PERDITION} protocol=POP3 server-secure=plaintext status="ok"'),
    "nginx": syslog("nginx", NGINX) + f"2026/05/04 12:00:00 [info] 812#0: *5 {NGINX}\n",
    "gnu_pop3d": syslog("gnu-pop3d", f"Connect from {REAL}", "User 'u' logged in with mailbox '/var/mail/u' (3 msgs)"),
    "cucipop": syslog("cucipop", f"u {REAL} 1400, 2 (3024), 0 (0)"),
    "qmail_popup": syslog("qmail-popup", f"pid 812 Accept::AUTH::User P:POP3 S:{REAL}:pc ?~ 'u'"),
}  # fmt: skip
EACH = [line.encode() for lines in LINES.values() for line in lines.splitlines()]
NAMED = {
    LOGINS: ("user",),
    MESSAGES: ("queue_id", "sasl_user", "sender", "message_id", "program", "code", "words"),
    SESSIONS: ("user", "queue_id"),
}
PIECES = (
    ": ",
    ":",
    "(",
    "[",
    "]",
    "rip=",
    ", ",
    "user=<",
    '"',
    "\\",
    " host=[",
    "to=<",
    "@",
    ">, ",
    " 1",
    "] from ",
    "'",
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.__name__.rpartition(".")[2])
def test_every_dialect_has_lines_here_that_it_understands(dialect, monkeypatch):
    name = dialect.__name__.rpartition(".")[2]
    monkeypatch.setattr(dialects, "DIALECTS", (dialect,))
    dialects._claims.cache_clear()
    try:
        events = said(LINES[name])
    finally:
        dialects._claims.cache_clear()
    assert not any(count.not_understood for count in events.programs.values())
    assert name == "syslogd" or any(table.num_rows for table in events.tables().values())


@st.composite
def mutated(draw) -> bytes:
    """A line of some program with bytes changed, cut, doubled, or with the end of another's."""
    line = draw(st.sampled_from(EACH))
    for _ in range(draw(st.integers(1, 3))):
        begin, end = sorted((draw(st.integers(0, len(line))), draw(st.integers(0, len(line)))))
        change = draw(st.sampled_from(["flip", "cut", "drop", "double", "splice", "put"]))
        if change == "flip" and begin < len(line):
            line = line[:begin] + bytes([draw(st.integers(0, 255))]) + line[begin + 1 :]
        elif change == "cut":
            line = line[:begin]
        elif change == "drop":
            line = line[:begin] + line[end:]
        elif change == "double":
            line = line[:end] + line[begin:]
        elif change == "splice":
            other = draw(st.sampled_from(EACH))
            line = line[:begin] + other[draw(st.integers(0, len(other))) :]
        elif change == "put":
            line = line[:begin] + draw(st.binary(max_size=12)) + line[begin:]
    return line.replace(b"\n", b"")


def foreign(lines: list[bytes]) -> list[str]:
    """Values of events that do not stand in the line which the event is of."""
    texts = [line.decode("utf-8", "replace") for line in lines]
    found = []
    for stream, table in said(b"\n".join(lines)).tables().items():
        for row in table.to_pylist():
            own = "\0".join(texts) if stream == MESSAGES else texts[row["line"] - 1]  # several lines make a message
            spelt = {canonical_ip(part.strip(":")) for part in re.findall(r"[0-9A-Fa-f:.]+", own)}
            words = [word for name in NAMED[stream] for word in re.split(r"[@ <>]", row[name] or "")]
            words.append(row["ip"] or "")
            found += [word for word in words if word not in own and word not in spelt]
    return found


@some
@given(st.lists(mutated(), min_size=1, max_size=8))
def test_a_damaged_line_yields_nothing_that_does_not_stand_in_it(lines):
    assert foreign(lines) == []


@some
@given(st.lists(st.tuples(st.sampled_from(EACH), st.integers(0, 120), st.binary(max_size=200)), min_size=1, max_size=6))
def test_arbitrary_bytes_behind_the_begin_of_any_line_do_not_raise(parts):
    said(b"\n".join(line[:size] + junk for line, size, junk in parts))


@some
@given(mutated(), st.lists(mutated(), max_size=3))
def test_a_line_of_a_login_tells_the_same_whatever_stands_around_it(line, others):
    def logins(lines: list[bytes]) -> list:
        rows = said(b"\n".join(lines)).tables()[LOGINS].to_pylist()
        return [(row["user"], row["ip"], row["service"], row["pid"]) for row in rows if row["line"] == len(lines) - 1]

    # The stamp of the line before the last decides the year of those without one: it is the same.
    last = HEAD.encode() + b"x: y"
    assert logins([*others, line, last]) == logins([line, last])


def spent(lines: list[bytes]) -> float:
    """Seconds of this process, in which other processes' work does not count."""
    block, begun = b"\n".join(lines), time.process_time()
    said(block)
    return time.process_time() - begun


@pytest.mark.parametrize("name", LINES)
def test_four_times_the_length_takes_about_four_times_as_long(name):
    def hostile(size: int) -> list[bytes]:
        """Each line of the program with each piece again and again: at its end, and in its middle."""
        made = []
        for line in LINES[name].encode().splitlines():
            head = line.find(b": ") + 2
            for piece in PIECES:
                for begin in {len(line), (len(line) + head) // 2}:
                    many = piece.encode() * ((size - len(line)) // len(piece))
                    made.append(line[:begin] + many + line[begin:])
        return made

    short, long = hostile(15_000), hostile(60_000)
    spent(short)
    # Squared it would be 16 times; a disturbed measurement is taken again.
    assert any(spent(long) < 9 * spent(short) + 0.05 for _ in range(5))
