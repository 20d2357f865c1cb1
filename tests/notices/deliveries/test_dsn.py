from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returned import RETURNED_AT, dsn, plain

from notices.deliveries import dsn as rules
from notices.deliveries import message as mail

TO = "notice+0123456789abcdef01234567@isp.example"


def read(content: bytes) -> rules.Returned:
    return rules.read(mail.parse(content))


def test_a_report_names_what_failed_why_and_where():
    told = read(dsn(TO))
    assert (told.kind, told.status_code, told.host) == ("failed", "5.1.1", "mx.elsewhere.example")
    assert told.text.startswith("550 5.1.1 <x@elsewhere.example>")
    assert told.at == RETURNED_AT


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "failed"),
        ("Failed (permanent)", "5.1.1", "failed"),
        ("error", "5.1.1", "failed"),  # OpenSMTPD
        ("delayed", "4.4.1", "delayed"),
        ("delivered", "2.0.0", "delivered"),
        ("relayed", "2.0.0", "delivered"),
        ("expanded", "2.0.0", "delivered"),
        ("", "5.1.1", "failed"),
        ("", "4.4.7", "delayed"),
    ],
)
def test_the_action_says_what_became_of_it(action, status, kind):
    assert read(dsn(TO, action=action, status=status, said="")).kind == kind


def test_a_word_that_is_no_action_is_no_fate():
    assert read(dsn(TO, action="pondered")).kind == "reply"  # Auto-Submitted is all that is left


def test_the_time_is_that_of_the_last_attempt():
    told = read(dsn(TO, more="Last-Attempt-Date: Tue, 1 Dec 2026 17:30:00 +0900\n"))
    assert told.at == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        ("5.0.0", "smtp; 550 5.1.1 <x@elsewhere.example> no mailbox", "5.1.1"),
        ("5.0.0", "smtp; 550 <x@ezweb.ne.jp>: User unknown", "5.1.1"),
        ("5.0.0", "smtp; 550 : User unknown", "5.7.1"),  # au: the owner does not want mail from there
        ("5.1.1", "smtp; 550 : User unknown", "5.7.1"),
        ("5.0.0", "smtp; 550 Unknown user x@docomo.ne.jp (in reply to RCPT TO command)", "5.1.1"),
        ("5.0.0", "smtp; 550 Unknown user x@docomo.ne.jp (in reply to end of DATA command)", "5.7.1"),
        ("5.2.0", "smtp; 550 Unknown user x@docomo.ne.jp", "5.2.0"),  # docomo by sendmail: filtered
        ("5.0.0", "smtp; 550 Invalid recipient: <x@softbank.ne.jp>", "5.1.1"),
        ("5.0.0", "smtp; 552 mailbox is full", "5.2.2"),
        ("5.2.2", "smtp; 552 5.1.1 not believed", "5.2.2"),
        ("4.0.0", "smtp; 550 5.1.1 of another class", "4.0.0"),
        ("5.0.0", "smtp; 554 no", "5.0.0"),
    ],
)
def test_words_tell_what_a_vague_code_does_not(status, said, code):
    assert read(dsn(TO, status=status, said=said)).status_code == code


def test_the_recipient_that_was_reached_best_counts():
    second = "\nFinal-Recipient: rfc822; b@elsewhere.example\nAction: relayed\nStatus: 2.0.0\n"
    assert read(dsn(TO, more=second)).kind == "delivered"


def test_a_report_in_utf8_is_the_same():
    content = dsn(TO, name="global-delivery-status").replace(b"rfc822; somebody.else", "utf-8; 誰か".encode())
    told = read(content)
    assert (told.kind, told.status_code) == ("failed", "5.1.1")


def test_a_report_inside_a_plain_multipart_is_found():
    content = dsn(TO).replace(b"multipart/report; report-type=delivery-status;", b"multipart/mixed;")
    assert read(content).kind == "failed"


