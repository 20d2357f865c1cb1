"""Exim's lines, most of them from Exim 4.96 itself, and what must come out of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mta_lines import not_understood, only_message, rows, said

HEAD = "2026-05-04 12:00:00 [1957] "
Q = "1xVz1E-0000VZ-35"
CAME = f"{Q} <= someone@far.example H=(pc.home) [192.0.2.1]"
PLAIN = f"{CAME} P=esmtp S=361 id=m1@pc"
C = "192.0.2.1"


def one(*texts: str, columns: tuple[str, ...]) -> tuple:
    return only_message("".join(f"{HEAD}{text}\n" for text in texts), *columns)


@pytest.mark.parametrize(
    ("text", "ip", "user"),
    [
        ("H=(pc.home) [192.0.2.1] P=esmtp S=361 id=m1@pc", C, None),
        ("H=pc.example [192.0.2.1] P=smtp S=361", C, None),
        ("H=pc.example (pc.home) [192.0.2.1]:60104 I=[127.0.0.1]:25 P=esmtps X=TLS1.3:ECDHE_X25519:256 CV=no K S=361 id=m1@pc", C, None),
        ("H=[192.0.2.1] P=smtp S=361", C, None),
        ("DS H=pc.example [192.0.2.1] P=smtp S=361", C, None),
        ("H=([192.0.2.9]) [192.0.2.1] P=esmtp S=361", C, None),
        ("H=([IPv6:2001:db8::9]) [2001:DB8::1]:4711 P=esmtp S=361", "2001:db8::1", None),
        ("H=(pc.home) [::ffff:192.0.2.1] P=esmtp S=361", C, None),
        ("H=(pc with blanks) [192.0.2.1] P=smtp S=361", C, None),
        ('H=(pc.home) [192.0.2.1]:60104 I=[192.0.2.9]:25 P=esmtp L.- S=361 M8S=0 RT=0.002s id=m1@pc T="hi" from <a@b> for c@d e@f', C, None),
        ("H=(pc.home) [192.0.2.1] TFO* U=ident P=esmtp S=361", C, None),
        ('H=(pc.home) [192.0.2.1] P=esmtpsa X=TLS1.2:A:256 CV=yes DN="/CN=x" SNI=mx1 A=plain:hanako S=361', C, "hanako"),
        ("H=(pc.home) [192.0.2.1] P=esmtpa A=login:hanako@isp.example PRDR PRX=192.0.2.8 K S=361", C, "hanako@isp.example"),
        ("H=(pc.home) [192.0.2.1] P=esmtpa A=login:hanako:hanako@isp.example S=361", C, "hanako"),  # smtp_mailauth
        ("H=(pc.home) [192.0.2.1] P=esmtpa A=plain S=361", C, ""),
        ("H=(pc.home) [192.0.2.1] P=asmtp S=361", C, ""),  # until 4.2x
        ("U=root P=local S=361 id=m1@pc", None, None),
        ("R=1xVz1F-0000W8-1u U=Debian-exim P=local S=1790", None, None),
        ("P=spam-scanned S=361", None, None),
        ("H=(pc.home) [not.an.address] P=esmtp S=361", None, None),
    ],
)  # fmt: skip
def test_the_client_and_who_it_authenticated_as(text, ip, user):
    found = one(f"{Q} <= someone@far.example {text}", columns=("ip", "sasl_user", "accepted", "queued", "mta", "pid"))
    assert found[:2] == (ip, user)
    assert found[3] is not None and (found[2] == found[3]) == (ip is not None)
    assert found[4:] == ("exim", 1957 if ip else None)


@pytest.mark.parametrize(
    ("arrival", "sender", "message_id"),
    [
        (PLAIN, "someone@far.example", "<m1@pc>"),
        (PLAIN.replace("someone@far.example", "<>"), "", "<m1@pc>"),
        (PLAIN.replace("id=", "id*="), "someone@far.example", "<m1@pc>"),
        (PLAIN.replace(" id=m1@pc", ""), "someone@far.example", None),
        (f'{PLAIN} T="a \\"b\\" c) [9.9.9.9] P=esmtpa A=plain:v S=1 id=x" from <a@b> for c@d', "someone@far.example", "<m1@pc>"),
        (PLAIN.replace("m1@pc", '"a) [9.9.9.9] P=esmtpa A=plain:v S=1"@b'), "someone@far.example",
         '<"a) [9.9.9.9] P=esmtpa A=plain:v S=1"@b>'),
        (PLAIN.replace("someone", '"x H=evil [9.9.9.9] P=esmtpa A=plain:v S=1"'),
         '"x H=evil [9.9.9.9] P=esmtpa A=plain:v S=1"@far.example', "<m1@pc>"),
    ],
)  # fmt: skip
def test_sender_and_message_id(arrival, sender, message_id):
    columns = ("sender", "message_id", "ip", "sasl_user", "passed_on")
    assert one(arrival, columns=columns) == (sender, message_id, C, None, False)


@pytest.mark.parametrize(
    "helo",
    [
        "x) [9.9.9.9] P=esmtpa A=plain:victim S=1 for z",
        'x) [9.9.9.9]:1 P=esmtpa A=plain:victim S=1 T="',
        'x) [9.9.9.9]:1 P=esmtpa A=plain:victim S=1 id="',
        'x) [9.9.9.9]:1 P=esmtpa A=plain:victim S=1 id="" from <',
    ],
)
@pytest.mark.parametrize("subject", ["", "hi", ' for \\"x', "a for b", '\\" for b'])
def test_a_forged_name_never_moves_the_client(helo, subject):
    title = f' T="{subject}"' if subject else ""
    events = said(f"{HEAD}{PLAIN.replace('pc.home', helo)}{title}\n")
    found = rows(events, "messages", "ip", "sasl_user")
    assert found in ([(C, None)], []) and not_understood(events) + len(found) == 1


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("=> hanako <hanako@isp.example> R=local_user T=local_delivery", False),
        ("=> hanako@isp.example R=dnslookup T=lmtp", False),
        ("=> hanako@ISP.EXAMPLE F=<x@far.example> R=dnslookup T=lmtp", False),
        ("=> friend@far.example R=dnslookup T=remote_smtp H=mx [203.0.113.1]", True),
        ("-> friend@far.example F=<hanako@isp.example> P=<hanako@isp.example> R=dnslookup T=remote_smtp", True),
        (">> friend@far.example R=dnslookup T=remote_smtp", True),
        ("** friend@far.example: Unrouteable address", True),
        ("** nobody@isp.example F=<>: Unrouteable address", False),
        ("== friend@far.example R=dnslookup T=remote_smtp defer (-44): SMTP error", True),
        ("=> friend@far.example <info@isp.example> R=dnslookup T=remote_smtp", False),  # redirected: as accepted
        ("=> friend@far.example (list@isp.example) <info@isp.example> R=dnslookup T=remote_smtp", False),
        ("=> |/usr/bin/vacation a b <hanako@isp.example> R=userforward T=address_pipe", False),
        ("=> /var/mail/x <hanako@isp.example> R=userforward T=address_file", False),
        ("=> blackhole (DATA ACL discarded recipients)", False),
        ('=> "x <y@isp.example> R=z"@far.example R=dnslookup T=remote_smtp', True),
    ],
)
def test_remote_are_recipients_elsewhere_as_accepted(text, remote):
    assert one(f"{Q} {text}", columns=("remote",)) is remote


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('=> a@far.example R=d T=r H=mx [203.0.113.1] C="250 2.0.0 Ok: queued as AAA"', ("sent", "2.0.0", "")),
        ("** a@far.example R=d T=r H=mx [203.0.113.1]: SMTP error from remote mail server after RCPT TO:<a@far.example>: "
         "550 5.1.1 <a@far.example>: no such user",
         ("bounced", "5.1.1", "SMTP error from remote mail server after RCPT TO:<…@…>: 550 5.1.1 <…@…>: no such user")),
        ("== a@far.example R=d T=r defer (-44) H=mx [10.4.5.6]: SMTP error: 451 4.7.1 later", ("deferred", "4.7.1", "SMTP error: 451 4.7.1 later")),
        ("** a@far.example R=d T=r: retry timeout exceeded", ("expired", "", "retry timeout exceeded")),
        ("** a@far.example: Unrouteable address", ("bounced", "", "Unrouteable address")),
    ],
)  # fmt: skip
def test_the_fate_of_a_message(text, found):
    assert one(f"{Q} {text}", columns=("status", "code", "words")) == found


def test_a_cut_through_delivery_stands_before_the_arrival_and_is_the_same_message():
    lines = (f'{Q} >> friend@far.example R=d T=r H=mx [203.0.113.1] C="250 ok"', PLAIN, f"{Q} Completed")
    found = one(*lines, columns=("ip", "remote", "status", "accepted", "removed"))
    assert found[:3] == (C, True, "sent") and None not in found


@pytest.mark.parametrize("queue_id", ["1xVz1E-0000VZ-35", "1rMQ1a-0000000AbCd-1Zzz"])
@pytest.mark.parametrize(
    "head",
    [
        "2026-05-04 12:00:00 ", "2026-05-04 12:00:00.123 +0900 [7] ",
        "May  4 12:00:00 mx1 exim[7]: 2026-05-04 12:00:00 ", "May  4 12:00:00 mx1 exim4[7]: ",
    ],
)  # fmt: skip
def test_own_file_and_syslog_and_both_forms_of_ids(head, queue_id):
    assert rows(said(head + PLAIN.replace(Q, queue_id) + "\n"), "messages", "queue_id", "ip") == [(queue_id, C)]


def test_of_a_line_in_parts_the_first_tells_all_and_the_others_nothing():
    head = "May  4 12:00:00 mx1 exim[7]: "
    first = f'{head}[1/3] 2026-05-04 12:00:00 {PLAIN} T="a" for {" ".join(f"r{n}@isp.example" for n in range(40))}\n'
    forged = f"{head}[2/3] 2026-05-04 12:00:00 {PLAIN.replace(Q, Q.replace('3', '4'))}\n{head}[3/3] {PLAIN.replace(Q, '1xVz1E-0000VZ-99')}\n"
    events = said(first + forged)
    assert (not_understood(events), rows(events, "messages", "queue_id", "ip", "message_id")) == (
        0,
        [(Q, C, "<m1@pc>")],
    )


@pytest.mark.parametrize(
    "text",
    [
        "H=(pc.home) [192.0.2.1] F=<a@far.example> rejected RCPT <x@far.example>: relay not permitted",
        f"{Q} H=(pc.home) [192.0.2.1] F=<a@far.example> rejected after DATA",
        f"{Q} (= someone@far.example H=(pc.home) [192.0.2.1] P=esmtp S=361",  # refused with control = fakereject
        f"{Q} SMTP connection lost after final dot H=(pc.home) [192.0.2.1] P=esmtp",
        f"{Q} *> friend@far.example R=d T=r",
        f"{Q} Frozen (delivery error message)",
        f"SMTP connection from (x) {CAME} closed by QUIT",
        "no host name found for IP address 192.0.2.1",
    ],
)
def test_lines_that_tell_of_no_message(text):
    assert one(text, columns=("queue_id",)) is None


@pytest.mark.parametrize(
    "text",
    [
        "plain authenticator failed for (pc.home) [192.0.2.1]:60152 I=[192.0.2.9]:25: 535 Incorrect authentication data (set_id=a@isp.example)",
        "login authenticator failed for pc.example (pc.home) [192.0.2.1]: 535 Incorrect authentication data",
        "login authenticator failed for pc.example [192.0.2.1] U=ident: 535 Incorrect authentication data (set_id=x) [9.9.9.9]: 535 y)",
    ],
)  # fmt: skip
def test_a_failed_auth_is_the_sessions(text):
    assert rows(said(f"{HEAD}{text}\n"), "sessions", "kind", "ip", "pid") == [("auth_failed", C, 1957)]
    assert rows(said(f"{HEAD.replace('[1957] ', '')}{text}\n"), "sessions", "kind") == []  # whose it was is not told


@pytest.mark.parametrize("name", ["X-Mailer", "User-Agent"])
def test_the_clients_program_by_logwrite(name):
    value = 'Becky! ver. 2.81 "x" <= y'
    assert one(f"{Q} {name}: {value}", PLAIN, columns=("program", "ip")) == (value, C)


@settings(deadline=None)
@given(st.text(alphabet='<>[]()"=:; \\@aHPSTid019.', max_size=60), st.binary(max_size=40))
def test_no_subject_and_no_bytes_raise_or_move_the_client(text, raw):
    subject = text.replace("\\", "\\\\").replace('"', '\\"')
    line = f'{HEAD}{PLAIN} T="{subject}"\n'.encode()
    assert rows(said(line), "messages", "ip", "sasl_user") == [(C, None)]
    said(f"{HEAD}{Q} <= ".encode() + raw.replace(b"\n", b"") + text.encode() + b"\n" + HEAD.encode() + raw)


def test_time_grows_with_the_length_alone():
    for text in (
        "<= " + '"\\"' * 20_000,
        f"{CAME[17:]} " + "(" * 60_000,
        f"{CAME[17:]} P=esmtp" + ") [1] S=1 A=x:" * 4_000,
        "=> " + "<a" * 30_000,
    ):
        begun = time.process_time()
        said(f"{HEAD}{Q} {text}\n")
        assert time.process_time() - begun < 5
