"""From the logs of MTAs other than Postfix, beside Dovecot's, to classified and attributed submissions."""

from collections.abc import Callable, Collection
from datetime import date
from ipaddress import ip_network
from itertools import count

import pytest
from loglines import NOON, login, minutes, stamp
from mta_lines import HOST, TOKYO, chkuser, exim, qlog, sendmail, spamcontrol

from campaign.logs.client import program_of
from campaign.logs.files import LogFile
from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

HANAKO, TARO = "hanako@isp.example", "taro@isp.example"
HOME, FAR = "198.51.100.7", "friend@elsewhere.example"
OWN = [ip_network("198.51.100.0/24")]
MTAS = pytest.mark.parametrize("message", [sendmail, exim, qlog, spamcontrol], ids=lambda made: made.__name__)
OF_MANY = pytest.mark.parametrize("message", [sendmail, exim, qlog], ids=lambda made: made.__name__)
WITH_HEADERS = pytest.mark.parametrize("message", [sendmail, exim], ids=lambda made: made.__name__)


@pytest.fixture
def found(tmp_path) -> Callable[..., list]:
    """(class, user, attribution), or other columns, of every submission in the given lines, in time order; `cut` is
    after how many lines the log was rotated."""
    turn = count()

    def run(
        *lines: str, columns: str = 'class, "user", attribution', own_networks: Collection = (), cut: int = 0
    ) -> list:
        segments = Segments(tmp_path / f"segments{next(turn)}", TOKYO)
        reading = Reading(TOKYO, {"isp.example"}, latest=2**62, today=date(2026, 6, 1), year=2026)
        written = "".join(lines).splitlines(keepends=True)
        for name, part in (("mail.log.1", written[:cut]), ("mail.log", written[cut:])):
            path = tmp_path / name
            path.write_text("".join(part))
            with LogFile(str(path)) as log:
                read_file(log, reading, segments, place=Place(), last_line_too=True)
        rules = Rules({"isp.example"}, own_networks=own_networks, program_of=program_of)
        with connect(tmp_path) as con:
            attribute(con, segments, NOON.date(), rules)
            query = f"SELECT {columns} FROM submission ORDER BY moment, started, line"  # noqa: S608
            return con.execute(query).fetchall()

    return run


@MTAS
def test_the_same_rules_hold_for_every_mta(found, message):
    lines = [
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, at=minutes(1), pid=200),
        message(HOME, "x@elsewhere.example", TARO, at=minutes(2), pid=300),
        message(HOME, HANAKO, FAR, at=minutes(3), pid=400, user=HANAKO),
        message(HOME, HANAKO, FAR, at=minutes(45), pid=500),
        message("203.0.113.9", "", TARO, at=minutes(46), pid=600),
    ]
    assert found(*lines) == [
        ("pop_before_smtp", HANAKO, "confirmed"),
        ("inbound", None, "none"),
        ("smtp_auth", HANAKO, "confirmed"),
        ("unexplained_relay", None, "none"),
        ("inbound", None, "none"),
    ]
    assert found(*lines, own_networks=OWN) == [
        ("local_port25", HANAKO, "confirmed"),
        ("inbound", None, "none"),
        ("smtp_auth", HANAKO, "confirmed"),
        ("local_port25", HANAKO, "probable"),
        ("inbound", None, "none"),
    ]


@MTAS
def test_mail_from_one_customer_to_another_is_a_submission_too(found, message):
    assert found(login(HANAKO, HOME), message(HOME, HANAKO, TARO, at=minutes(1))) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]


@OF_MANY
def test_many_recipients_are_one_submission_and_one_remote_among_them_is_enough(found, message):
    assert found(message(HOME, "", HANAKO, TARO, FAR)) == [("unexplained_relay", None, "none")]


@OF_MANY
def test_nothing_depends_on_where_the_log_was_cut(found, message):
    lines = [
        login(HANAKO, HOME),
        message(HOME, HANAKO, FAR, TARO, at=minutes(1), pid=200),
        message(HOME, HANAKO, FAR, at=minutes(2), pid=300, user=HANAKO),
        message("203.0.113.9", "", FAR, at=minutes(3), pid=400),
    ]
    whole = found(*lines)
    assert [row[0] for row in whole] == ["pop_before_smtp", "smtp_auth", "unexplained_relay"]
    for cut in range(1, "".join(lines).count("\n")):
        assert found(*lines, cut=cut) == whole


@WITH_HEADERS
def test_a_forwarded_mailbox_is_inbound_since_recipients_count_as_accepted(found, message):
    assert found(message(HOME, "x@elsewhere.example", f"{HANAKO}={FAR}")) == [("inbound", None, "none")]


@WITH_HEADERS
def test_message_id_and_program_are_told(classify, message):
    (row,) = classify(message(HOME, HANAKO, FAR, message_id="<m1@pc>" if message is sendmail else "m1@pc",
                              program="Microsoft Office Outlook 11"))  # fmt: skip
    assert (row["message_id"], row["client_program"], row["client_ip"]) == ("<m1@pc>", "outlook", HOME)


