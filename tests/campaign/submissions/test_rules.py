"""Who sent it: the rules of docs/attribution.md, one by one, on lines as the daemons write them."""

from collections.abc import Callable
from datetime import date, timedelta
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from loglines import NOON, login, message, minutes, smtpd

from campaign.logs.files import LogFile
from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

TOKYO = ZoneInfo("Asia/Tokyo")
HANAKO, TARO, AKIRA = "hanako@isp.example", "taro@isp.example", "akira@isp.example"
HOME, FAR = "198.51.100.7", "friend@elsewhere.example"


@pytest.fixture
def submissions(tmp_path) -> Callable[..., list[tuple]]:
    """(class, user, attribution) of every submission in the given lines, in time order."""
    turn = count()

    def run(*lines: str, columns: str = "class, user, attribution", days: int = 1, **rules) -> list[tuple]:
        path = tmp_path / "mail.log"
        path.write_text("".join(lines))
        segments = Segments(tmp_path / f"segments{next(turn)}", TOKYO)
        reading = Reading(TOKYO, {"isp.example"}, latest=2**62, today=date(2026, 6, 1), year=2026)
        with LogFile(str(path)) as log:
            report = read_file(log, reading, segments, place=Place(), last_line_too=True)
        assert not report.problems
        found = []
        with connect(Path(tmp_path)) as con:
            for day in range(days):
                attribute(con, segments, NOON.date() + timedelta(days=day), Rules({"isp.example"}, **rules))
                found += con.execute(f"SELECT {columns} FROM submission ORDER BY moment, started, line").fetchall()  # noqa: S608
        return found

    return run


def directory(**logins: str) -> pa.Table:
    """A list of customers: login=addresses."""
    rows = [(address, f"{login}@isp.example") for login, addresses in logins.items() for address in addresses.split()]
    return pa.table({"address": [row[0] for row in rows], "login": [row[1] for row in rows]})


def test_a_sasl_user_is_the_sender_whatever_envelope_sender_address_and_port_say(submissions):
    lines = login(TARO, HOME), message(HOME, TARO, FAR, sasl=HANAKO, at=minutes(1))
    assert submissions(*lines) == [("smtp_auth", HANAKO, "confirmed")]
    assert submissions(*lines, own_networks=[ip_network("198.51.100.0/24")]) == [("smtp_auth", HANAKO, "confirmed")]


def test_the_only_one_who_collected_there_is_confirmed(submissions):
    assert submissions(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5))) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]


@pytest.mark.parametrize("sender", ["someone@own-domain.example", ""])
def test_a_foreign_or_empty_sender_does_not_speak_against_the_only_candidate(submissions, sender):
    assert submissions(login(HANAKO, HOME), message(HOME, sender, FAR, at=minutes(5))) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]


def test_the_address_of_another_local_customer_makes_the_only_candidate_ambiguous(submissions):
    assert submissions(login(HANAKO, HOME), message(HOME, TARO, FAR, at=minutes(5))) == [
        ("pop_before_smtp", None, "ambiguous")
    ]


def test_of_two_behind_one_address_the_owner_of_the_sender_is_probable(submissions):
    lines = login(HANAKO, HOME), login(TARO, HOME, minutes(1)), message(HOME, HANAKO, FAR, at=minutes(5))
    assert submissions(*lines) == [("pop_before_smtp", HANAKO, "probable")]


@pytest.mark.parametrize("sender", ["someone@elsewhere.example", AKIRA, ""])
def test_of_two_behind_one_address_nobody_is_named_when_the_sender_is_neither(submissions, sender):
    lines = login(HANAKO, HOME), login(TARO, HOME, minutes(1)), message(HOME, sender, FAR, at=minutes(5))
    assert submissions(*lines) == [("pop_before_smtp", None, "ambiguous")]


def test_two_logins_of_one_customer_are_one_candidate(submissions):
    lines = login(HANAKO, HOME), login("Hanako%ISP.example", HOME, minutes(1)), message(HOME, "", FAR, at=minutes(5))
    assert submissions(*lines) == [("pop_before_smtp", HANAKO, "confirmed")]


@pytest.mark.parametrize(
    ("after", "found"),
    [(-6, False), (-5, True), (0, True), (30 * 60, True), (30 * 60 + 1, False)],
)
def test_the_window_reaches_from_thirty_minutes_to_five_seconds_and_both_ends_count(submissions, after, found):
    lines = login(HANAKO, HOME, NOON), message(HOME, HANAKO, FAR, at=NOON + timedelta(seconds=after))
    wanted = ("pop_before_smtp", HANAKO, "confirmed") if found else ("unexplained_relay", None, "none")
    assert submissions(*lines) == [wanted]


