"""Lines that begin like those that count and go on otherwise: counted, so that a new format is seen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from login_lines import REAL, logins, not_understood, read, syslog

from campaign.logs.dialects import Reader
from campaign.logs.stamps import micros

Q = "4g1BzT3Vq5z1"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("dovecot", f"pop3-login: Login user=<u>, method=PLAIN, rip={REAL}"),
        ("dovecot", f"imap-login: Login  user=<u>, method=PLAIN, rip={REAL}"),
        ("dovecot", f"pop3-login: Logged in user=<u>, method=PLAIN, rip={REAL}"),
        ("dovecot", f"pop3-login: Login: rip={REAL}, user=<u>, method=PLAIN"),
        ("dovecot", f"pop3-login: Login: user=<u>, rip={REAL}, method=PLAIN"),
        ("dovecot", f"imap-login: Logged in: rip={REAL}, user=<u>"),
        ("dovecot", f"pop3-login: Login: two words [{REAL}]"),
        ("pop3-login", f"Info: Login user=<u>, method=PLAIN, rip={REAL}"),
        ("postfix/smtpd", f"{Q}: client unknown 203.0.113.8"),
        ("postfix/smtpd", f"{Q}: client: unknown[203.0.113.8]"),
        ("postfix/smtpd", f"{Q}: client"),
        ("postfix/smtpd", "NOQUEUE: client unknown[203.0.113.8]"),
        ("postfix/cleanup", f"{Q}: message-id <1@isp.example>"),
        ("postfix/qmgr", f"{Q}: from <u@isp.example>, size=1, nrcpt=1"),
        ("postfix/smtp", f"{Q}: to f@elsewhere.example, relay=x[::1]:25, status=sent (k)"),
    ],
)
def test_what_is_nearly_a_line_that_counts_is_counted_as_not_understood(tag, text):
    lines = syslog(tag, text)
    assert not_understood(lines) == 1
    assert logins(lines) == [] and not read(lines).tables()["messages"].num_rows


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("dovecot", f"pop3-login: Login failed: user=<u>, method=PLAIN, rip={REAL}"),
        ("dovecot", f"pop3-login: Login aborted: Connection closed (no auth attempts in 0 secs): user=<>, rip={REAL}"),
        ("dovecot", f"pop3-login: Aborted login (auth failed, 1 attempts in 2 secs): user=<u>, rip={REAL}"),
        ("dovecot", f"managesieve-login: Login user=<u>, method=PLAIN, rip={REAL}"),
        ("dovecot", "imap(u): Logged out in=1 out=2"),
        ("dovecot", "pop3-login: Login"),
        ("pop3-login", "Logged in"),
        ("postfix/smtpd", "clients are many"),
        ("postfix/smtpd", f"{Q}: reject: RCPT from h[192.0.2.1]: 554; client unknown"),
        ("postfix/cleanup", f"{Q}: message-ids were removed"),
        ("postfix/cleanup", f"{Q}: warning: header Subject: message-id 1 from h[192.0.2.2]; from=<a> to=<b>"),
        ("postfix/qmgr", f"{Q}: removed"),
        ("postfix/smtp", f"{Q}: tossed"),
        ("postfix/smtp", f"{Q}: host h[192.0.2.1] said: 450 to <x>"),
    ],
)
def test_lines_of_something_else_are_none_of_these(tag, text):
    assert not_understood(syslog(tag, text)) == 0


def test_a_line_of_the_future_is_told_by_itself_and_not_counted_as_not_understood():
    text = syslog("dovecot", f"pop3-login: Login user=<u>, rip={REAL}") + "2999-01-01T00:00:00Z pop1 dovecot: x\n"
    block = np.frombuffer(text.encode(), np.uint8)
    latest = micros(datetime(2026, 6, 1, tzinfo=UTC))
    reader = Reader(zone=ZoneInfo("UTC"), local_domains=(), latest=latest, written_on=date(2026, 6, 1), year=2026)
    found, wrong = reader.events(block, *reader.heads(block), 1)
    assert len(wrong) == 1 and wrong[0].startswith("2: time stamp in the future")
    (by_source,) = found.sources.values()
    assert (by_source.lines, by_source.not_understood) == (1, 1)
    assert (found.programs["dovecot"].lines, found.programs["dovecot"].not_understood) == (1, 1)
    assert found.programs["dovecot"].line == 1