@WITH_HEADERS
def test_what_a_filter_passes_on_is_no_second_submission(found, message):
    lines = message(HOME, HANAKO, FAR), message("127.0.0.1", HANAKO, FAR, at=minutes(1), pid=900)
    assert len(found(*lines)) == 1


@WITH_HEADERS
def test_who_authenticated_without_a_known_name_is_nobody_but_no_holdout(found, message):
    assert found(login(HANAKO, HOME), message(HOME, HANAKO, FAR, at=minutes(1), user="")) == [
        ("smtp_auth", None, "none")
    ]


def test_sendmails_own_bounces_and_programs_on_the_machine_are_no_submissions(found):
    bounce = "6AOMBAQV027366: from=<>, size=2019, class=0, nrcpts=1, msgid=<b@mx1>, proto=ESMTP, relay=localhost"
    local = "6AOMBAQV027367: from=root, size=19, class=0, nrcpts=1, msgid=<c@mx1>, relay=root@localhost"
    lines = [f"{stamp(minutes(0))} {HOST} sm-mta[9]: {text}\n" for text in (bounce, local)]
    delivered = f"to={FAR}, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx. [203.0.113.1], stat=Sent"
    lines += [f"{stamp(minutes(1))} {HOST} sm-mta[9]: 6AOMBAQV02736{last}: {delivered}\n" for last in "67"]
    assert found(*lines) == []


def test_exims_own_bounces_and_programs_on_the_machine_are_no_submissions(found):
    texts = [
        "1xVz2J-000135-1i <= <> R=1xVz2J-000131-1Y U=mail P=local S=1795 id=E1xVz2J-000135-1i@mx1.isp.example",
        f"1xVz2J-000135-1i => {FAR} R=smart T=remote H=mx.example [203.0.113.1]",
        "1xVz2J-000136-1i <= root@mx1.isp.example U=root P=local S=300",
    ]
    assert found(*(f"2026-05-04 12:00:00 {text}\n" for text in texts)) == []


def test_what_sendmail_refused_or_the_client_broke_off_is_not_counted(found):
    texts = [
        # refused at MAIL; at RCPT
        f"6AOMBrCv027501: from=<{HANAKO}>, size=154, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=pc [{HOME}]",
        f"6AOMBrCv027502: ruleset=check_rcpt, arg1=<{FAR}>, relay=pc [{HOME}], reject=550 5.7.1 Relaying denied",
        f"6AOMBrCv027502: from=<{HANAKO}>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=pc [{HOME}]",
        # RSET behind RCPT
        f"6AOMBrCv027503: to=<{FAR}>, delay=00:00:00, pri=0, stat=rset",
        f"6AOMBrCv027503: from=<{HANAKO}>, size=0, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=pc [{HOME}]",
        # a filter refused the text
        f"6AOMBrCv027504: from=<{HANAKO}>, size=81, class=0, nrcpts=1, msgid=<m@pc>, proto=ESMTP, relay=pc [{HOME}]",
        "6AOMBrCv027504: Milter: data, reject=550 5.7.1 Spam",
        f"6AOMBrCv027504: to=<{FAR}>, delay=00:00:01, pri=30081, stat=Spam",
    ]
    assert found(*(f"{stamp(minutes(0))} {HOST} sm-mta[9]: {text}\n" for text in texts)) == []


def test_what_exim_refused_is_not_counted(found):
    texts = [
        f"H=(pc.home) [{HOME}] F=<{HANAKO}> rejected RCPT <{FAR}>: relay not permitted",
        "1xVz1H-0000XD-0s X-Mailer: Becky! ver. 2.81",
        f"1xVz1H-0000XD-0s H=(pc.home) [{HOME}] F=<{HANAKO}> rejected after DATA: spam",
    ]
    assert found(*(f"2026-05-04 12:00:00 {text}\n" for text in texts)) == []


def test_what_qmail_refused_is_not_counted(found):
    refused = qlog(HOME, HANAKO, FAR).replace(
        "accepted code=250 reason=queueaccept", "rejected code=554 reason=queuereject"
    )
    rcpt = qlog(HOME, HANAKO, FAR).replace("received: result=accepted code=250 reason=queueaccept",
                                          "envelope: result=accepted code=250 reason=rcptto")  # fmt: skip
    lost = spamcontrol(HOME, HANAKO, FAR).replace("Accept::SNDR::Relay_Client", "Reject::SNDR::Invalid_Relay")
    no = chkuser(HOME, HANAKO, FAR).replace("relaying rcpt", "rejected relaying")
    assert found(refused, rcpt, lost, no) == []