def test_mail_to_local_people_only_is_inbound_unless_the_sender_is_a_candidates_address(submissions):
    assert submissions(login(HANAKO, HOME), message(HOME, "x@elsewhere.example", TARO, at=minutes(5))) == [
        ("inbound", None, "none")
    ]
    assert submissions(login(HANAKO, HOME), message(HOME, HANAKO, TARO, at=minutes(5))) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]


def test_a_relay_without_any_login_is_unexplained_and_names_nobody(submissions):
    assert submissions(message(HOME, HANAKO, FAR)) == [("unexplained_relay", None, "none")]
    assert submissions(message(HOME, HANAKO, TARO)) == [("inbound", None, "none")]


def test_a_forwarded_mailbox_is_inbound_since_recipients_count_as_accepted(submissions):
    assert submissions(message(HOME, "x@elsewhere.example", f"{FAR}<{HANAKO}")) == [("inbound", None, "none")]


def test_one_remote_recipient_among_many_is_enough(submissions):
    assert submissions(message(HOME, "", HANAKO, TARO, FAR)) == [("unexplained_relay", None, "none")]


OWN = {"own_networks": [ip_network("198.51.100.0/24")]}


def test_from_an_own_network_it_is_local_port25_even_after_a_login(submissions):
    assert submissions(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(1)), **OWN) == [
        ("local_port25", HANAKO, "confirmed")
    ]


def test_in_an_own_network_the_senders_address_alone_is_probable(submissions):
    assert submissions(message(HOME, HANAKO, FAR), **OWN) == [("local_port25", HANAKO, "probable")]
    assert submissions(message(HOME, HANAKO, TARO), **OWN) == [("local_port25", HANAKO, "probable")]
    assert submissions(message(HOME, "scanner@office.example", FAR), **OWN) == [("local_port25", None, "none")]
    assert submissions(message(HOME, "x@elsewhere.example", TARO), **OWN) == [("inbound", None, "none")]


def test_in_an_own_network_a_candidate_who_does_not_fit_leaves_it_ambiguous(submissions):
    lines = login(TARO, HOME), message(HOME, HANAKO, FAR, at=minutes(1))
    assert submissions(*lines, **OWN) == [("local_port25", None, "ambiguous")]


def test_a_content_filter_that_hands_a_message_back_makes_no_second_submission(submissions):
    lines = (
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(1), message_id="one@pc"),
        message("127.0.0.1", HANAKO, FAR, at=minutes(1), message_id="one@pc"),
        message("::1", HANAKO, FAR, at=minutes(1), message_id="one@pc"),
        message("192.0.2.200", HANAKO, FAR, at=minutes(1), message_id="one@pc"),
        message("192.0.2.77", HANAKO, FAR, at=minutes(1), extra=", orig_queue_id=4000000001z1, orig_client=x[1.2.3.4]"),
    )
    assert submissions(*lines, filter_addresses=[ip_network("192.0.2.200/32")]) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]


def test_a_webmail_on_the_same_host_that_gives_a_sasl_user_counts(submissions):
    assert submissions(message("127.0.0.1", HANAKO, FAR, sasl=HANAKO)) == [("smtp_auth", HANAKO, "confirmed")]


def test_with_a_list_of_customers_only_listed_addresses_are_customers(submissions):
    known = directory(hanako="hanako@isp.example h.sato@isp.example hanako@sato.example", taro="taro@isp.example")
    at_home = login(HANAKO, HOME)
    for sender, wanted in {
        "h.sato@isp.example": (HANAKO, "confirmed"),
        "info@isp.example": (HANAKO, "confirmed"),  # nobody's address: it speaks against nobody
        TARO: (None, "ambiguous"),
    }.items():
        found = submissions(at_home, message(HOME, sender, FAR, at=minutes(1)), directory=known)
        assert found == [("pop_before_smtp", *wanted)], sender
    both = at_home, login(TARO, HOME)
    assert submissions(*both, message(HOME, "hanako@sato.example", FAR, at=minutes(1)), directory=known) == [
        ("pop_before_smtp", HANAKO, "probable")
    ]