def test_qmail_s_own_form_is_understood():
    body = """Hi. This is the qmail-send program at elsewhere.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<x@elsewhere.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""
    told = read(plain(TO, body))
    assert (told.kind, told.status_code) == ("failed", "5.1.1")
    assert told.text == "Sorry, no mailbox here by that name. (#5.1.1)"


def test_exim_s_header_is_understood():
    content = plain(
        TO, "A message could not be delivered.\n\n  x@elsewhere.example\n    mailbox is full: retry timeout\n"
    )
    told = read(b"X-Failed-Recipients: x@elsewhere.example\n" + content)
    assert (told.kind, told.status_code) == ("failed", "5.2.2")


def test_au_s_mail_system_error_is_understood():
    body = "Each of the following recipients was rejected by a remote mail server.\n\nRecipient: <x@ezweb.ne.jp>\n"
    told = read(
        plain(
            TO,
            body + ">>> RCPT TO:<x@ezweb.ne.jp>\n<<< 550 <x@ezweb.ne.jp>: User unknown\n",
            sender="Postmaster@ezweb.ne.jp",
        )
    )
    assert (told.kind, told.status_code, told.text) == ("failed", "5.1.1", "<<< 550 <x@ezweb.ne.jp>: User unknown")


def test_a_japanese_daemon_is_understood():
    told = read(plain(TO, "お送りいただいたメールは、宛先不明のため配信できませんでした。\n"))
    assert (told.kind, told.status_code) == ("failed", "5.1.1")


def test_a_daemon_whose_words_no_table_has_is_for_a_person():
    assert read(plain(TO, "Something happened.\n")).kind == "other"


def test_a_person_s_answer_is_for_a_person():
    assert read(plain(TO, "I did change it, thank you.\n", sender="hanako@isp.example")).kind == "other"


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\nSubject: Thank you\n",
        "Auto-Submitted: auto-generated (vacation)\n",
        "Precedence: bulk\nSubject: =?utf-8?b?5LiN5Zyo?=\n",
        "Subject: Out of office: notice\n",
        "Subject: Automatic reply: notice\n",
        "Subject: =?iso-2022-jp?B?GyRCPCtGMDF+RXobKEI=?=\n",  # 自動応答
        "X-Autoreply: yes\n",
    ],
)
def test_an_answer_by_a_machine_is_no_failure(more):
    body = "I am on vacation. If no such user exists, my account has been closed."
    assert read(plain(TO, body, sender="hanako@isp.example", more=more)).kind == "reply"


def test_a_receipt_is_no_failure():
    content = dsn(TO, name="disposition-notification").replace(
        b"Action: failed", b"Disposition: automatic-action/x; deleted"
    )
    told = read(content)
    assert told.kind == "reply"
    assert "deleted" in told.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe not a header\n\n\x80",
        b"Content-Type: multipart/report; boundary=x\n\n"
        + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3000,
        b"Content-Type: text/plain; charset=no-such-charset\nFrom: mailer-daemon@x\n\nuser unknown\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: nonsense\n",
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!\n",
        b"From: mailer-daemon@x\nDate: Mon, 99 Foo 0000 99:99:99 +9999\n\nuser unknown\n",
        b"Subject: =?utf-8?b?=?= =?x?q?\n\n",
        b"Content-Type: message/feedback-report\n\n",
    ],
)
def test_whatever_comes_is_something(content):
    try:
        told = read(content)
    except mail.Unreadable:
        return
    assert told.kind in rules.Kind.values


def test_a_message_without_end_costs_no_more_than_its_beginning():
    head = dsn(TO)
    message = mail.parse(head + b"x" * (3 * mail.LONGEST))
    assert rules.read(message).kind == "failed"
    assert len(message.as_bytes()) <= mail.LONGEST + 1000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 900))
def test_broken_reports_never_raise(noise, place):
    content = dsn(TO)
    try:
        told = read(content[:place] + noise + content[place + len(noise) :])
    except mail.Unreadable:
        return
    assert told.kind in rules.Kind.values
