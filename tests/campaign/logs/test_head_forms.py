"""The heads that few lines have: what is host, program, pid and text, whatever strangers write into it."""

import time
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.head_forms import rare_head
from campaign.logs.head_parts import own_name, unwrapped
from campaign.logs.own_heads import doubled
from campaign.logs.stamp_forms import ABSOLUTE, LOCAL, NO_STAMP, WITHOUT_YEAR
from campaign.logs.stamps import micros

NOON = micros(datetime(2026, 5, 4, 12, tzinfo=UTC))
CLOCK = 12 * 3600 * 1_000_000
MAY_4 = 5 * 32 + 4


class Head(NamedTuple):
    stamp: tuple[int, int, int]
    host: str
    tag: str
    pid: int
    text: str


def head(line: str | bytes, behind: bytes = b"") -> Head:
    raw = line if isinstance(line, bytes) else line.encode()
    stamp, places = rare_head(np.frombuffer(raw + behind, np.uint8), 0, len(raw))
    host, host_end, tag, tag_end, pid, text, text_end = places
    assert 0 <= host <= host_end <= len(raw) and 0 <= text <= text_end <= len(raw) and tag_end <= len(raw)
    name = own_name(tag) if tag < 0 else raw[tag:tag_end].decode("utf-8", "replace")
    return Head(tuple(stamp), raw[host:host_end].decode("utf-8", "replace"), name, pid,
                raw[text:text_end].decode("utf-8", "replace"))  # fmt: skip


BARE, HERE, ZULU = (WITHOUT_YEAR, CLOCK, MAY_4), (LOCAL, NOON, 0), (ABSOLUTE, NOON, 0)
SMTPD = ("mx1", "postfix/smtpd", 12, "text of it")
DATA = 'origin ip="192.0.2.1" x="]"'