def test_sendmails_auth_line_speaks_for_all_messages_of_its_connection_and_no_other(found):
    lines = [
        sendmail(HOME, HANAKO, FAR, user=HANAKO, pid=200),
        sendmail(HOME, HANAKO, FAR, user="", pid=200, at=minutes(1)),
        sendmail(HOME, HANAKO, FAR, user="", pid=900, at=minutes(2)),
    ]
    assert found(*lines) == [
        ("smtp_auth", HANAKO, "confirmed"), ("smtp_auth", HANAKO, "confirmed"), ("smtp_auth", None, "none"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        (sendmail, "sm-mta[200]: 6AOMBA4P027376: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): "
                   f"authentication failure: checkpass failed, user=hanako, relay=pc.home [{HOME}]"),
        (exim, f"exim[200]: 2026-05-04 12:00:30 login authenticator failed for (pc.home) [{HOME}]: "
               "535 Incorrect authentication data (set_id=hanako)"),
        (spamcontrol, f"qmail-smtpd: pid 200 Reject::AUTH::LOGIN P:ESMTP S:{HOME}:unknown ?~ 'hanako'"),
    ],
    ids=["sendmail", "exim", "spamcontrol"],
)  # fmt: skip
def test_a_failed_auth_in_the_same_session_is_told(found, message, failure):
    lines = [login(HANAKO, HOME), f"{stamp(minutes(0.5))} {HOST} {failure}\n"]
    lines += [message(HOME, HANAKO, FAR, at=minutes(1), pid=200), message(HOME, HANAKO, FAR, at=minutes(2), pid=300)]
    assert found(*lines, columns="class, auth_failed") == [
        ("pop_before_smtp", True), ("pop_before_smtp", False),
    ]  # fmt: skip


def test_the_name_of_a_refused_password_in_a_qlog_line_is_no_sasl_user(found):
    accepted = qlog(HOME, HANAKO, FAR, at=minutes(1), user="hanako", pid=200)
    refused = qlog(HOME, HANAKO, FAR, at=minutes(0.9), user="hanako", pid=200).replace(
        "received: result=accepted code=250 reason=queueaccept", "envelope: result=rejected code=535 reason=authfailed"
    )
    lines = [login(HANAKO, HOME), refused, accepted, qlog(HOME, HANAKO, FAR, at=minutes(2), user=HANAKO, pid=300)]
    assert found(*lines, columns="class, auth_failed") == [("pop_before_smtp", True), ("smtp_auth", False)]


def test_chkuser_tells_who_was_let_through_and_who_authenticated(found):
    lines = [
        login(HANAKO, HOME, host="pop1"),
        chkuser(HOME, HANAKO, FAR, at=minutes(1)),
        chkuser(HOME, HANAKO, FAR, at=minutes(2), user=HANAKO),
        chkuser("203.0.113.9", "x@elsewhere.example", TARO, at=minutes(3)).replace("relaying", "accepted"),
    ]
    assert found(*lines) == [
        ("pop_before_smtp", HANAKO, "confirmed"), ("smtp_auth", HANAKO, "confirmed"), ("inbound", None, "none"),
    ]  # fmt: skip


CLAIM = "x) [203.0.113.9] P=esmtpa A=plain:taro S=1 id=y, size=1, nrcpts=1, proto=ESMTPA, relay=evil [203.0.113.9]"
HOSTILE = {
    "sendmail's sender": lambda: sendmail(HOME, f'"{CLAIM}"@far.example', FAR),
    "sendmail's message id": lambda: sendmail(HOME, HANAKO, FAR, message_id=f'<"{CLAIM}"@b>'),
    "sendmail's message id, bare": lambda: sendmail(HOME, HANAKO, FAR, message_id=f"<{CLAIM}"),
    "sendmail's recipient": lambda: sendmail(HOME, HANAKO, FAR, f'"{CLAIM}, mailer=local, stat=Sent"@a.example'),
    "sendmail's program": lambda: sendmail(HOME, HANAKO, FAR, program=f"from=<{TARO}>, {CLAIM}"),
    "exim's sender": lambda: exim(HOME, f'"x H={CLAIM}"@far.example', FAR),
    "exim's message id": lambda: exim(HOME, HANAKO, FAR, message_id=f'"{CLAIM}"@b'),
    "exim's subject": lambda: exim(HOME, HANAKO, FAR, subject=f'{CLAIM} T=\\"'),
    "exim's helo": lambda: exim(HOME, HANAKO, FAR, helo="[203.0.113.9]"),
    "exim's recipient": lambda: exim(HOME, HANAKO, FAR, '"x <taro@isp.example> R=local"@a.example'),
    "exim's program": lambda: exim(HOME, HANAKO, FAR, program=f"<= {TARO} H=({CLAIM}"),
    "qlog's helo": lambda: qlog(HOME, HANAKO, FAR, helo=f"h mailfrom=x rcptto=y relay=no authuser=taro {CLAIM}"),
    "qlog's recipient": lambda: qlog(HOME, HANAKO, FAR, f"x@y relay=no authuser=taro {CLAIM}"),
    "spamcontrol's helo": lambda: spamcontrol(HOME, HANAKO, FAR, helo=f"h F:{TARO} T:{TARO} ?~ 'taro'"),
    "spamcontrol's recipient": lambda: spamcontrol(HOME, HANAKO, f"{FAR} ?~ 'taro'"),
}  # fmt: skip


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
def test_what_a_client_writes_is_never_taken_for_the_servers_words(found, message):
    assert found(login(HANAKO, HOME), login(TARO, "203.0.113.9"), message()) == [
        ("pop_before_smtp", HANAKO, "confirmed")
    ]
