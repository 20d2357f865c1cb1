"""Sendmail's lines, most of them from Sendmail 8.17 itself, and what must come out of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mta_lines import not_understood, only_message, rows, said

HEAD = "May  4 12:00:00 mx1 sm-mta[27357]: "
Q = "6AOMBAZZ027357"
FROM = f"{Q}: from=<someone@far.example>, size=148, class=0, nrcpts=1, msgid=<m1@pc>, proto=ESMTP, daemon=MTA, relay="
TO = "delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30148, relay=mx.example. [203.0.113.1], dsn=2.0.0, stat=Sent (2.0.0 ok)"
PC = "pc.home [192.0.2.1]"
NOTICE = "<notice.1@isp.example>"


def one(*texts: str, columns: tuple[str, ...]) -> tuple:
    return only_message("".join(f"{HEAD}{text}\n" for text in texts), *columns)


@pytest.mark.parametrize(
    ("relay", "ip"),
    [
        (PC, "192.0.2.1"),
        ("[192.0.2.1]", "192.0.2.1"),
        ("pc.home [192.0.2.1] (may be forged)", "192.0.2.1"),
        ("hanako@pc.home [192.0.2.1]", "192.0.2.1"),  # ident
        ("[IPv6:2001:DB8:0:0:0:0:0:1]", "2001:db8::1"),
        ("v6.example [IPv6:2001:db8::1]", "2001:db8::1"),
        ("[IPv6:::ffff:192.0.2.1]", "192.0.2.1"),
        ("localhost [127.0.0.1]", "127.0.0.1"),
        ("root@localhost", None),  # sendmail(8) on the machine
        ("localhost", None),
        ("[RESPONSE]", None),
        ("[999.0.2.1]", None),
    ],
)
def test_the_client_is_the_last_address_and_the_machines_own_messages_have_none(relay, ip):
    assert one(FROM + relay, columns=("ip", "accepted", "sender", "queued"))[0] == ip
    assert (one(FROM + relay, columns=("ip", "accepted"))[1] is None) == (ip is None)


@pytest.mark.parametrize(
    ("text", "sender", "message_id"),
    [
        (f"from=<a@b>, size=1, class=0, nrcpts=1, msgid=<m@pc>, proto=SMTP, daemon=MTA, relay={PC}", "a@b", "<m@pc>"),
        (f"from=<>, size=1, class=0, nrcpts=1, msgid=<m@pc>, bodytype=8BITMIME, proto=ESMTP, daemon=MTA, relay={PC}", "", "<m@pc>"),
        (f"from=a@b, size=1, class=-60, nrcpts=2, proto=ESMTP, daemon=MTA, relay={PC}", "a@b", None),
        (f"from=<a@b>, size=1, class=0, pri=31, nrcpts=1, msgid=<m@pc>, proto=ESMTP, relay={PC}", "a@b", "<m@pc>"),  # 8.9
        (f"from=<a@b>, size=1, class=0, nrcpts=1, msgid=<m@pc>, proto=ESMTPS, daemon=MTA, tls_verify=NO, auth=NONE, relay={PC}",
         "a@b", "<m@pc>"),
        (f'from=<"x, size=9"@b>, size=1, class=0, nrcpts=1, msgid=<"a, proto=ESMTPA, relay=x [9.9.9.9]"@b>, proto=ESMTP, relay={PC}',
         '"x, size=9"@b', '<"a, proto=ESMTPA, relay=x [9.9.9.9]"@b>'),
    ],
)  # fmt: skip
def test_sender_and_message_id(text, sender, message_id):
    columns = ("sender", "message_id", "ip", "sasl_user", "passed_on")
    assert one(f"{Q}: {text}", columns=columns) == (sender, message_id, "192.0.2.1", None, False)


@pytest.mark.parametrize(
    ("proto", "user"),
    [("SMTP", None), ("ESMTP", None), ("ESMTPS", None), ("ESMTPA", ""), ("ESMTPSA", ""),
     ("ESMTP, daemon=MSA, tls_verify=NONE, auth=PLAIN", ""), ("ESMTP, daemon=MSA, auth=NONE", None)],
)  # fmt: skip
def test_an_authenticated_client_is_nobody_yet(proto, user):
    text = f"{Q}: from=<a@b>, size=1, class=0, nrcpts=1, msgid=<m@pc>, proto={proto}, relay={PC}"
    assert one(text, columns=("sasl_user", "pid")) == (user, 27357)


@pytest.mark.parametrize(
    ("to", "remote"),
    [
        ("<hanako@isp.example>", False),
        ("<hanako@ISP.example>", False),
        ("<hanako>", False),
        ("<friend@far.example>", True),
        ("<hanako@isp.example>,<friend@far.example>", True),
        ("<friend@far.example>,<other@far.example> [more]", True),
        ("<friend@far.example>, ctladdr=<hanako@isp.example> (5/60)", True),  # the sender, a user of the machine
        ("friend@far.example", False),  # what an alias or .forward made of a local address
        ("friend@far.example,<hanako@isp.example>", False),
        ('"|/usr/bin/vacation hanako", ctladdr=<hanako@isp.example> (1000/1000)', False),
        ('<"a,<b@far.example>,c"@isp.example>', False),
        ('<"a@isp.example>,<b"@far.example>', True),
    ],
)
def test_remote_are_the_clients_own_recipients_elsewhere(to, remote):
    assert one(FROM + PC, f"{Q}: to={to}, {TO}", columns=("remote",)) is remote


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dsn=2.0.0, stat=Sent (<x@y> ok)", ("sent", "2.0.0", "")),
        ("dsn=4.3.0, reply=451 4.7.1 come back later, stat=Deferred: 451 4.7.1 come back, a@far.example",
         ("deferred", "4.3.0", "Deferred: 451 4.7.1 come back, …@…")),
        ("dsn=5.1.1, reply=550 5.1.1 <bad@far.example>: no such user, stat=User unknown", ("bounced", "5.1.1", "User unknown")),
        ("dsn=4.4.1, stat=Deferred: Connection refused by mx.example.", ("deferred", "4.4.1", "Deferred: Connection refused by mx.example.")),
        ("stat=Service unavailable", ("bounced", "", "Service unavailable")),
        ("dsn=2.0.0, ntries=1, stat=Sent (ok, stat=Deferred)", ("sent", "2.0.0", "")),
    ],
)  # fmt: skip
def test_the_fate_of_a_message(text, found):
    line = f"{Q}: to=<r@far.example>, delay=1+00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=mx. [203.0.113.1], {text}"
    assert one(line, columns=("status", "code", "words")) == found


@pytest.mark.parametrize(
    "text",
    [
        f"{Q}: to=<r@far.example>, delay=00:00:00, mailer=local, pri=30148, stat=queued",
        f"{Q}: 6AOMCDMS027584: clone: owner=news",
        f"{Q}: to=<r@far.example>, {TO}",
    ],
)
def test_accepted_is_what_a_mailer_has_or_a_list(text):
    assert one(FROM + PC, text, columns=("queued",)) is not None


@pytest.mark.parametrize(
    "text",
    [
        f"{Q}: to=<r@far.example>, delay=00:00:00, pri=0, stat=rset",
        f"{Q}: to=<r@far.example>, delay=00:00:00, pri=30148, stat=aborted by sender",
        f"{Q}: Milter: data, reject=550 5.7.1 Spam",
        f"{Q}: discarded",
        f"{Q}: lost input channel from {PC} to MTA after rcpt",
        f"{Q}: done; delay=00:00:00, ntries=1",
    ],
)
def test_the_begin_of_a_transaction_alone_is_no_message(text):
    assert one(FROM + PC, text, columns=("queued", "attempt", "removed")) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        f"{Q}: from=<a@b>, size=154, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay={PC}",
        f'{Q}: "from=<v@isp.example>, size=1, class=0, nrcpts=1, msgid=<x>, proto=ESMTPA, relay={PC}"@b... User unknown',
        f"{Q}: <from=<v@isp.example>, size=1, class=0, nrcpts=1, msgid=<x>, proto=ESMTPA, relay={PC}>... User unknown",
        f"{Q}: ruleset=check_rcpt, arg1=<x@far.example>, relay={PC}, reject=550 5.7.1 <x@far.example>... Relaying denied",
        f"NOQUEUE: connect from {PC}",
        f"NOQUEUE: {PC} did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA",
        f"STARTTLS=server, relay={PC}, version=TLSv1.2, verify=NO, cipher=X, bits=256/256",
        "alias <info@isp.example> => someone@elsewhere.example",
        f"{Q}: forward <news@isp.example> => pat@elsewhere.example",
    ],
)
def test_lines_that_tell_of_no_message(text):
    assert one(text, columns=("queue_id",)) is None


@pytest.mark.parametrize(
    ("text", "session"),
    [
        (f"AUTH=server, relay={PC}, authid=hanako, mech=PLAIN, bits=0", ("authenticated", "192.0.2.1", "hanako")),
        (f"AUTH=server, relay={PC} (may be forged), authid=hanako@isp.example, mech=LOGIN, bits=0",
         ("authenticated", "192.0.2.1", "hanako@isp.example")),
        ("AUTH=server, relay=[IPv6:2001:db8:0:0:0:0:0:1], authid=hanako, mech=PLAIN, bits=0", ("authenticated", "2001:db8::1", "hanako")),
        (f"{Q}: AUTH=server, relay={PC}, authid=a, b, mech=PLAIN, bits=0", ("authenticated", "192.0.2.1", "a, b")),
        (f"{Q}: AUTH failure (PLAIN): user not found (-20) SASL(-13): user not found: Password verification failed, user=u, relay={PC}",
         ("auth_failed", "192.0.2.1", None)),
        (f"{Q}: AUTH failure (LOGIN): x (-13) y, user=u, relay=[9.9.9.9], relay={PC}", ("auth_failed", "192.0.2.1", None)),
    ],
)  # fmt: skip
def test_what_a_session_tells(text, session):
    assert rows(said(f"{HEAD}{text}\n"), "sessions", "kind", "ip", "user", "pid") == [(*session, 27357)]


def test_auth_as_a_client_of_others_and_failures_without_address_tell_nothing():
    texts = (
        "AUTH=client, relay=mx.example. [203.0.113.1], mech=PLAIN, bits=0",
        f"{Q}: AUTH failure (PLAIN): x (-13) y",
    )
    assert rows(said("".join(f"{HEAD}{text}\n" for text in texts)), "sessions", "kind") == []


@pytest.mark.parametrize("name", ["X-Mailer", "User-Agent"])
def test_the_clients_program_by_the_syslog_map(name):
    events = said(f'{HEAD}{Q}: {name}:  Microsoft Outlook 16.0 (x), "y" z\n')
    wanted = ['Microsoft Outlook 16.0 (x), "y" z'] if name == "X-Mailer" else []
    assert rows(events, "messages", "program") == wanted


@pytest.mark.parametrize("tag", ["sendmail", "sm-mta", "sm-msp-queue", "sm-acceptingconnections"])
def test_all_its_daemons_are_known(tag):
    assert rows(said(f"May  4 12:00:00 mx1 {tag}[7]: {FROM}{PC}\n"), "messages", "queue_id", "mta") == [(Q, "sendmail")]


def test_a_line_that_was_cut_is_counted():
    events = said(f"{HEAD}{FROM[:-8]}\n")
    assert (not_understood(events), rows(events, "messages", "queue_id")) == (1, [])


@settings(deadline=None)
@given(st.text(alphabet='<>,[]()"=:; \\@abfromtosizenrcpts019.', max_size=60), st.binary(max_size=40))
def test_no_client_and_no_recipient_raises_or_moves_the_client(text, raw):
    begin = f'{HEAD}{Q}: from=<"'.encode() + raw.replace(b"\n", b"") + text.encode()
    line = begin + f'"@b>, size=1, class=0, nrcpts=1, msgid=<m>, proto=ESMTP, daemon=MTA, relay={PC}\n'.encode()
    ips = rows(said(line), "messages", "ip")
    assert ips in (["192.0.2.1"], [])
    said(f"{HEAD}{Q}: to={text}, {TO}\n".encode() + HEAD.encode() + raw)


def test_time_grows_with_the_length_alone():
    for text in (
        'from=<"' + '\\"' * 30_000,
        "to=" + ',<"\\"' * 10_000 + f", {TO}",
        "from=" + ", size=1, class=0, nrcpts=1" * 2000,
    ):
        begun = time.process_time()
        said(f"{HEAD}{Q}: {text}\n")
        assert time.process_time() - begun < 5
