"""What a log of many years holds to mislead: whoever is named must be right all the same."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from loglines import NOON, login, message, minutes, smtpd, stamp

from campaign.logs.files import LogFile
from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

HANAKO, TARO, AKIRA = "hanako@isp.example", "taro@isp.example", "akira@isp.example"
HOME, OFFICE, STRANGER, FAR = "198.51.100.7", "198.51.100.8", "203.0.113.4", "friend@elsewhere.example"
Q = "9F2B3C4D5E"
WRITTEN = datetime(2026, 12, 1)  # which year stamps are of
POP = [("pop_before_smtp", HANAKO, "confirmed")]


@pytest.fixture
def found(tmp_path) -> Callable[..., list[tuple]]:
    """(class, user, attribution), or other columns, of all submissions in the files whose texts are given."""
    turn = count()

    def run(
        *texts: str, columns: str = "class, user, attribution", zone: str = "Asia/Tokyo", written: datetime = WRITTEN
    ) -> list:
        segments = Segments(tmp_path / f"segments{next(turn)}", ZoneInfo(zone))
        reading = Reading(segments.zone, {"isp.example"}, latest=2**62, today=date(2027, 6, 1))
        for number, text in enumerate(texts):
            path = tmp_path / f"mail.log.{number}"
            path.write_text(text)
            os.utime(path, (written.timestamp(), written.timestamp()))
            with LogFile(str(path)) as log:
                assert not read_file(log, reading, segments, place=Place(), last_line_too=True).problems
        made = []
        with connect(tmp_path) as con:
            for day in segments.days():
                attribute(con, segments, day, Rules({"isp.example"}))
                made += con.execute(f"SELECT {columns} FROM submission ORDER BY moment, started, line").fetchall()  # noqa: S608
        return made

    return run


def later(text: str, *moments: datetime) -> str:
    """The lines with these times, one each; the last for all that are left."""
    lines = text.splitlines(keepends=True)
    times = [*moments, *[moments[-1]] * len(lines)]
    return "".join(stamp(at) + line[15:] for line, at in zip(lines, times, strict=False))


FORGED_USERS = [
    f"rip={STRANGER}", f"x, rip={STRANGER}", f"x>, method=PLAIN, rip={STRANGER}, lip=1.2.3.4, ", "LOGIN, user=taro",
    f"LOGIN, user={TARO}, ip=[{STRANGER}]", f"Login: user=<{TARO}>", "pop3-login: Login: user=<taro",
]  # fmt: skip


@pytest.mark.parametrize("user", FORGED_USERS)
def test_a_user_name_that_looks_like_fields_opens_no_strangers_address_and_names_nobody_else(found, user):
    mail = message(STRANGER, TARO, FAR, at=minutes(1))
    assert found(login(user, HOME) + mail) == [("unexplained_relay", None, "none")]
    courier = f"{stamp(NOON)} pop1 pop3d[7]: LOGIN, user={user}, ip=[{HOME}], port=[50111]\n"
    assert found(courier + mail) == [("unexplained_relay", None, "none")]
    at_home = found(login(user, HOME) + message(HOME, TARO, FAR, at=minutes(1)), columns='"user"')
    assert at_home == [(None,)]


def test_who_only_tried_to_log_in_or_logged_out_has_opened_nothing(found):
    fields = f"user=<{HANAKO}>, method=PLAIN, rip={HOME}, lip=192.0.2.9"
    texts = [
        f"dovecot: pop3-login: Disconnected (auth failed, 1 attempts in 2 secs): {fields}",
        f"dovecot: pop3-login: Aborted login (auth failed, 1 attempts): {fields}",
        f"dovecot: pop3({HANAKO}): Disconnected: Logged out top=0/0, retr=0/0, del=0/0, size=0",
        f"dovecot: pop3-login: Login aborted: Connection closed (auth failed, 1 attempts in 2 secs): {fields}",
        f"pop3d: LOGIN FAILED, user={HANAKO}, ip=[{HOME}]",
        f"pop3d: LOGOUT, user={HANAKO}, ip=[{HOME}], port=[1], top=0, retr=0, rcvd=6, sent=30, time=0",
    ]
    lines = "".join(f"{stamp(NOON)} pop1 {text}\n" for text in texts)
    assert found(lines + message(HOME, HANAKO, FAR, at=minutes(1))) == [("unexplained_relay", None, "none")]


FORGED = f"{Q}: client=unknown[{OFFICE}], sasl_method=PLAIN, sasl_username={TARO}"


@pytest.mark.parametrize("text", [
    f"x from unknown[{OFFICE}]; from=<{TARO}> to=<x@y> proto=ESMTP helo=<h>", f"status=sent, sasl_username={TARO}",
    FORGED, f"{Q}: from=<{TARO}>, size=1, nrcpt=1 (queue active)", f"message-id=<{TARO}>", f"{Q}: removed",
])  # fmt: skip
def test_a_header_or_helo_that_imitates_fields_changes_nothing(found, text):
    given = {"at": minutes(1), "qid": Q, "message_id": "own@pc"}
    lines = login(HANAKO, HOME) + login(TARO, OFFICE)
    logged = (
        smtpd(f"{Q}: info: header Subject: {text} from unknown[{HOME}]; from=<{HANAKO}> to=<{FAR}>", minutes(1),
              tag="postfix/cleanup")
        + smtpd(f"{Q}: warning: header X: {text}; from=<{HANAKO}> to=<{FAR}> proto=ESMTP helo=<{text}>", minutes(1),
                tag="postfix/cleanup")
        + smtpd(f"NOQUEUE: reject: RCPT from x[{OFFICE}]: 554 <{FAR}>: no; from=<{TARO}> helo=<{text}>", minutes(1))
    )  # fmt: skip
    first, *rest = message(HOME, HANAKO, FAR, program=text, **given).splitlines(keepends=True)
    columns = "class, user, attribution, message_id, ip"
    assert found(lines + first + logged + "".join(rest), columns=columns) == [(*POP[0], "<own@pc>", HOME)]


def test_a_queue_id_that_comes_again_within_seconds_or_after_days_is_another_message(found):
    times = [NOON, NOON + timedelta(seconds=3), NOON + timedelta(seconds=6), NOON + timedelta(days=3)]
    senders = [HANAKO, "x@elsewhere.example", TARO, AKIRA]
    lines = [
        message(HOME if sasl else STRANGER, sender, FAR if sasl else HANAKO, at=at, qid=Q, sasl=sasl, message_id=str(n))
        for n, (at, sender, sasl) in enumerate(zip(times, senders, [HANAKO, "", TARO, AKIRA], strict=True))
    ]
    wanted = [(HANAKO, "<0>"), (None, "<1>"), (TARO, "<2>"), (AKIRA, "<3>")]
    assert found("".join(lines), columns='"user", message_id') == wanted
    assert found(*lines, columns='"user", message_id') == wanted


@pytest.mark.parametrize("cut", range(1, 5))
@pytest.mark.parametrize("begin", [
    NOON, NOON.replace(hour=23, minute=59, second=59), datetime(2026, 12, 31, 23, 59, 59),
], ids=["noon", "midnight", "New Year"])  # fmt: skip
def test_a_message_whose_lines_lie_in_two_files_is_one_of_the_day_it_came(found, begin, cut):
    moments = [begin + timedelta(seconds=number) for number in range(5)]
    lines = later(message(HOME, HANAKO, FAR, qid=Q), *moments).splitlines(keepends=True)
    assert len(lines) == 5
    first = login(HANAKO, HOME, begin) + "".join(lines[:cut])
    second = "".join(lines[cut:])
    zone = ZoneInfo("Asia/Tokyo")
    at = int(begin.replace(tzinfo=zone).astimezone(UTC).timestamp() * 1e6)
    for texts in ((first + second,), (first, second), (second, first)):
        written = found(*texts, columns="moment, class, user, attribution", written=begin + timedelta(days=2))
        assert written == [(at, *POP[0])]


def test_the_hour_that_comes_twice_when_clocks_are_set_back_gives_each_message_once(found):
    last = datetime(2026, 10, 25, 2, 59, 59)
    lines = later(message(HOME, HANAKO, FAR, qid=Q), last, last, last.replace(hour=2, minute=0, second=0))
    before = login(HANAKO, HOME, last - timedelta(minutes=5))
    assert found(before + lines, zone="Europe/Berlin") == POP


def test_the_hour_that_is_missing_when_clocks_are_set_forward_is_not_waited_for(found):
    last = datetime(2026, 3, 29, 1, 59, 59)
    lines = later(message(HOME, HANAKO, FAR, qid=Q), last, last, last.replace(hour=3, minute=0, second=0))
    assert found(login(HANAKO, HOME, last - timedelta(minutes=5)) + lines, zone="Europe/Berlin") == POP
    after = message(HOME, HANAKO, FAR, at=last.replace(hour=3, minute=10))  # 11 minutes after the login
    assert found(login(HANAKO, HOME, last) + after, zone="Europe/Berlin") == POP


def test_what_amavis_hands_back_is_no_second_submission(found):
    there = message(
        HOME, HANAKO, FAR, at=minutes(1), qid=Q, message_id="one@pc",
        status=f"sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 8{Q[1:]})",
    ).replace("relay=mx.example[203.0.113.1]:25", "relay=127.0.0.1[127.0.0.1]:10024")  # fmt: skip
    back = message("127.0.0.1", HANAKO, FAR, at=minutes(1), qid=f"8{Q[1:]}", message_id="one@pc")
    verdict = f"amavis[9]: (9-01) Passed CLEAN, [{HOME}] <{HANAKO}> -> <{FAR}>, Queue-ID: {Q}, Message-ID: <one@pc>\n"
    text = login(HANAKO, HOME) + there + f"{stamp(minutes(1))} mx1 {verdict}" + back
    assert found(text, columns="class, user, attribution, queue_id") == [(*POP[0], Q)]
    assert found(login(HANAKO, HOME) + back + there) == POP


def test_a_bounce_made_here_is_no_submission_and_one_from_elsewhere_is_inbound(found):
    made = "".join(
        smtpd(f"{Q}: {text}", minutes(1), tag=f"postfix/{daemon}")
        for daemon, text in [
            ("cleanup", "message-id=<b@mx1>"), ("bounce", "sender non-delivery notification: 8AAAAAAAAA"),
            ("qmgr", "from=<>, size=812, nrcpt=1 (queue active)"),
            ("smtp", f"to=<{FAR}>, relay=mx[203.0.113.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)"),
            ("qmgr", "removed"),
        ]
    )  # fmt: skip
    assert found(made) == []
    assert found(message(STRANGER, "", HANAKO, at=minutes(1))) == [("inbound", None, "none")]


def test_many_recipients_over_many_deliveries_are_one_submission(found):
    many = [f"friend{number}@elsewhere.example" for number in range(60)]
    lines = message(HOME, HANAKO, TARO, *many, at=minutes(1), qid=Q).splitlines(keepends=True)
    moments = [minutes(1 + number) for number in range(len(lines))]
    assert found(login(HANAKO, HOME) + later("".join(lines), *moments)) == POP


def test_rejected_mail_is_no_submission(found):
    texts = [
        f"NOQUEUE: reject: RCPT from unknown[{HOME}]: 554 <{FAR}>: Relay access denied; from=<{HANAKO}> to=<{FAR}>",
        f"{Q}: client=unknown[{HOME}]",
        f"{Q}: reject: DATA from unknown[{HOME}]: 550 5.7.1 <DATA>: no; from=<{HANAKO}> proto=ESMTP helo=<pc>",
    ]
    after = smtpd(f"{Q}: milter-reject: END-OF-MESSAGE from unknown[{HOME}]: 5.7.1 spam; from=<{HANAKO}> to=<{FAR}>",
                  minutes(1), tag="postfix/cleanup")  # fmt: skip
    assert found(login(HANAKO, HOME) + "".join(smtpd(text, minutes(1)) for text in texts) + after) == []


@pytest.mark.parametrize("hours", [1, 5])
def test_held_mail_counts_when_it_is_released_on_the_moment_it_came(found, hours):
    came, _, message_id, *rest = message(HOME, HANAKO, FAR, at=minutes(1), qid=Q, program="x").splitlines(keepends=True)
    hold = f"{Q}: hold: header Subject: x from unknown[{HOME}]; from=<{HANAKO}> to=<{FAR}> proto=ESMTP helo=<pc>"
    held = login(HANAKO, HOME) + came + smtpd(hold, minutes(1), tag="postfix/cleanup") + message_id
    assert found(held) == []  # nobody knows yet what will become of it
    release = smtpd(f"{Q}: released from hold", minutes(60 * hours), tag="postfix/postsuper")
    assert found(held + release + later("".join(rest), minutes(60 * hours))) == POP


def test_local_to_local_is_the_customers_submission_and_inbound_from_anybody_else(found):
    text = login(HANAKO, HOME) + message(HOME, HANAKO, TARO, at=minutes(1))
    text += message(HOME, "x@elsewhere.example", TARO, at=minutes(2)) + message(STRANGER, HANAKO, TARO, at=minutes(3))
    inbound = ("inbound", None, "none")
    assert found(text) == [*POP, inbound, inbound]


def interleaved(*texts: str) -> str:
    """One line of each in turn."""
    parts = [text.splitlines(keepends=True) for text in texts]
    return "".join(line for lines in zip(*parts, strict=True) for line in lines)


def test_hosts_and_instances_in_one_file_may_use_one_queue_id_at_the_same_time(found):
    given = {"at": minutes(1), "qid": Q}
    text = interleaved(
        message(HOME, HANAKO, FAR, sasl=HANAKO, message_id="1@pc", **given),
        message(HOME, TARO, FAR, sasl=TARO, message_id="2@pc", host="mx2", **given),
        message(HOME, AKIRA, FAR, sasl=AKIRA, message_id="3@pc", tag="postfix-out/smtpd", **given),
        message(STRANGER, "x@elsewhere.example", TARO, message_id="4@pc", tag="postfix-in/smtpd", **given),
    )
    assert sorted(found(text, columns='message_id, "user"'), key=str) == [
        ("<1@pc>", HANAKO), ("<2@pc>", TARO), ("<3@pc>", AKIRA), ("<4@pc>", None),
    ]  # fmt: skip


@pytest.mark.parametrize("early", [1, 3])
def test_lines_may_come_some_seconds_before_those_that_they_follow(found, early):
    client, *rest = message(HOME, HANAKO, FAR, at=minutes(1), qid=Q).splitlines(keepends=True)
    before = later("".join(rest), minutes(1) - timedelta(seconds=early))
    assert found(login(HANAKO, HOME) + before + client) == POP
    assert found(login(HANAKO, HOME) + client + before) == POP
    assert found(login(HANAKO, HOME), before, client) == POP