@pytest.mark.parametrize(
    ("line", "found"),
    [
        # with priority: raw from the socket, and some relays
        ("<22>May  4 12:00:00 mx1 postfix/smtpd[12]: text of it", (BARE, *SMTPD)),
        ("<0>May 04 12:00:00 mx1 postfix/smtpd[12]: text of it", (BARE, *SMTPD)),
        ("<191>2026-05-04T12:00:00Z mx1 postfix/smtpd[12]: text of it", (ZULU, *SMTPD)),
        ("<22>May  4 12:00:00 postfix/smtpd[12]: text of it", (BARE, "", *SMTPD[1:])),
        # FreeBSD's syslogd -v
        ("May  4 12:00:00 <mail.info> mx1 postfix/smtpd[12]: text of it", (BARE, *SMTPD)),
        ("May  4 12:00:00 <2.6> mx1 postfix/smtpd[12]: text of it", (BARE, *SMTPD)),
        ("May  4 12:00:00 <mail.info> postfix/smtpd[12]: text of it", (BARE, "", *SMTPD[1:])),
        # RFC 5424
        ("<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - - text of it", (ZULU, *SMTPD)),
        ("1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - - text of it", (ZULU, *SMTPD)),
        ("<22>1 2026-05-04T21:00:00+09:00 mx1 postfix/smtpd 12 ID47 -  text of it", (ZULU, *SMTPD)),
        ("<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - - \ufefftext of it", (ZULU, *SMTPD)),
        ("<22>1 2026-05-04T12:00:00Z - - - - -", (ZULU, "", "", 0, "")),
        ("<22>1 2026-05-04T12:00:00Z mx1 dovecot - - - ", (ZULU, "mx1", "dovecot", 0, "")),
        ("<22>1 2026-05-04T12:00:00Z mx1 dovecot 7f3a - - t", (ZULU, "mx1", "dovecot", 0, "t")),
        (f"<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [{DATA}] text of it", (ZULU, *SMTPD)),
        (f"<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [{DATA}][b c=\"\"] text of it", (ZULU, *SMTPD)),
        ('<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [a b="\\"] - text \\\\"] text of it', (ZULU, *SMTPD)),
        ('<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [a b="\\]"][c] text of it', (ZULU, *SMTPD)),
        # syslogd's word for the line before
        ("May  4 12:00:00 mx1 last message repeated 3 times", (BARE, "mx1", "last message repeated", 0, "3 times")),
        ("May  4 12:00:00 last message repeated 3 times", (BARE, "", "last message repeated", 0, "3 times")),
        ("May  4 12:00:00 mx1 --- last message repeated 1 time ---",
         (BARE, "mx1", "last message repeated", 0, "1 time ---")),
        # Dovecot's own file
        ("dovecot: 2026-05-04 12:00:00 Info: pop3-login: Login: x", (HERE, "", "pop3-login", 0, "Login: x")),
        ("dovecot: May 04 12:00:00 Info: imap-login: Login: x", (BARE, "", "imap-login", 0, "Login: x")),
        ("dovecot: 2026-05-04 12:00:00 Info: IMAP(u): Disconnected", (HERE, "", "IMAP", 0, "Disconnected")),
        ("dovecot: 2026-05-04 12:00:00 Warning: Killed with signal 15", (HERE, "", "dovecot", 0, "Killed with signal 15")),
        ("pop3-login: May 04 12:00:00 Info: Login: u [192.0.2.1]", (BARE, "", "pop3-login", 0, "Login: u [192.0.2.1]")),
        ("2026-05-04 12:00:00 pop3-login: Info: Login: x", (HERE, "", "pop3-login", 0, "Info: Login: x")),
        ("2026-05-04 12:00:00 imap(u)<12><s>: Info: Logged out", (HERE, "", "imap", 0, "Info: Logged out")),
        # Exim's own file
        ("2026-05-04 12:00:00 1wJx2a-0000Vq-3Q <= a@b", (HERE, "", "exim", 0, "1wJx2a-0000Vq-3Q <= a@b")),
        ("2026-05-04 12:00:00 [12] 1wJx2a-0000Vq-3Q Completed", (HERE, "", "exim", 12, "1wJx2a-0000Vq-3Q Completed")),
        ("2026-05-04 21:00:00.000 +0900 [12] H=x", (ZULU, "", "exim", 12, "H=x")),
        ("2026-05-04 12:00:00 [192.0.2.1] x", (HERE, "", "exim", 0, "[192.0.2.1] x")),
        # nginx's own file
        ("2026/05/04 12:00:00 [info] 12#0: *5 client logged in", (HERE, "", "nginx", 12, "client logged in")),
        ("2026/05/04 12:00:00 [notice] 12#12: start worker", (HERE, "", "nginx", 12, "start worker")),
        ("2026/05/04 12:00:00 something else", (HERE, "", "nginx", 0, "something else")),
        # multilog, and what tai64nlocal makes of it
        ("@4000000069f88a4a00000000 new msg 5", (ZULU, "", "multilog", 0, "new msg 5")),
        ("@4000000069f88a4a00000000 status: local 0/10", (ZULU, "", "multilog", 0, "status: local 0/10")),
        ("@4000000069f88a4a00000000 INFO: LOGIN, user=u", (ZULU, "", "multilog", 0, "INFO: LOGIN, user=u")),
        ("@4000000069f88a4a00000000 qmail-smtpd: pid 5", (ZULU, "", "qmail-smtpd", 0, "pid 5")),
        ("@4000000069f88a4a00000000 vpopmail[12]: vchkpw-pop3: x", (ZULU, "", "vpopmail", 12, "vchkpw-pop3: x")),
        ("2026-05-04 12:00:00.000000000 new msg 5", (HERE, "", "multilog", 0, "new msg 5")),
    ],
)  # fmt: skip
def test_a_head_names_its_parts(line, found):
    assert head(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<",
        "<22>",
        "<22>text",
        "<192>May  4 12:00:00 mx1 postfix/smtpd[12]: text",
        "<1a>May  4 12:00:00 mx1 postfix/smtpd[12]: text",
        "<22>2 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - - text",
        "<22>1 - mx1 postfix/smtpd 12 - - text",
        "<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 -",
        "<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - text without data",
        '<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [a b="c] text',
        '<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [a b="c\\',
        '<22>1 2026-05-04T12:00:00Z mx1 postfix/smtpd 12 - [a b="c"]text',
        "dovecot: 2026-05-04 12:00:00 pop3-login: Login: x",
        "dovecot: pop3-login: Login: x",
        "login: user=<May  4 12:00:00 mx1 dovecot: pop3-login: Login: x",
        "INFO: LOGIN, user=u, ip=[192.0.2.1]",
    ],
)
def test_a_line_without_a_whole_head_has_none(line):
    assert head(line).stamp == (NO_STAMP, 0, 0)


def text_of(line: str) -> str:
    raw = line.encode()
    start, end = unwrapped(np.frombuffer(raw, np.uint8), 0, len(raw))
    return raw[start:end].decode()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("[ID 702911 mail.info] text", "text"),  # Solaris
        ("message repeated 3 times: [ text]", "text"),  # rsyslog
        ("message repeated 2 times: [text]", "text"),
        ("message repeated 12 times: [ text [192.0.2.1]]", "text [192.0.2.1]"),
        ("message repeated 3 times: [ text that was cut off", "text that was cut off"),
        ("[ID 702911 mail.info] message repeated 3 times: [ text]", "text"),
        ("message repeated 3 times: [", ""),
        ("message repeated 3 times: [ ]", ""),
        ("message repeated many times: [ text]", "message repeated many times: [ text]"),
        ("message repeated 0 times: [ text]", "message repeated 0 times: [ text]"),
        ("message-id=<x>", "message-id=<x>"),
        ("[ID 702911 mail.info]text", "[ID 702911 mail.info]text"),
        ("[ID", "[ID"),
        ("", ""),
    ],
)
def test_syslogs_wrapping_is_taken_off(line, text):
    assert text_of(line) == text


