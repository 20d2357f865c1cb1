"""A filter before the queue: its messages are its clients', and no others are, whatever queue ids other hosts use."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from ipaddress import ip_network
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from loglines import NOON, login, message, minutes, smtpd

from campaign.logs.files import LogFile
from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.proof import Said, prove
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

HANAKO, TARO, AKIRA = "hanako@isp.example", "taro@isp.example", "akira@isp.example"
HOME, OFFICE, FAR, FILTER = "198.51.100.7", "198.51.100.8", "friend@elsewhere.example", "192.0.2.200"
Q = "9F2B3C4D5E"
FILTERS = [ip_network("192.0.2.192/28")]
MIDNIGHT = datetime(2026, 5, 5)


def asked(client: str, user: str = "", *, at=NOON, host: str = "mxa", pid: int = 10) -> str:
    """What the server before the filter says of its client."""
    sasl = f", sasl_method=PLAIN, sasl_username={user}" if user else ""
    return smtpd(f"NOQUEUE: client=unknown[{client}]{sasl}", at, pid=pid, host=host)


def answered(qid: str = Q, *, at=NOON, host: str = "mxa", pid: int = 10) -> str:
    """What it says when the filter has answered."""
    told = f"250 2.0.0 Ok: queued as {qid}; from=<{HANAKO}> to=<{FAR}> proto=ESMTP helo=<x>"
    return smtpd(f"proxy-accept: END-OF-MESSAGE: {told}", at, pid=pid, host=host)


def behind(sender: str = HANAKO, *, at=NOON, host: str = "mxa", by: str = "127.0.0.1", qid: str = Q, **given) -> str:
    """The message as the server behind the filter takes it."""
    return message(by, sender, FAR, at=at, qid=qid, host=host, pid=510, **given)


def filtered(client: str, user: str = "", *, sender: str = HANAKO, at=NOON, host: str = "mxa", pid: int = 10) -> str:
    place = {"at": at, "host": host}
    own = behind(sender, message_id=f"{pid}@pc", **place)
    return asked(client, user, pid=pid, **place) + own + answered(pid=pid, **place)


def direct(client: str, sender: str, *, at=NOON, host: str = "mxb", **given) -> str:
    return message(client, sender, FAR, at=at, qid=Q, host=host, **given)


class Case(NamedTuple):
    why: str
    log: str
    found: list[tuple]  # host, class, user, attribution


LOGINS = login(HANAKO, HOME, NOON) + login(TARO, OFFICE, NOON)
HANAKO_AUTH, TARO_AUTH = ("smtp_auth", HANAKO, "confirmed"), ("smtp_auth", TARO, "confirmed")
HANAKO_POP, TARO_POP = ("pop_before_smtp", HANAKO, "confirmed"), ("pop_before_smtp", TARO, "confirmed")
BOTH = [("mxa", *HANAKO_AUTH), ("mxb", *TARO_POP)]
CASES = [
    Case(
        "another host used the id a little later",
        filtered(HOME, HANAKO, at=minutes(1)) + direct(OFFICE, TARO, at=minutes(3)),
        BOTH,
    ),
    Case(
        "another host used the id a little earlier",
        direct(OFFICE, TARO, at=minutes(1)) + filtered(HOME, HANAKO, at=minutes(3)),
        BOTH,
    ),
    Case(
        "another host uses the id at the same time",
        direct(OFFICE, TARO, at=minutes(1), removed=False) + filtered(HOME, HANAKO, at=minutes(1)),
        BOTH,
    ),
    Case(
        "who gave a password on another host does not go back to the old way",
        filtered(HOME, at=minutes(1)) + direct(OFFICE, TARO, at=minutes(1), sasl=TARO, removed=False),
        [("mxa", *HANAKO_POP), ("mxb", *TARO_AUTH)],
    ),
    Case(
        "the lines of the filter's own message were lost",
        asked(HOME, HANAKO) + direct(OFFICE, TARO, removed=False) + answered(),
        [("mxb", *TARO_POP)],
    ),
    Case(
        "two hosts with filters use the id at the same time",
        asked(HOME, HANAKO) + asked(OFFICE, host="mxb") + behind() + behind(TARO, host="mxb") + answered()
        + answered(host="mxb"),
        BOTH,
    ),
    Case(
        "the filter hands on to another host",
        asked(HOME, HANAKO) + behind(host="mxb") + answered(),
        [("mxb", *HANAKO_AUTH)],
    ),
    Case(
        "a filter of its own machine hands on to another host",
        asked(HOME) + behind(host="mxb", by=FILTER) + answered(),
        [("mxb", *HANAKO_POP)],
    ),
    Case(
        "a filter that nobody has listed names the earlier queue id",
        asked(HOME) + behind(host="mxb", by="192.0.2.77", extra=f", orig_queue_id={Q}") + answered(),
        [("mxb", *HANAKO_POP)],
    ),
    Case(
        "whether the client is a filter is not known",
        asked(HOME, HANAKO) + behind(host="mxa", by="192.0.2.77") + answered(),
        [("mxa", "unexplained_relay", None, "none")],
    ),
    Case(
        "two other hosts have such a message",
        asked(HOME, HANAKO) + behind(host="mxb") + behind(host="mxc") + answered(),
        [],
    ),
    Case(
        "two other hosts have such an answer",
        asked(HOME, HANAKO) + asked(OFFICE, TARO, host="mxb") + behind(host="mxc") + answered() + answered(host="mxb"),
        [],
    ),
    Case(
        "two other hosts have such an answer, and one does not know its client",
        asked(HOME, HANAKO) + behind(host="mxc") + answered() + answered(host="mxb"),
        [],
    ),
    Case(
        "two instances of the host have such a message",
        asked(HOME, HANAKO) + behind() + behind(tag="postfix-out/smtpd") + answered(),
        [],
    ),
    Case(
        "on another host a webmail has the id",
        asked(HOME, HANAKO) + behind(TARO, host="mxb", sasl=TARO) + answered(),
        [("mxb", *TARO_AUTH)],
    ),
    Case(
        "the id comes again for another client of the filter",
        filtered(HOME, HANAKO, at=minutes(1)) + filtered(OFFICE, sender=TARO, at=minutes(2), pid=11),
        [("mxa", *HANAKO_AUTH), ("mxa", *TARO_POP)],
    ),
    Case(
        "the id comes again within the second",
        filtered(HOME, HANAKO) + filtered(OFFICE, sender=TARO, pid=11) + filtered(HOME, HANAKO, pid=12),
        [("mxa", *HANAKO_AUTH), ("mxa", *HANAKO_AUTH), ("mxa", *TARO_POP)],
    ),
    Case(
        "the id comes again without the filter",
        filtered(HOME, HANAKO, at=minutes(1)) + direct(OFFICE, TARO, at=minutes(1), host="mxa"),
        [("mxa", *HANAKO_AUTH), ("mxa", *TARO_POP)],
    ),
    Case(
        "the id comes again for a content filter",
        filtered(HOME, HANAKO, at=minutes(1)) + behind(TARO, at=minutes(2)),
        [("mxa", *HANAKO_AUTH)],
    ),
    Case(
        "an id of minutes ago was free again when the filter answered",
        asked(HOME, HANAKO, at=minutes(3)) + behind(at=minutes(1)) + answered(at=minutes(3)),
        [],
    ),
    Case(
        "the line that names the client was lost, and another client was served before",
        filtered(HOME, HANAKO, at=minutes(1)) + behind(TARO, at=minutes(2)) + answered(at=minutes(2)),
        [("mxa", *HANAKO_AUTH)],
    ),
    Case(
        "the line of a next client was lost, but not that it came",
        asked(HOME, HANAKO, at=minutes(1)) + smtpd(f"connect from unknown[{OFFICE}]", minutes(2), pid=10, host="mxa")
        + behind(TARO, at=minutes(2)) + answered(at=minutes(2)),
        [],
    ),
    Case(
        "the filter answers behind midnight, when another host has the id",
        login(HANAKO, HOME, MIDNIGHT - timedelta(minutes=5)) + asked(HOME, at=MIDNIGHT - timedelta(seconds=2))
        + behind(at=MIDNIGHT - timedelta(seconds=1)) + behind(TARO, at=MIDNIGHT, host="mxb")
        + answered(at=MIDNIGHT + timedelta(seconds=1)),
        [("mxa", *HANAKO_POP)],
    ),
]  # fmt: skip
named = pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])


@pytest.fixture
def taken(tmp_path) -> Callable[..., tuple[list, dict]]:
    """Of the files with these texts: the submissions, and who is proved to have sent which, by which lines."""
    turn = count()

    def run(*texts: str) -> tuple[list, dict]:
        folder, rules = (
            tmp_path / str(next(turn)),
            Rules({"isp.example"}, filter_addresses=FILTERS),
        )
        folder.mkdir()
        segments = Segments(folder / "segments", ZoneInfo("Asia/Tokyo"))
        reading = Reading(segments.zone, {"isp.example"}, latest=2**62, today=date(2026, 12, 1), year=2026)
        for number, text in enumerate(texts):
            path = folder / f"mail.log.{number}"
            path.write_text(text)
            with LogFile(str(path)) as log:
                assert not read_file(log, reading, segments, place=Place(), last_line_too=True).problems
        rows, proofs = [], {}
        for day in segments.days():
            with connect(folder / "whole") as con:
                attribute(con, segments, day, rules)
                rows += con.execute('SELECT host, class, "user", attribution, ip FROM submission').fetchall()
            for user in (HANAKO, TARO, AKIRA):
                found = prove(segments, rules, day, user, scratch=folder / f"{user}-{day}")
                proofs.setdefault(user, []).extend(found.proofs)
        return sorted(rows), proofs

    return run


def assert_taken(found: tuple[list, dict], case: Case) -> None:
    rows, proofs = found
    assert [row[:4] for row in rows] == sorted(case.found)
    for user, proved in proofs.items():
        told = sorted((one.host, one.submission_class, user, one.attribution, one.ip) for one in proved)
        assert told == [row for row in rows if row[2] == user]
        for one in proved:
            accepted = next(line for line in one.lines if line.said == Said.ACCEPTED)
            clients = {(line.ip, line.user or user) for line in one.lines if line.said == Said.PROXIED}
            assert clients == ({(one.ip, user)} if accepted.ip != one.ip else set())


@named
def test_attribution_and_proof_take_the_client_from_the_filters_lines_only_beyond_doubt(taken, case):
    assert_taken(taken(LOGINS + case.log), case)


@pytest.mark.parametrize("case", [CASES[0], CASES[5], CASES[6]], ids=lambda case: case.why)
def test_the_same_lines_in_two_files_raise_no_doubt(taken, case):
    assert_taken(taken(LOGINS + case.log, case.log), case)


@named
def test_classify_says_the_same(tmp_path, case):
    path, out = tmp_path / "mail.log", StringIO()
    path.write_text(LOGINS + case.log)
    call_command(
        "classify", login_log=[str(path)], smtp_log=[str(path)], local_domain=["isp.example"], year=2026,
        time_zone=ZoneInfo("Asia/Tokyo"), filter_address=FILTERS, stdout=out,
    )  # fmt: skip
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert sorted((line["host"], line["class"], line["user"] or None, line["attribution"]) for line in lines) == sorted(
        case.found
    )
