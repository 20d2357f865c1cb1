"""The heads of whole blocks: common and rare ones side by side, in the order of the file."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.dialects import WITHOUT_STAMP, Reader
from campaign.logs.events import Events
from campaign.logs.lines import Heads, heads
from campaign.logs.stamp_forms import NO_STAMP
from campaign.logs.stamps import EPOCH, moment

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LOGIN = "pop3-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9, mpid=1, TLS, session=<s>"


def block(*lines: str | bytes) -> np.ndarray:
    return np.frombuffer(b"".join((x.encode() if isinstance(x, str) else x) + b"\n" for x in lines), np.uint8)


def reader(**given) -> Reader:
    values = {"zone": ZoneInfo("UTC"), "local_domains": {"isp.example"}, "latest": 2**62, "written_on": NOON.date()}
    return Reader(**values | given)


def events(*lines: str, **given) -> Events:
    read, data = reader(**given), block(*lines)
    return read.events(data, *read.heads(data), 1)[0]


def parts(*lines: str) -> list[tuple[str, str, int, str]]:
    """Host, program, pid and text of every line."""
    data = block(*lines)
    found = heads(data)
    return [
        (found.hosts[found.host[row]], found.tags[found.tag[row]], int(found.pid[row]),
         data[found.text[row] : found.end[row]].tobytes().decode())
        for row in range(found.start.size)
    ]  # fmt: skip


def test_every_form_may_stand_in_one_file():
    assert parts(
        "May  4 12:00:00 mx1 postfix/smtpd[12]: one",
        "<22>1 2026-05-04T12:00:00Z mx2 postfix/smtpd 12 - - two",
        "May  4 12:00:00 mx1 postfix/smtpd[12]: three\r",
        "2026-05-04 12:00:00 [5] four",
        "May  4 12:00:00 <mail.info> mx1 postfix/smtpd[12]: five",
        "2026/05/04 12:00:00 [info] 7#0: *1 six",
        "May  4 12:00:00 mx1 last message repeated 3 times",
        "2026-05-04T12:00:00Z mx1 postfix/smtpd[12]: message repeated 2 times: [ seven]",
        "May  4 12:00:00 mx1 postfix/smtpd[12]: [ID 197553 mail.info] eight",
        "2026-05-04 12:00:00 nine",
    ) == [
        ("mx1", "postfix/smtpd", 12, "one"),
        ("mx2", "postfix/smtpd", 12, "two"),
        ("mx1", "postfix/smtpd", 12, "three"),
        ("", "exim", 5, "four"),
        ("mx1", "postfix/smtpd", 12, "five"),
        ("", "nginx", 7, "six"),
        ("mx1", "last message repeated", 0, "3 times"),
        ("mx1", "postfix/smtpd", 12, "seven"),
        ("mx1", "postfix/smtpd", 12, "eight"),
        ("", "exim", 0, "nine"),
    ]


def test_a_line_without_a_head_does_not_change_the_host_of_the_next():
    lines = ["May  4 12:00:00 mx1 tag: x", "May  4 12:00:00 mx2 tag: x", "no stamp", "May  4 12:00:00 mx2 tag: x"]
    assert [host for host, *_ in parts(*lines)][3] == "mx2"


def test_postfix_and_dovecot_may_write_without_syslog():
    assert parts(
        "May 04 12:00:00 mx1 postfix/smtpd[12]: connect from x[192.0.2.1]",  # maillog_file
        "May 04 12:00:00 pop3-login: Info: Login: x",  # log_path
    ) == [("mx1", "postfix/smtpd", 12, "connect from x[192.0.2.1]"), ("", "pop3-login", 0, "Info: Login: x")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("exim[12]: 2026-05-04 12:00:00 1wJx2a-0000Vq-3Q Completed", ("exim", 12, "1wJx2a-0000Vq-3Q Completed")),
        ("exim4: 2026-05-04 12:00:00 +0000 [7] Start queue run", ("exim4", 7, "Start queue run")),
        ("exim[12]: 1wJx2a-0000Vq-3Q Completed", ("exim", 12, "1wJx2a-0000Vq-3Q Completed")),
        ("nginx: 2026/05/04 12:00:00 [info] 7#0: *1 client logged in", ("nginx", 7, "client logged in")),
        ("other: 2026/05/04 12:00:00 [info] 7#0: x", ("other", 0, "2026/05/04 12:00:00 [info] 7#0: x")),
    ],
)
def test_a_head_that_stands_twice_is_read_once(line, found):
    assert parts(f"May  4 12:00:00 mx1 {line}") == [("mx1", *found)]


@pytest.mark.parametrize(
    "head",
    [
        "May  4 12:00:00 pop1 dovecot: ",
        "<22>May  4 12:00:00 pop1 dovecot: ",
        "May  4 12:00:00 <mail.info> pop1 dovecot: ",
        "2026-05-04T12:00:00Z pop1 dovecot[812]: [ID 197553 mail.info] ",
        "<22>1 2026-05-04T21:00:00.000000+09:00 pop1 dovecot - - - ",
        '<22>1 2026-05-04T12:00:00Z pop1 dovecot 812 - [a b="\\"]: pop3-login: Login: user=<x>"] ',
        "<22>1 2026-05-04T12:00:00Z 2001:db8::1 dovecot 812 - - \ufeff",
        "dovecot: 2026-05-04 12:00:00 Info: ",
        "dovecot: May 04 12:00:00 Info: ",
        "@4000000069f88a4a00000000 dovecot: ",
    ],
)
def test_a_login_is_a_login_behind_every_form_of_head(head):
    rows = events(head + LOGIN).tables()["logins"].to_pylist()
    assert [(moment(row["moment"]), row["user"], row["ip"]) for row in rows] == [(NOON, "u", "192.0.2.1")]


@pytest.mark.parametrize("wrapped", ["message repeated 2 times: [ {}]", "[ID 197553 mail.info] {}"])
def test_a_wrapped_login_is_one(wrapped):
    rows = events("May  4 12:00:00 pop1 dovecot: " + wrapped.format(LOGIN)).tables()["logins"].to_pylist()
    assert [(row["user"], row["ip"]) for row in rows] == [("u", "192.0.2.1")]


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("May  4 12:00:00 mx1 last message repeated 3 times", "last message repeated"),
        ("May  4 12:00:00 mx1 syslogd: restart", "syslogd"),
        ("May  4 12:00:00 mx1 newsyslog[812]: logfile turned over", "newsyslog"),
        ('May  4 12:00:00 mx1 rsyslogd: [origin software="rsyslogd"] rsyslogd was HUPed', "rsyslogd"),
    ],
)
def test_what_a_syslog_daemon_says_of_itself_is_known_and_tells_of_nobody(line, program):
    found = events(line)
    assert (found.programs[program].lines, found.programs[program].not_understood) == (1, 0)
    assert not any(table.num_rows for table in found.tables().values())


def times(*lines: str, **given) -> list[str]:
    read, data = reader(**given), block(*lines)
    return [(EPOCH if at < 0 else moment(int(at))).strftime("%Y-%m-%d %H:%M:%S") for at in read.heads(data)[1]]


def test_years_turn_from_line_to_line_whatever_their_form():
    assert times(
        "<22>Dec 31 23:59:59 mx1 dovecot: x",
        "Jan  1 00:00:00 mx1 dovecot: x",
        "Dec 31 23:59:59 <mail.info> mx1 dovecot: x",  # late
        "dovecot: Jan 01 00:00:01 Info: x",
        "<22>Feb 28 23:59:59 mx1 dovecot: x",
        year=2025,
    ) == ["2025-12-31 23:59:59", "2026-01-01 00:00:00", "2025-12-31 23:59:59", "2026-01-01 00:00:01", "2026-02-28 23:59:59"]  # fmt: skip


def test_29_february_is_a_day_of_leap_years_only():
    assert times("<22>Feb 29 12:00:00 mx1 dovecot: x", year=2024) == ["2024-02-29 12:00:00"]
    count = events(f"<22>Feb 29 12:00:00 mx1 dovecot: {LOGIN}", year=2026).programs[WITHOUT_STAMP]
    assert count.not_understood == 1


def test_local_stamps_are_read_in_the_zone_of_the_source_and_others_are_not():
    tokyo = {"zone": ZoneInfo("Asia/Tokyo"), "written_on": date(2026, 5, 5)}
    assert (
        times(
            "2026-05-04 21:00:00 exim",
            "2026/05/04 21:00:00 [info] 7#0: x",
            "dovecot: 2026-05-04 21:00:00 Info: x",
            "<22>May  4 21:00:00 mx1 dovecot: x",
            "2026-05-04 12:00:00 +0000 exim",
            "@4000000069f88a4a00000000 multilog",
            **tokyo,
        )
        == ["2026-05-04 12:00:00"] * 6
    )


def as_rows(found: Heads) -> list[tuple]:
    """Everything but where in the block it stands."""
    return [
        (found.stamp[row], found.value[row], found.day[row], found.hosts[found.host[row]], found.tags[found.tag[row]],
         found.pid[row], found.text[row] - found.start[row], found.end[row] - found.start[row])
        for row in range(found.start.size) if found.stamp[row] != NO_STAMP
    ]  # fmt: skip


FORMS = [
    b"May  4 12:00:00 mx1 postfix/smtpd[12]: x", b"<22>May  4 12:00:00 mx1 tag: x", b"<22>1 2026-05-04T12:00:00Z h a 1 - - x",
    b"2026-05-04 12:00:00 [1] x", b"2026/05/04 12:00:00 [info] 7#0: x", b"@4000000069f88a4a00000000 x",
    b"May  4 12:00:00 mx1 last message repeated 2 times", b"dovecot: 2026-05-04 12:00:00 Info: x: y",
    b"May  4 12:00:00 mx2 postfix/smtpd[12]: x", b"May  4 12:00:00 mx tag: x", b"May  4 12:00:00 tag: x", b"", b"mx1 no stamp",
    b"May  4 12:00:00 mx1 exim: 2026-05-04 12:00:00 x", b"May  4 12:00:00 mx1 a: message repeated 2 times: [ x]",
]  # fmt: skip
LINES = st.lists(st.sampled_from(FORMS) | st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"")), min_size=1)


@given(LINES)
def test_a_line_has_the_same_head_wherever_it_stands(lines):
    alone = [row for line in lines for row in as_rows(heads(block(line)))]
    assert as_rows(heads(block(*lines))) == alone