def test_a_login_without_domain_is_the_full_one_under_the_default_domain(submissions):
    lines = login("HANAKO", HOME), login(TARO, HOME), message(HOME, HANAKO, FAR, at=minutes(1))
    assert submissions(*lines, default_domain="isp.example") == [("pop_before_smtp", HANAKO, "probable")]


def test_without_default_domain_a_bare_login_still_owns_its_address_under_a_local_domain(submissions):
    lines = login("hanako", HOME), login("taro", HOME), message(HOME, HANAKO, FAR, at=minutes(1))
    assert submissions(*lines) == [("pop_before_smtp", "hanako", "probable")]


def test_addresses_are_compared_as_values(submissions):
    lines = login(HANAKO, "::ffff:198.51.100.7"), message(HOME, HANAKO, FAR, at=minutes(1))
    assert submissions(*lines) == [("pop_before_smtp", HANAKO, "confirmed")]
    lines = login(HANAKO, "2001:db8:0:0::1"), message("2001:DB8::1", HANAKO, FAR, at=minutes(1))
    assert submissions(*lines) == [("pop_before_smtp", HANAKO, "confirmed")]


def test_a_transaction_that_was_never_queued_is_no_submission(submissions):
    lost = smtpd("4AAAAAAAAAz1: client=unknown[198.51.100.7]"), smtpd("lost connection after DATA from x[198.51.100.7]")
    assert submissions(login(HANAKO, HOME), *lost) == []


def test_a_queue_id_that_comes_again_is_another_message(submissions):
    lines = (
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(1), qid="9F2B3C4D5E", message_id="first@pc"),
        message("203.0.113.5", "x@elsewhere.example", HANAKO, at=minutes(1), qid="9F2B3C4D5E", message_id="second@pc"),
        message(HOME, HANAKO, TARO, at=minutes(9), qid="9F2B3C4D5E", message_id="third@pc"),
    )
    assert submissions(*lines, columns="message_id, class") == [
        ("<first@pc>", "pop_before_smtp"),
        ("<second@pc>", "inbound"),
        ("<third@pc>", "pop_before_smtp"),
    ]


def test_two_instances_and_two_hosts_may_use_one_queue_id_at_once(submissions):
    lines = (
        message(HOME, HANAKO, FAR, qid="9F2B3C4D5E", sasl=HANAKO),
        message(HOME, TARO, FAR, qid="9F2B3C4D5E", sasl=TARO, tag="postfix-out/smtpd"),
        message(HOME, AKIRA, FAR, qid="9F2B3C4D5E", sasl=AKIRA, host="mx2"),
    )
    assert sorted(submissions(*lines, columns="user")) == [(AKIRA,), (HANAKO,), (TARO,)]


def test_a_retry_for_days_is_one_submission(submissions):
    qid = "9F2B3C4D5E"
    retry = smtpd(f"{qid}: from=<{HANAKO}>, size=812, nrcpt=1 (queue active)", minutes(60), tag="postfix/qmgr")
    lines = message(HOME, HANAKO, FAR, qid=qid, sasl=HANAKO, status="deferred (busy)", removed=False), retry
    assert submissions(*lines) == [("smtp_auth", HANAKO, "confirmed")]


def test_a_message_whose_lines_straddle_midnight_counts_on_the_day_it_came(submissions):
    evening = NOON.replace(hour=23, minute=59, second=59)
    lines = message(HOME, HANAKO, FAR, at=evening, qid="9F2B3C4D5E").splitlines(keepends=True)
    after = [line.replace("May  4 23:59:59", "May  5 00:00:03") for line in lines[1:]]
    found = submissions(login(HANAKO, HOME, evening), lines[0], *after, days=2)
    assert found == [("pop_before_smtp", HANAKO, "confirmed")]


def test_a_login_before_midnight_explains_mail_after_it(submissions):
    evening = NOON.replace(hour=23, minute=50)
    lines = login(HANAKO, HOME, evening), message(HOME, HANAKO, FAR, at=evening + timedelta(minutes=15))
    assert submissions(*lines, days=2) == [("pop_before_smtp", HANAKO, "confirmed")]


def test_lines_of_different_daemons_may_be_out_of_order_by_seconds(submissions):
    lines = message(HOME, HANAKO, FAR, at=minutes(1), sasl=HANAKO).splitlines(keepends=True)
    swapped = lines[2], lines[1], lines[0], *lines[3:]
    assert submissions(*swapped) == [("smtp_auth", HANAKO, "confirmed")]


def failed(at, pid=100):
    return smtpd(f"warning: unknown[{HOME}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6", at, pid=pid)


