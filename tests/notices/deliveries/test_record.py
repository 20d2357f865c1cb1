from datetime import datetime, timedelta

import pytest
from maillog import EVENING, accepted, attempt, removed, taken
from rounds import AFTERNOON, DAY, at, numbers, sending, state_of, take

from notices import mailings
from notices.deliveries import record
from notices.models import Delivery, Mailing, Notice, SendingDay

pytestmark = pytest.mark.django_db


def lost(notice: Notice, time: datetime) -> Notice:
    """Claimed by a worker that died."""
    take(notice, now=time)
    return notice


def state(notice: Notice) -> str:
    return Notice.objects.values_list("state", flat=True).get(pk=notice.pk)


def test_a_lease_that_ended_makes_the_notice_unknown(settings):
    mailing = sending(2)
    lost(mailing.notices.first(), at(10))
    record.settle(now=at(10) + settings.NOTICE_LEASE)
    assert numbers(mailing).unknown == 0
    record.settle(now=at(10, 1) + settings.NOTICE_LEASE)
    assert (numbers(mailing).unknown, numbers(mailing).waiting) == (1, 1)


def test_an_unknown_notice_that_the_log_has_was_accepted(mail_log):
    mailing = sending()
    notice = lost(mailing.notices.get(), at(10))
    mail_log(taken(notice, at(10, 1), "4XyzQ1") + attempt(at(10, 2), "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    SendingDay.objects.create(day=DAY, taken=1, accepted=0)  # as if the day had been counted already
    record.settle(now=EVENING)
    notice.refresh_from_db()
    assert SendingDay.objects.get().accepted is None
    assert (notice.state, notice.accepted_at, notice.reply) == (
        "accepted",
        at(10, 1),
        "found in the mail server's log",
    )
    assert numbers(mailing).delivered == 1


def test_an_unknown_notice_that_the_log_has_passed_without_goes_again(mail_log):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    mail_log(taken(other, at(10, 1), "4XyzQ1") + removed(at(12), "4XyzQ1"))
    assert mailings.finish_if_done(mailing_id=mailing.pk, now=at(10, 2)) is False
    record.settle(now=EVENING)
    notice.refresh_from_db()
    assert (notice.state, notice.claimed_at, notice.send_after) == ("waiting", None, EVENING)
    assert numbers(mailing).waiting == 1


def test_a_finished_mailing_goes_on_for_a_notice_that_did_not_go_out(mail_log, settings):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    record.settle(now=at(10, 30))
    assert mailings.finish_if_done(mailing_id=mailing.pk, now=at(10, 30))
    mail_log(taken(other, at(10, 1), "4XyzQ1") + removed(at(12), "4XyzQ1"))
    record.settle(now=EVENING)
    assert (state_of(mailing), state(notice)) == ("sending", "waiting")
    mailings.tidy(now=EVENING)
    assert (state_of(mailing), state(notice)) == ("sending", "waiting")


def test_a_notice_of_an_expired_mailing_does_not_go_again(mail_log):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    mail_log(taken(other, at(10, 1), "4XyzQ1") + removed(at(12), "4XyzQ1"))
    Mailing.objects.update(expires_on=DAY - timedelta(days=1), state="finished")
    record.settle(now=EVENING)
    mailings.tidy(now=EVENING)
    assert (state_of(mailing), state(notice)) == ("finished", "withdrawn")


@pytest.mark.parametrize("ended", ["cancelled", "finished"])
def test_of_a_mailing_that_ended_days_ago_it_is_withdrawn_at_once(mail_log, ended):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    mail_log(taken(other, at(10, 1), "4XyzQ1") + removed(at(12), "4XyzQ1"))
    Mailing.objects.update(expires_on=DAY - timedelta(days=1), state=ended, ended_at=at(9) - timedelta(days=3))
    record.settle(now=EVENING)
    assert (state_of(mailing), state(notice)) == (ended, "withdrawn")


def test_without_a_log_an_unknown_notice_stays_unknown():
    mailing = sending()
    lost(mailing.notices.get(), at(10))
    record.settle(now=EVENING)
    record.settle(now=EVENING + timedelta(days=30))
    assert numbers(mailing).unknown == 1


def test_a_log_that_shows_none_of_our_mail_proves_nothing(mail_log):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    mail_log(removed(at(12), "4XyzQ9"))
    record.settle(now=EVENING)
    assert state(notice) == "unknown"


def test_a_log_that_has_not_safely_passed_proves_nothing(mail_log):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    lost(notice, at(10))
    accepted(other, at(10, 1))
    mail_log(taken(other, at(10, 1), "4XyzQ1") + removed(at(11), "4XyzQ1"))
    record.settle(now=EVENING)
    assert state(notice) == "unknown"


def test_a_reply_that_comes_after_all_is_still_written_down():
    mailing = sending()
    notice = lost(mailing.notices.get(), at(10))
    record.settle(now=at(11))
    assert notice.accept("250 2.0.0 Ok", now=at(11))
    assert state(notice) == "accepted"


def test_a_reply_to_an_attempt_that_was_given_up_changes_nothing():
    mailing = sending()
    first = lost(mailing.notices.get(), at(10))
    second = Notice.objects.get()
    assert second.put_back("it may go again", send_after=at(12))
    take(second, now=at(12))
    assert not first.refuse("550 no", now=at(12))
    assert state(first) == "claimed"


@pytest.mark.parametrize(
    ("status", "dsn", "fate"),
    [("sent", "2.0.0", "delivered"), ("deferred", "4.4.1", "deferred"), ("bounced", "5.1.1", "bounced")],
)
def test_the_fate_of_a_notice_comes_from_the_log(mail_log, status, dsn, fate):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(16, 31), "4XyzQ1", status, dsn, "said the server"))
    record.settle(now=EVENING)
    delivery = Delivery.objects.get(notice=notice)
    assert (delivery.fate, delivery.status_code, delivery.at) == (fate, dsn, at(16, 31))
    assert (delivery.host, delivery.queue_id) == ("mx1", "4XyzQ1")
    assert ("said the server" in delivery.text) is (status != "sent")
    assert getattr(numbers(mailing), fate) == 1


def test_a_deferred_notice_is_delivered_later_and_settling_again_changes_nothing(mail_log):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(16, 31), "4XyzQ1", "deferred", "4.4.1", "later"))
    record.settle(now=EVENING)
    mail_log(attempt(at(17, 31), "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    record.settle(now=EVENING)
    before = list(Delivery.objects.values())
    record.settle(now=EVENING)
    assert list(Delivery.objects.values()) == before
    assert (numbers(mailing).deferred, numbers(mailing).delivered) == (0, 1)


def test_a_notice_that_the_queue_gave_up_has_expired(mail_log):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(
        taken(notice, AFTERNOON, "4XyzQ1")
        + attempt(at(16, 31), "4XyzQ1", "deferred", "4.4.1", "later")
        + [(at(21), "qmgr", "4XyzQ1: from=<notice+x@isp.example>, status=expired, returned to sender")]
    )
    record.settle(now=EVENING)
    assert numbers(mailing).expired == 1


def test_an_unfounded_message_id_touches_no_notice(mail_log):
    mailing = sending()
    accepted(mailing.notices.get(), AFTERNOON)
    stranger = Notice(message_id="notice.pbs.2026-12.forged@isp.example")
    mail_log(taken(stranger, AFTERNOON, "4XyzQ1") + attempt(at(16, 31), "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    record.settle(now=EVENING)
    assert not Delivery.objects.exists()
    assert numbers(mailing).accepted == 1
