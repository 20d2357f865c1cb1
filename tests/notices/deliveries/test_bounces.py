from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from maillog import EVENING, accepted, attempt, taken
from returned import RETURNED_AT, complaint, dsn, plain, sender_of
from rounds import AFTERNOON, DAY, at, numbers, sending, take

from notices.deliveries import bounces, record
from notices.models import Delivery, Mute, Notice, ReturnedMail, SendingDay, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice() -> Notice:
    return accepted(sending().notices.get(), AFTERNOON)


def fate_of(notice: Notice) -> tuple[str, str, str]:
    return Delivery.objects.filter(notice=notice).values_list("fate", "status_code", "source").get()


def test_a_bounce_tells_the_fate_of_the_notice_whose_address_it_came_to(notice):
    assert bounces.take_in(dsn(sender_of(notice)), now=EVENING) == "failed"
    delivery = Delivery.objects.get(notice=notice)
    assert (delivery.fate, delivery.status_code, delivery.source) == ("bounced", "5.1.1", "returned")
    assert (delivery.at, delivery.host) == (RETURNED_AT, "mx.elsewhere.example")
    assert numbers(notice.mailing).bounced == 1


def test_the_same_message_again_changes_nothing(notice):
    content = dsn(sender_of(notice))
    bounces.take_in(content, now=EVENING)
    before = [list(model.objects.values()) for model in (Delivery, ReturnedMail, Suppression, Notice)]
    bounces.take_in(content, now=at(23))
    assert [list(model.objects.values()) for model in (Delivery, ReturnedMail, Suppression, Notice)] == before


def test_the_recipient_in_the_report_is_not_believed():
    first, second = (accepted(each, AFTERNOON) for each in sending(2).notices.order_by("pk"))
    victim = second.holdout.customer.login.encode()
    bounces.take_in(dsn(sender_of(first)).replace(b"somebody.else@isp.example", victim), now=EVENING)
    assert fate_of(first)[0] == "bounced"
    assert not Delivery.objects.filter(notice=second).exists()
    assert Suppression.objects.get().customer == first.holdout.customer


@pytest.mark.parametrize(
    "address",
    [
        "notice+0123456789abcdef01234567@isp.example",  # a key of nobody's
        "notice+0123@isp.example",
        "notice+%@isp.example",
        "notice@isp.example",
        "",
    ],
)
def test_a_key_that_is_no_notice_s_is_refused_and_counted(notice, address):
    assert bounces.take_in(dsn(address), now=EVENING) == "foreign"
    assert ReturnedMail.objects.values_list("kind", "notice").get() == ("foreign", None)
    assert not Delivery.objects.exists()


def test_a_key_under_another_domain_is_refused(notice):
    assert bounces.take_in(dsn(sender_of(notice).replace("isp.", "evil.")), now=EVENING) == "foreign"


def test_what_the_mail_server_says_stands_above_what_the_message_says(notice):
    content = dsn("someone@isp.example")
    assert bounces.take_in(content, now=EVENING, recipient=sender_of(notice).upper()) == "failed"
    assert bounces.take_in(dsn(sender_of(notice)), now=EVENING, recipient="notice+00@isp.example") == "foreign"


def test_a_delay_is_a_delay_until_the_log_knows_more(notice, mail_log):
    bounces.take_in(dsn(sender_of(notice), action="delayed", status="4.4.1", at=at(17)), now=EVENING)
    assert fate_of(notice) == ("deferred", "4.4.1", "returned")
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(18), "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    record.settle(now=EVENING)
    assert fate_of(notice)[0] == "delivered"


@pytest.mark.parametrize("log_first", [True, False])
def test_what_was_handed_on_and_came_back_has_bounced_in_either_order(notice, mail_log, log_first):
    lines = taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(19), "4XyzQ1", "sent", "2.0.0", "250 Ok")
    if log_first:
        mail_log(lines)
        record.settle(now=EVENING)
        assert fate_of(notice)[0] == "delivered"
    bounces.take_in(dsn(sender_of(notice)), now=EVENING)
    if not log_first:
        mail_log(lines)
        record.settle(now=EVENING)
    assert fate_of(notice) == ("bounced", "5.1.1", "returned")


def test_what_was_given_up_after_many_tries_has_expired(notice):
    bounces.take_in(dsn(sender_of(notice), status="4.4.7", said="smtp; 451 later"), now=EVENING)
    assert fate_of(notice)[0] == "expired"
    assert not Suppression.objects.exists()


def test_another_server_s_clock_cannot_tell_the_impossible(notice):
    bounces.take_in(dsn(sender_of(notice), at=at(3)), now=EVENING)
    assert Delivery.objects.get().at == AFTERNOON
    Delivery.objects.all().delete()
    bounces.take_in(dsn(sender_of(notice), at=at(23, 59)), now=EVENING)
    assert Delivery.objects.get().at == EVENING


@pytest.mark.parametrize("content", [b"I am away.\n", b"\0\xff"])
def test_an_automatic_answer_changes_no_fate(notice, content):
    head = f"To: {sender_of(notice)}\nAuto-Submitted: auto-replied\nSubject: \0away\n\n".encode()
    assert bounces.take_in(head + content, now=EVENING) == "reply"
    assert not Delivery.objects.exists()
    assert ReturnedMail.objects.get().text == "told by Auto-Submitted"