@pytest.mark.parametrize(
    ("line", "text", "pid"),
    [
        ("2026-05-04 12:00:00 [12] 1wJx2a-0000Vq-3Q Completed", "1wJx2a-0000Vq-3Q Completed", 12),
        ("2026-05-04 12:00:00 1wJx2a-0000Vq-3Q Completed", "1wJx2a-0000Vq-3Q Completed", 0),
        ("2026/05/04 12:00:00 [info] 12#0: *5 client logged in", "client logged in", 12),
        ("client logged in", "client logged in", 0),
    ],
)
def test_a_programs_own_head_behind_syslogs_is_skipped(line, text, pid):
    start, number = doubled(np.frombuffer(line.encode(), np.uint8), 0, len(line))
    assert (line[start:], number) == (text, pid)


@pytest.mark.parametrize("host", ["2001:db8::1", "::1", "192.0.2.1", "[192.0.2.1]", "mx1.isp.example", "a" * 255])
def test_a_host_is_the_word_that_stands_there(host):
    assert head(f"<22>1 2026-05-04T12:00:00Z {host} dovecot - - - x").host == host
    assert head(f"<22>May  4 12:00:00 {host} dovecot: x")[1:] == (host, "dovecot", 0, "x")


HOSTILE = [
    "<22>1 2026-05-04T12:00:00Z " + "h" * 1_000_000 + " dovecot - - - x",
    "<22>May  4 12:00:00 " + "h" * 1_000_000,
    "<22>May  4 12:00:00 mx1 " + "t" * 1_000_000,
    "<22>May  4 12:00:00 mx1 " + "[" * 1_000_000 + ":",
    '<22>1 2026-05-04T12:00:00Z mx1 dovecot - - [a b="' + "\\" * 1_000_000,
    "<22>1 2026-05-04T12:00:00Z mx1 dovecot - - " + "[" * 1_000_000,
    "<22>1 2026-05-04T12:00:00Z mx1 dovecot - - " + "[]" * 500_000,
    "<22>1 2026-05-04T12:00:00Z mx1 dovecot - - " + '["' * 500_000,
    "dovecot: " + "May  4 12:00:00 " * 60_000,
    "2026-05-04 12:00:00." + "1" * 1_000_000,
    "@4000000069f88a4a00000000 " + ":" * 1_000_000,
    "message repeated " * 60_000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_head_of_a_megabyte_costs_no_time(line):
    block = np.frombuffer(line.encode(), np.uint8)
    head(line[:50]), unwrapped(block, 0, 50)  # compiled
    began = time.process_time()
    rare_head(block, 0, block.size), unwrapped(block, 0, block.size)
    assert time.process_time() - began < 0.05


PIECES = st.sampled_from([
    b"<22>", b"1 ", b"May  4 12:00:00 ", b"2026-05-04T12:00:00Z ", b"2026-05-04 12:00:00", b"2026/05/04 12:00:00 ",
    b"@4000000069f88a4a00000000 ", b"mx1 ", b"dovecot: ", b"tag[12]: ", b"- ", b"[", b"]", b'"', b"\\", b" ", b"Info: ",
    b"[ID 1 mail.info] ", b"message repeated 2 times: [", b"last message repeated ", b"<mail.info> ", b"[info] ", b"12#0: ",
    b"*5 ", b"\xef\xbb\xbf", b".123", b"+0900 ", b"\x00", b"\xff",
])  # fmt: skip
LINES = st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=12).map(b"".join))


@given(LINES.filter(lambda line: b"\n" not in line), st.sampled_from([b"\n", b"]: [x] ", b'" ', b"0", b" : > # x"]))
def test_any_bytes_have_a_head_or_none_and_nothing_behind_the_line_is_read(line, behind):
    assert head(line) == head(line, behind)
    alone, inside = np.frombuffer(line, np.uint8), np.frombuffer(line + behind, np.uint8)
    assert unwrapped(alone, 0, len(line)) == unwrapped(inside, 0, len(line))
    assert doubled(alone, 0, len(line)) == doubled(inside, 0, len(line))
