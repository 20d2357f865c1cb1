"""Lines as the daemons write them, and the events that must come out of them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loglines import message

from campaign.logs.dialects import LONGEST, WITHOUT_STAMP, Reader
from campaign.logs.events import Events
from campaign.logs.stamps import YearState, micros

TOKYO = ZoneInfo("Asia/Tokyo")
FAR_AWAY = 2**62
HEAD = "May  4 12:00:00 mx1 "
NOON = micros(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))


def read(text: str | bytes, **given) -> tuple[Events, list[str]]:
    values = {"zone": TOKYO, "local_domains": {"isp.example"}, "latest": FAR_AWAY, "written_on": date(2026, 6, 1)}
    reader = Reader(**values | given)
    block = np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)
    return reader.events(block, *reader.heads(block), 1)


def logins(text: str, **given) -> list[tuple[str, str]]:
    return [(row["user"], row["ip"]) for row in read(text, **given)[0].tables()["logins"].to_pylist()]


def messages(text: str, *columns: str) -> list[tuple]:
    return [tuple(row[name] for name in columns) for row in read(text)[0].tables()["messages"].to_pylist()]


def times(text: str, **given) -> list[datetime]:
    rows = read(text, **given)[0].tables()["logins"].to_pylist()
    return [datetime.fromtimestamp(row["moment"] / 1e6, UTC) for row in rows]


LOGIN = "dovecot: pop3-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9, mpid=1, TLS, session=<s>"
U = [("u", "192.0.2.1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LOGIN, U),
        (LOGIN.replace("pop3", "imap"), U),
        (LOGIN.replace("Login:", "Logged in:"), U),  # 2.4
        ("dovecot[812]: pop3-login: Login: user=<u>, method=PLAIN, rip=::ffff:192.0.2.1, lip=::ffff:192.0.2.9", U),  # 1.x
        ("dovecot: imap-login: Login: user=<u>, method=PLAIN, rip=2001:DB8::1, lip=::1", [("u", "2001:db8::1")]),
        ("dovecot: imap-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1", U),
        ("dovecot: pop3-login: Login: user=<rip=9.9.9.9, lip=1.1.1.1>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9",
         [("rip=9.9.9.9, lip=1.1.1.1", "192.0.2.1")]),
        ("dovecot: pop3-login: Login: user=<x>, method=PLAIN, rip=9.9.9.9, lip=8.8.8.8>, method=PLAIN, rip=192.0.2.1",
         [("x>, method=PLAIN, rip=9.9.9.9, lip=8.8.8.8", "192.0.2.1")]),
        ("dovecot: pop3-login: Aborted login (auth failed, 1 attempts): user=<u>, method=PLAIN, rip=192.0.2.1", []),
        ("dovecot: pop3-login: Disconnected (auth failed, 3 attempts): user=<Login: user=<u>, method=PLAIN, rip=9.9.9.9>",
         []),
        ("dovecot: imap(u): Logged out in=1 out=2", []),
        ("dovecot: managesieve-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9", []),
        ("dovecot: submission-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9", []),
        ("dovecot: pop3-login: Login: user=<u>, method=PLAIN, rip=nonsense, lip=192.0.2.9", []),
        ("dovecot: pop3-login: Login: user=<>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9", []),
        ("popper[1]: " + LOGIN, []),  # another program's text
    ],
)  # fmt: skip
def test_a_login_is_what_dovecot_itself_says_is_one(text, found):
    assert logins(HEAD + text + "\n") == found


def test_dovecots_own_file_has_the_service_where_syslog_has_the_program():
    text = "May 04 12:00:00 imap-login: Info: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.9\n"
    row = read(text)[0].tables()["logins"].to_pylist()[0]
    assert (row["user"], row["ip"], row["service"], row["host"]) == ("u", "192.0.2.1", "imap", "")


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("May  4 12:00:00", "2026-05-04T03:00:00+00:00"),
        ("May 04 12:00:00", "2026-05-04T03:00:00+00:00"),
        ("2026-05-04T12:00:00+09:00", "2026-05-04T03:00:00+00:00"),
        ("2026-05-04T12:00:00.123456+09:00", "2026-05-04T03:00:00.123456+00:00"),
        ("2026-05-04T12:00:00.5Z", "2026-05-04T12:00:00.500000+00:00"),
        ("2026-05-04T12:00:00-0330", "2026-05-04T15:30:00+00:00"),
        ("2026-05-04T12:00:00", "2026-05-04T03:00:00+00:00"),
        ("2024-02-29T23:59:60Z", "2024-03-01T00:00:00+00:00"),
    ],
)
def test_stamps(stamp, utc):
    assert times(f"{stamp} pop1 {LOGIN}\n") == [datetime.fromisoformat(utc)]


@pytest.mark.parametrize(
    "stamp",
    ["May 32 12:00:00", "Mai  4 12:00:00", "May  4 25:00:00", "Feb 30 12:00:00", "2026-13-04T12:00:00Z",
     "2026-02-29T12:00:00Z", "2026-05-04T12:00:00+99:00", "May  4 12:00", ""],
)  # fmt: skip
def test_what_is_no_stamp_is_counted_and_shown(stamp):
    events, _ = read(f"{stamp} pop1 {LOGIN}\n")
    assert not events.tables()["logins"].num_rows
    assert events.programs[WITHOUT_STAMP].not_understood == 1
    assert stamp in events.programs[WITHOUT_STAMP].example


def test_the_year_turns_where_the_month_falls_back():
    text = "".join(
        f"{day} 12:00:00 pop1 {LOGIN}\n" for day in ("Nov 30", "Dec 31", "Jan  1", "Dec 31", "Jan  2", "Feb  1")
    )
    assert [at.year for at in times(text, year=2025)] == [2025, 2025, 2026, 2025, 2026, 2026]


def test_a_line_late_by_seconds_at_the_end_of_a_month_turns_no_year():
    text = "".join(f"{at} pop1 {LOGIN}\n" for at in ("Mar  1 00:00:01", "Feb 28 23:59:59", "Mar  1 00:00:02"))
    assert [(at.year, at.month) for at in times(text, year=2026, zone=UTC)] == [(2026, 3), (2026, 2), (2026, 3)]


@pytest.mark.parametrize(
    ("written_on", "year"), [(date(2026, 6, 1), 2026), (date(2026, 5, 3), 2026), (date(2026, 5, 2), 2025)]
)
def test_without_a_year_the_first_stamp_is_never_later_than_the_file(written_on, year):
    assert times(f"May  4 12:00:00 pop1 {LOGIN}\n", written_on=written_on)[0].year == year


def test_the_year_goes_on_where_an_earlier_reading_left_it():
    found = times(f"Jan  2 12:00:00 pop1 {LOGIN}\n", state=YearState(2025, 12, 31))
    assert found[0].year == 2026


def test_a_day_on_which_the_clocks_change_is_read_hour_by_hour():
    berlin = ZoneInfo("Europe/Berlin")
    text = "".join(f"Mar 29 {hour}:30:00 pop1 {LOGIN}\n" for hour in ("01", "03"))
    assert [at.hour for at in times(text, zone=berlin)] == [0, 1]


def test_a_time_in_the_future_is_said_with_its_line_and_left_out():
    limit = micros(datetime(2026, 5, 4, tzinfo=UTC))
    events, wrong = read(f"2026-05-03T12:00:00Z a {LOGIN}\n2031-01-01T00:00:00Z a {LOGIN}\n", latest=limit)
    assert events.tables()["logins"].num_rows == 1
    assert wrong == ["2: time stamp in the future (2031-01-01T00:00:00Z); line left out"]


def test_a_line_of_a_megabyte_is_said_with_its_number_and_the_rest_is_read():
    events, wrong = read(f"{HEAD}{LOGIN}\n{HEAD}postfix/smtpd[1]: {'x' * 1_000_000}\n{HEAD}{LOGIN}\n")
    assert events.tables()["logins"].num_rows == 2
    assert len(wrong) == 1
    assert wrong[0].startswith("2: line of 1000038 bytes left out") and str(LONGEST) in wrong[0]


AMAVIS = '(7-1) Passed CLEAN, [192.0.2.7] <a@b.example> -> <c@d.example>, Subject: "my divorce"'


def test_lines_of_unknown_programs_are_counted_with_an_example_of_their_shape():
    events, _ = read(f"{HEAD}amavis[7]: {AMAVIS}\n{HEAD}{LOGIN}\n")
    count = events.programs["amavis"]
    assert (count.lines, count.not_understood, count.at) == (1, 1, NOON)
    assert count.example == "2026-05-04 12:00:00 mx1 amavis: (#-#) Passed CLEAN, […] <…@…> -> <…@…>, Subject …"
    assert events.programs["dovecot"].not_understood == 0


@pytest.mark.parametrize(
    ("line", "program", "example"),
    [
        (
            f"{HEAD}dovecot: imap-login: Login: user=<hanako>, method=PLAIN, rip=192.0.2.300",
            "dovecot",
            "2026-05-04 12:00:00 mx1 dovecot: imap-login: Login: user=<…>, method=…, rip=…",
        ),
        (f"{HEAD}hanako from 192.0.2.7", "", "2026-05-04 12:00:00 … # … from …"),
        ("hanako from 192.0.2.7", WITHOUT_STAMP, "… from …"),
        (f"{HEAD}hanako@isp.example: login", "…@…", "2026-05-04 12:00:00 mx1 …@…: login"),
        ("May  4 12:00:00 192.0.2.7: login", "…", "2026-05-04 12:00:00 …: login"),
    ],
)
def test_no_line_leaves_more_than_its_shape_whoever_wrote_it(line, program, example):
    events, _ = read(f"{line}\n")
    assert {name: count.example for name, count in events.programs.items()} == {program: example}
    assert not {"hanako", "192.0.2.7"} & {part for source in events.sources for part in source}


def test_the_first_line_that_may_still_be_kept_is_the_example():
    text = "".join(f"May  {day} 12:00:00 mx1 strangerd: user {day}\n{kind}\n" for day, kind in ((3, "a"), (4, "b b")))
    events, _ = read(text, examples_from=NOON)
    assert events.programs["strangerd"].example.startswith("2026-05-04")
    assert events.programs[WITHOUT_STAMP].at == NOON  # of the line before it
    events, _ = read(text, examples_from=NOON + 1)
    assert {(count.not_understood, count.example, count.at) for count in events.programs.values()} == {(2, "", 0)}


def test_a_time_stamp_of_the_future_dates_no_example():
    events, wrong = read("9999-12-31T23:59:59Z mx1 strangerd: user\nbehind it\n", latest=NOON)
    assert len(wrong) == 1 and list(events.programs) == ["(no time stamp)"]
    assert (events.programs["(no time stamp)"].at, events.programs["(no time stamp)"].line) == (0, 2)


def test_of_a_line_of_the_future_nothing_is_said_but_its_time():
    _, wrong = read("9999-12-31T23:59:59-09:00 mx1 hanako came from 192.0.2.7\n", latest=NOON)
    assert wrong == ["1: time stamp in the future (10000-01-01T08:59:59Z); line left out"]


def test_bytes_that_are_no_utf8_do_no_harm():
    events, wrong = read(f"{HEAD}{LOGIN}\n".encode().replace(b"user=<u>", b"user=<\xff\xfe>"))
    assert events.tables()["logins"].to_pylist()[0]["user"] == "��"
    assert not wrong


def test_line_ends_of_windows_do_no_harm():
    assert (
        logins(f"{HEAD}{LOGIN}\r\n{HEAD}dovecot: imap-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1\r\n") == U * 2
    )


Q = "4g1BzT3qLzz9rH"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"postfix/smtpd[1]: {Q}: client=h.example[192.0.2.1]", ("postfix", Q, "192.0.2.1", None, False)),
        ("postfix/smtpd[1]: 9F2B3C: client=h[192.0.2.1]:4711", ("postfix", "9F2B3C", "192.0.2.1", None, False)),
        (f"postfix/submission/smtpd[1]: {Q}: client=h[2001:DB8::1], sasl_method=PLAIN, sasl_username=u@isp.example",
         ("postfix", Q, "2001:db8::1", "u@isp.example", False)),
        (f"postfix-out/10025/smtpd[1]: {Q}: client=h[192.0.2.1], sasl_method=LOGIN, sasl_username=a, b=c, sasl_sender=x",
         ("postfix-out", Q, "192.0.2.1", "a, b=c", False)),
        (f"postfix/smtpd[1]: {Q}: client=l[127.0.0.1], orig_queue_id=9F2B3D, orig_client=h[192.0.2.1]",
         ("postfix", Q, "127.0.0.1", None, True)),
        (f"postfix/smtpd[1]: {Q}: client=h[192.0.2.1], sasl_method=PLAIN, sasl_username=u, orig_queue_id=9F2B3D, "
         "orig_client=h[192.0.2.8]", ("postfix", Q, "192.0.2.1", "u", True)),
    ],
)  # fmt: skip
def test_an_acceptance(text, found):
    assert messages(f"{HEAD}{text}\n", "mta", "queue_id", "ip", "sasl_user", "passed_on") == [found]


@pytest.mark.parametrize(
    "text",
    [
        "postfix/smtpd[1]: NOQUEUE: client=h[192.0.2.1]",
        "postfix/smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.1]: 554; from=<a> to=<b> proto=ESMTP helo=<4g1BzT: client=x[9.9.9.9]>",
        f"postfix/smtpd[1]: {Q}: client=unknown[unknown]",
        f"postfix/smtp[1]: {Q}: client=h[192.0.2.1]",
        f"other/thing[1]: {Q}: client=h[192.0.2.1]",
        f"postfix/cleanup[1]: {Q}: warning: header Subject: client=h[192.0.2.1] from h[192.0.2.2]; from=<a> to=<b>",
        "postfix/smtpd[1]: warning: hostname h does not resolve to address 192.0.2.1",
        f"postfix/qmgr[1]: {Q}: skipped, still being delivered",
        f"postfix/smtp[1]: {Q}: to=<probe@x.example>, relay=h[192.0.2.1]:25, dsn=2.1.5, status=deliverable (250 ok)",
        f"postfix/smtp[1]: {Q}: host h[192.0.2.1] said: 450 to=<x>, relay=y, status=sent (in reply to RCPT TO)",
    ],
)
def test_what_only_looks_like_a_step_is_none(text):
    assert messages(f"{HEAD}{text}\n", "queue_id") == []


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        (f"postfix/cleanup[1]: {Q}: message-id=<a@b>", "message_id", "<a@b>"),
        (f"postfix/cleanup[1]: {Q}: message-id=", "message_id", ""),
        (f"postfix/authclean/cleanup[1]: {Q}: info: header X-Mailer: iPhone Mail (22F76) from h[192.0.2.1]; from=<a> to=<b>",
         "program", "iPhone Mail (22F76)"),
        (f"postfix/cleanup[1]: {Q}: warning: header User-Agent: mail from mars from h[192.0.2.1]; from=<a> to=<b>",
         "program", "mail from mars"),
        (f"postfix/qmgr[1]: {Q}: from=<a@b>, size=812, nrcpt=1 (queue active)", "sender", "a@b"),
        (f"postfix/qmgr[1]: {Q}: from=<>, size=812, nrcpt=1 (queue active)", "sender", ""),
        (f'postfix/qmgr[1]: {Q}: from=<"x>, size=1"@b>, size=812, nrcpt=1 (queue active)', "sender", '"x>, size=1"@b'),
        (f"postfix/qmgr[1]: {Q}: from=<a@b>, status=expired, returned to sender", "status", "expired"),
        (f"postfix/qmgr[1]: {Q}: removed", "removed", NOON),
        (f"postfix/postsuper[1]: {Q}: removed", "removed", NOON),
    ],
)  # fmt: skip
def test_the_other_steps(text, column, value):
    assert messages(f"{HEAD}{text}\n", column, "accepted") == [(value, None)]


@pytest.mark.parametrize(
    ("recipient", "remote"),
    [
        ("to=<x@elsewhere.example>", True),
        ("to=<x@ISP.example>", False),
        ("to=<x@elsewhere.example>, orig_to=<y@isp.example>", False),
        ("to=<x@isp.example>, orig_to=<y@elsewhere.example>", True),
        ("to=<root@mx1.local>, orig_to=<root>", False),
        ("to=<x@sub.isp.example>", True),
        ('to=<"a, relay=b"@elsewhere.example>', True),
    ],
)
def test_a_recipient_is_local_or_remote_as_it_was_accepted(recipient, remote):
    text = (
        f"{HEAD}postfix/smtp[1]: {Q}: {recipient}, relay=h[203.0.113.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n"
    )
    assert messages(text, "remote", "status", "code", "attempt") == [(remote, "sent", "2.0.0", NOON)]


def test_the_words_of_a_refusal_are_kept_without_addresses():
    text = f"{HEAD}postfix/smtp[1]: {Q}: to=<x@a.example>, relay=none, delay=1, dsn=5.1.1, status=bounced (550 <x@a.example> unknown)\n"
    assert messages(text, "status", "code", "words") == [("bounced", "5.1.1", "(550 <…@…> unknown)")]


def test_no_recipient_and_no_subject_leaves_a_line():
    lines = (
        f"postfix/smtp[1]: {Q}: to=<secret@a.example>, relay=h[192.0.2.1]:25, dsn=2.0.0, status=sent (250 secret@a.example)",
        f"postfix/cleanup[1]: {Q}: info: header Subject: secret from h[192.0.2.1]; from=<a> to=<secret@a.example>",
        f"postfix/cleanup[1]: {Q}: info: header X-Mailer: M from h[192.0.2.1]; from=<a> to=<secret@a.example> helo=<h>",
    )
    events, _ = read("".join(f"{HEAD}{line}\n" for line in lines))
    assert "secret" not in str(events.tables()["messages"].to_pylist())
    assert "secret" not in str(events.programs)


def test_all_steps_of_a_message_are_one_row_and_each_life_of_a_queue_id_another():
    first = message("192.0.2.1", "a@isp.example", "x@elsewhere.example", qid="9F2B3C", message_id="1@pc", sasl="a")
    second = message(
        "192.0.2.1", "", "b@isp.example", "c@isp.example", qid="9F2B3C", message_id="2@pc", program="Becky! 2"
    )
    assert messages(first + second, "message_id", "sasl_user", "sender", "program", "remote", "removed") == [
        ("<1@pc>", "a", "a@isp.example", None, True, NOON),
        ("<2@pc>", None, "", "Becky! 2", False, NOON),
    ]


def test_a_delivery_line_that_comes_after_removed_still_belongs_to_its_message():
    *lines, delivery, removed = message("192.0.2.1", "a@isp.example", "x@elsewhere.example").splitlines(keepends=True)
    assert messages("".join([*lines, removed, delivery]), "remote", "status") == [(True, "sent")]


def test_what_a_filter_on_the_host_took_over_is_not_delivered_yet():
    text = f"{HEAD}postfix/smtp[1]: {Q}: to=<x@isp.example>, relay=127.0.0.1[127.0.0.1]:10024, dsn=2.0.0, status=sent (250 ok)\n"
    assert messages(text, "queue_id", "status") == [(Q, None)]


@given(st.lists(st.binary(max_size=60)), st.integers(0, 5))
def test_arbitrary_bytes_never_raise(pieces, repeated):
    parts = [HEAD.encode(), b"postfix/smtpd[1]: ", b"4AAAAAAAA: client=", b"dovecot: ", b"pop3-login: Login: user=<", b"\n",
             b">, method=", b", rip=", b"[", b"]", b"to=<", b">, relay=", b", status=sent"]  # fmt: skip
    mixed = b"".join(
        part for piece in pieces for part in (parts[len(piece) % len(parts)], piece) for _ in range(repeated)
    )
    if mixed:
        read(mixed)