def test_control_characters_in_a_servers_words_do_no_harm(notice):
    bounces.take_in(dsn(sender_of(notice), said="smtp; 550 5.1.1 \0gone\x1b"), now=EVENING)
    assert ReturnedMail.objects.get().text == "550 5.1.1 gone"


def test_what_came_back_of_an_unknown_notice_proves_that_it_went_out():
    mailing = sending()
    notice = mailing.notices.get()
    take(notice, now=AFTERNOON)
    Notice.objects.update(state="unknown")
    SendingDay.objects.update_or_create(day=DAY, defaults={"accepted": 0})
    bounces.take_in(dsn(sender_of(notice)), now=EVENING)
    assert (numbers(mailing).accepted, numbers(mailing).bounced, numbers(mailing).unknown) == (1, 1, 0)
    assert SendingDay.objects.get(day=DAY).accepted is None  # the day is counted again


def test_a_notice_that_is_just_being_sent_asks_to_come_again():
    mailing = sending()
    notice = mailing.notices.get()
    take(notice, now=AFTERNOON)
    with pytest.raises(bounces.NotYet):
        bounces.take_in(dsn(sender_of(notice)), now=AFTERNOON)
    assert not ReturnedMail.objects.exists()
    assert notice.accept("250 2.0.0 Ok", now=AFTERNOON)
    bounces.take_in(dsn(sender_of(notice)), now=EVENING)
    assert numbers(mailing).bounced == 1


@pytest.mark.parametrize(
    ("feedback", "muted"), [("abuse", True), ("opt-out", True), ("fraud", False), ("not-spam", False)]
)
def test_a_report_of_unwanted_mail_mutes_the_reminders(notice, feedback, muted):
    assert bounces.take_in(complaint(notice, feedback=feedback), now=EVENING) == "complaint"
    assert Mute.objects.filter(holdout=notice.holdout, by="complaint", notice=notice).exists() is muted
    assert not Delivery.objects.exists()


def test_a_complaint_whose_sender_s_address_is_blackened_is_found_by_the_message_in_it(notice):
    content = complaint(notice).replace(sender_of(notice).encode(), b"redacted@isp.example")
    assert bounces.take_in(content, now=EVENING) == "complaint"
    assert Mute.objects.get().holdout == notice.holdout


def test_a_forged_complaint_mutes_nobody(notice):
    content = complaint(notice).replace(sender_of(notice).encode(), b"x@isp.example")
    forged = content.replace(notice.message_id.encode(), b"notice.pbs.2026-12.0123456789abcdef01234567@isp.example")
    assert bounces.take_in(forged, now=EVENING) == "foreign"
    assert not Mute.objects.exists()


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ("Subject: my divorce\n", "other", "a message of its own"),
        ("Subject: Re: my divorce\nIn-Reply-To: <1@isp.example>\n", "other", "answers a message"),
        ("Subject: Automatic reply: my divorce\nX-Autoreply: yes\n", "reply", "told by X-Autoreply, Subject"),
        ("Subject: my divorce\nPrecedence: bulk\n", "reply", "told by Precedence"),
    ],
)
def test_of_what_a_customer_wrote_not_even_the_subject_is_kept(notice, more, kind, text):
    body = plain(sender_of(notice), "I did change it.\n", sender="hanako@isp.example", more=more)
    assert bounces.take_in(body, now=EVENING) == kind
    assert ReturnedMail.objects.values_list("notice", "text").get() == (notice.pk, text)


def test_of_a_message_that_names_no_notice_of_ours_no_address_is_kept(notice):
    body = plain("taro@isp.example", "Hello\n", sender="hanako@isp.example", more="Subject: hello\n")
    assert bounces.take_in(body, now=EVENING, recipient="taro@isp.example") == "foreign"
    assert ReturnedMail.objects.get().text == ""


def test_subjects_and_addresses_that_were_kept_before_are_emptied(notice):
    for number, kind in enumerate(("reply", "other", "foreign", "failed")):
        ReturnedMail.objects.create(digest=str(number), kind=kind, at=EVENING, text="my divorce")
    import_module("notices.migrations.0032_keep_no_subjects_of_returned_mail").empty(apps, None)
    kept = ReturnedMail.objects.exclude(text="").values_list("kind", flat=True)
    assert list(kept) == ["failed"]


def test_a_number_without_its_key_is_refused(notice):
    number, key = sender_of(notice).partition("@")[0].removeprefix("notice+").split("-")
    other = str(int(number) ^ 1)
    for forged in (
        f"notice+{number}@isp.example",
        f"notice+{other}-{key}@isp.example",
        f"notice+{number}-a{key[1:]}x@isp.example",
    ):
        assert bounces.take_in(dsn(forged), now=EVENING) == "foreign"


def test_what_came_back_is_forgotten_with_its_time(notice):
    bounces.take_in(dsn(sender_of(notice)), now=EVENING)
    record.settle(now=EVENING + timedelta(days=180))
    assert ReturnedMail.objects.count() == 1
    record.settle(now=EVENING + timedelta(days=180, seconds=1))
    assert not ReturnedMail.objects.exists()
    assert Delivery.objects.get(notice=notice).fate == "bounced"
