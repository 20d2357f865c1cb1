"""The lines of netqmail's patches, after their sources, and what must come out of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mta_lines import not_understood, rows, said

TAI = "@4000000069f8264a00000000 "  # 2026-05-04 13:53:20 in Tokyo
SYSLOG = "May  4 12:00:00 mx1 qmail-smtpd[700]: "
SERVER = (
    "relay=yes rcpthosts= size=812 authuser=U authtype=T encrypted=tls sslverified=no localip=192.0.2.9 localport=25 "
    "remoteip=192.0.2.1 remoteport=4711 remotehost=pc.example qp=812 pid=700"
)
QLOG = f"qlogreceived: result=accepted code=250 reason=queueaccept detail= helo=pc mailfrom=a@b rcptto=R {SERVER}"
ACCEPT = "qmail-smtpd: pid 700 Accept::SNDR::Relay_Client P:ESMTP S:192.0.2.1:unknown H:pc F:a@b T:R"
AUTH = "qmail-smtpd: pid 700 Accept::AUTH::PLAIN P:ESMTPSA S:192.0.2.1:unknown H:pc F:a@b T:R ?~ 'hanako'"
CHKUSER = "CHKUSER relaying rcpt: from <a@b:USER:> remote <pc:unknown:192.0.2.1> rcpt <R> : client allowed to relay"
LINES = [
    (QLOG.replace("authuser=U authtype=T", "authuser= authtype="), "qp 812", None),
    (QLOG.replace("=U ", "=hanako ").replace("=T ", "=login "), "qp 812", "hanako"),
    (ACCEPT, "pid 700", None),
    (ACCEPT.replace("P:ESMTP", "P:ESMTPA"), "pid 700", ""),  # older SPAMCONTROL has the name in a line of its own
    (ACCEPT.replace("SNDR::Relay_Client", "RCPT::Rcpthosts_Rcptto"), "pid 700", None),
    (ACCEPT.replace("SNDR::Relay_Client", "ORIG::Local_Sender"), "pid 700", None),
    (AUTH, "pid 700", "hanako"),
    (CHKUSER.replace(":USER:", "::"), "192.0.2.1", None),
    (CHKUSER.replace(":USER:", ":hanako:"), "192.0.2.1", "hanako"),
    (CHKUSER.replace(":USER:", "::").replace("relaying", "accepted"), "192.0.2.1", None),
]


@pytest.mark.parametrize(
    "head", [TAI, "2026-05-04 13:53:20.000000000 ", "May  4 13:53:20 mx1 smtpd: 1777870400.123456 "]
)
@pytest.mark.parametrize(("line", "queue_id", "user"), LINES)
def test_a_clients_line_is_the_whole_submission(head, line, queue_id, user):
    events = said(f"{head}{line}\n")
    assert not_understood(events) == 0
    columns = ("queue_id", "sasl_user", "ip", "sender", "remote", "passed_on", "mta")
    assert rows(events, "messages", *columns) == [(queue_id, user, "192.0.2.1", "a@b", False, False, "qmail")]
    ((accepted, queued),) = rows(events, "messages", "accepted", "queued")
    assert accepted == queued == 1_777_870_400_000_000


@pytest.mark.parametrize(
    ("recipients", "remote"),
    [("hanako@isp.example", False), ("Hanako@ISP.example", False), ("hanako", False), ("friend@far.example", True)],
)
@pytest.mark.parametrize("line", [QLOG, ACCEPT, AUTH, CHKUSER])
def test_remote_are_recipients_elsewhere(line, recipients, remote):
    line = (
        line.replace("rcptto=R", f"rcptto={recipients}")
        .replace("T:R", f"T:{recipients}")
        .replace("<R>", f"<{recipients}>")
    )
    assert rows(said(f"{TAI}{line}\n"), "messages", "remote") == [remote]


def test_one_remote_recipient_among_many_is_enough():
    for recipients, remote in (("a@isp.example,b@far.example", True), ("a@isp.example,b@isp.example", False)):
        assert rows(said(f"{TAI}{QLOG.replace('rcptto=R', f'rcptto={recipients}')}\n"), "messages", "remote") == [
            remote
        ]


@pytest.mark.parametrize(
    ("peer", "ip"),
    [
        ("192.0.2.1:unknown", "192.0.2.1"),
        ("192.0.2.1:pc.example", "192.0.2.1"),
        ("pc.example:192.0.2.1", "192.0.2.1"),  # older
        ("unknown:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:unknown", "2001:db8::1"),
        ("::ffff:192.0.2.1:unknown", "192.0.2.1"),
    ],
)
def test_the_client_stands_before_or_behind_its_name(peer, ip):
    assert rows(said(f"{TAI}{ACCEPT.replace('192.0.2.1:unknown', peer)}\n"), "messages", "ip") == [ip]


@pytest.mark.parametrize("peer", ["192.0.2.1:9.9.9.9", "unknown:unknown", "x"])
def test_a_client_that_may_be_either_is_not_understood(peer):
    events = said(f"{TAI}{ACCEPT.replace('192.0.2.1:unknown', peer)}\n")
    assert (not_understood(events), rows(events, "messages", "ip")) == (1, [])


def test_the_recipients_of_one_second_from_one_process_have_one_id_and_one_time():
    second = ACCEPT.replace("T:R", "T:friend@far.example")
    events = said(f"{TAI}{ACCEPT}\n{TAI.replace('00000000 ', '11e1a300 ')}{second}\n")
    assert len(set(rows(events, "messages", "queue_id", "accepted", "ip", "pid"))) == 1


@pytest.mark.parametrize(
    ("line", "session"),
    [
        (QLOG.replace("received: result=accepted code=250 reason=queueaccept", "envelope: result=rejected code=535 reason=authfailed"),
         ("auth_failed", "192.0.2.1", None)),
        ("qmail-smtpd: pid 700 Reject::AUTH::PLAIN P:ESMTP S:192.0.2.1:unknown ?~ 'hanako'", ("auth_failed", "192.0.2.1", None)),
        ("qmail-smtpd: pid 700 Reject::AUTH::PLAIN P:ESMTP S:192.0.2.1:unknown ?= 'hanako'", ("auth_failed", "192.0.2.1", None)),
        ("qmail-smtpd: pid 700 Accept::AUTH::PLAIN P:ESMTPA S:192.0.2.1:unknown ?= 'hanako'", ("authenticated", "192.0.2.1", "hanako")),
        ("qmail-smtpd[700]: auth: auth-success type=login user=<hanako>", ("authenticated", None, "hanako")),
    ],
)  # fmt: skip
def test_what_a_session_tells(line, session):
    events = said(f"{TAI}{line}\n")
    assert rows(events, "sessions", "kind", "ip", "user", "pid") == [(*session, 700)]
    assert (not_understood(events), rows(events, "messages", "ip")) == (0, [])


@pytest.mark.parametrize(
    "text",
    [
        "new msg 8914", "info msg 8914: bytes 812 from <a@b> qp 812 uid 89", "end msg 8914", "bounce msg 8914 qp 815",
        "starting delivery 7: msg 8914 to remote x@far.example", "delivery 7: success: 203.0.113.1_accepted_message./",
        "status: local 0/10 remote 1/20", "warning: trouble", "tcpserver: ok 700 mx:192.0.2.9:25 :192.0.2.1::4711",
        QLOG.replace("received: result=accepted code=250 reason=queueaccept", "envelope: result=accepted code=250 reason=rcptto"),
        QLOG.replace("accepted code=250 reason=queueaccept", "rejected code=554 reason=queuereject"),
        ACCEPT.replace("Accept::SNDR::Relay_Client", "Reject::SNDR::Invalid_Relay"),
        ACCEPT.replace("Accept::SNDR::Relay_Client", "Reject::DATA::Spam_Message"),
        CHKUSER.replace("relaying rcpt", "rejected relaying"),
        CHKUSER.replace("relaying rcpt", "accepted sender"),
        # CHKUSER from 2.0.10 on stands beside qlog's line
        "CHKUSER relaying rcpt: from <a@b|remoteinfo/auth:|chkuser-identify:> remote <helo:pc|remotehostname:unknown|"
        "remotehostip:192.0.2.1> rcpt <R> : client allowed to relay",
    ],
)  # fmt: skip
def test_lines_that_tell_of_no_message(text):
    for head in (TAI, SYSLOG):
        events = said(f"{head}{text}\n")
        assert rows(events, "messages", "ip") == []
        if not text.startswith("tcpserver"):
            assert not_understood(events) == 0


FORGED = SERVER.replace("192.0.2.1", "9.9.9.9").replace("=U", "=victim")


@pytest.mark.parametrize(
    ("line", "user"),
    [
        (QLOG.replace("helo=pc", f"helo=pc mailfrom=v rcptto=v {FORGED}"), "U"),  # blanks: with SMTPUTF8
        (QLOG.replace("rcptto=R", f"rcptto=R {FORGED}"), "U"),
        (ACCEPT.replace("H:pc", "H:pc S:9.9.9.9:x H:y F:v T:v"), None),
        (ACCEPT.replace("T:R", "T:R ?~ 'victim'"), None),
        (AUTH.replace("T:R", "T:R ?~ 'victim'"), "hanako"),
        (CHKUSER.replace("<pc:", "<pc:u:9.9.9.9:"), "USER"),
        (CHKUSER.replace("<a@b:", "<a@b:victim::"), "USER"),
    ],
)
def test_what_a_client_writes_is_never_taken_for_the_servers_words(line, user):
    assert rows(said(f"{TAI}{line}\n"), "messages", "ip", "sasl_user") == [("192.0.2.1", user)]


@pytest.mark.parametrize("part", ["a> remote <h:n:9.9.9.9> rcpt <x", "a<b"])
def test_a_bracket_in_an_address_of_chkuser_is_not_understood(part):
    for line in (CHKUSER.replace("a@b", part), CHKUSER.replace("<R>", f"<{part}>")):
        events = said(f"{TAI}{line}\n")
        assert (not_understood(events), rows(events, "messages", "ip")) == (1, [])


@settings(deadline=None)
@given(st.sampled_from([QLOG, ACCEPT, AUTH, CHKUSER]), st.integers(0, 300), st.binary(max_size=40))
def test_no_bytes_raise(line, place, raw):
    said(f"{TAI}{line[:place]}".encode() + raw + line[place:].encode())


def test_time_grows_with_the_length_alone():
    for text in (
        QLOG + " relay=yes rcpthosts=" * 2_000,
        ACCEPT.replace("T:R", " F:x T:y" * 6_000),
        CHKUSER.replace("a@b", ":" * 60_000),
    ):
        begun = time.process_time()
        said(f"{TAI}{text}\n")
        assert time.process_time() - begun < 5