def connect_line(at, pid=100):
    return smtpd(f"connect from unknown[{HOME}]", at, pid=pid)


def test_auth_failed_marks_mail_of_the_same_session_only(submissions):
    lines = (
        login(HANAKO, HOME),
        connect_line(minutes(1)),
        failed(minutes(1)),
        message(HOME, HANAKO, FAR, at=minutes(1), message_id="a@pc"),
        connect_line(minutes(2)),  # the same process serves the next session
        message(HOME, HANAKO, FAR, at=minutes(2), message_id="b@pc"),
        connect_line(minutes(3), pid=200),
        message(HOME, HANAKO, FAR, at=minutes(3), message_id="c@pc", pid=200),
    )
    assert submissions(*lines, columns="message_id, auth_failed") == [
        ("<a@pc>", True),
        ("<b@pc>", False),
        ("<c@pc>", False),
    ]


def test_the_program_is_named_by_its_guide_and_unknown_ones_as_they_call_themselves(submissions):
    lines = (
        message(HOME, HANAKO, FAR, sasl=HANAKO, program="iPhone Mail (22F76)", at=minutes(1)),
        message(HOME, HANAKO, FAR, sasl=HANAKO, program="Frobnicator 1.0", at=minutes(2)),
    )
    names = {"iPhone Mail (22F76)": "iphone"}
    found = submissions(*lines, columns="client_program, known_program", program_of=lambda text: names.get(text, ""))
    assert found == [("iphone", "iphone"), ("Frobnicator 1.0", "")]


def crowd(people: int) -> tuple[str, ...]:
    """Logins from one address, spread over the morning: none of them within half an hour before noon."""
    return tuple(login(f"guest{number}@isp.example", HOME, at=minutes(-60 - number)) for number in range(people))


def test_behind_a_carriers_address_one_candidate_is_at_best_probable(submissions):
    lines = login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(5))
    assert submissions(*crowd(2), *lines, crowd=3) == [("pop_before_smtp", HANAKO, "confirmed")]
    assert submissions(*crowd(3), *lines, crowd=3) == [("pop_before_smtp", HANAKO, "probable")]


def test_behind_a_carriers_address_a_foreign_sender_tells_nothing(submissions):
    lines = *crowd(3), login(HANAKO, HOME), message(HOME, "someone@own-domain.example", FAR, at=minutes(5))
    assert submissions(*lines, crowd=3) == [("pop_before_smtp", None, "ambiguous")]


def before_queue(qid: str, client: str, *, user: str = "", sender: str = HANAKO, pid: int = 10, at=NOON) -> str:
    """A message that a filter had before the queue: only lines without its queue id know the client."""
    sasl = f", sasl_method=PLAIN, sasl_username={user}" if user else ""
    proxy = (
        f"proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as {qid}; from=<{sender}> to=<{FAR}> proto=ESMTP helo=<x>"
    )
    return (
        smtpd(f"NOQUEUE: client=unknown[{client}]{sasl}", at, pid=pid)
        + message("127.0.0.1", sender, FAR, at=at, qid=qid, pid=pid + 500)
        + smtpd(proxy, at, pid=pid)
    )


def test_a_filter_before_the_queue_hides_neither_client_nor_sasl_user(submissions):
    lines = before_queue("4AAAAAAAAAz1", "203.0.113.9", user=HANAKO)
    assert submissions(lines, columns="class, user, attribution, ip") == [
        ("smtp_auth", HANAKO, "confirmed", "203.0.113.9")
    ]


def test_a_filter_before_the_queue_does_not_hide_pop_before_smtp(submissions):
    # Two processes at the same time: each hands on its own client's message.
    lines = [
        login(HANAKO, HOME), login(TARO, "198.51.100.8"),
        before_queue("4AAAAAAAAAz1", HOME, pid=10, at=minutes(1)),
        before_queue("4AAAAAAAAAz2", "198.51.100.8", sender=TARO, pid=11, at=minutes(1)),
    ]  # fmt: skip
    assert submissions(*lines) == [("pop_before_smtp", HANAKO, "confirmed"), ("pop_before_smtp", TARO, "confirmed")]


def test_an_xclient_proxy_speaks_for_its_client(submissions):
    extra = ", sasl_method=XCLIENT, sasl_username=hanako@isp.example, sasl_sender=x@y, orig_client=proxy[192.0.2.77]"
    assert submissions(message(HOME, TARO, FAR, extra=extra)) == [("smtp_auth", HANAKO, "confirmed")]
