"""Settling reads each event file once, and loses nothing by it."""

import os

import pytest
from maillog import EVENING, accepted, attempt, removed, taken
from rounds import AFTERNOON, at, numbers, sending, take

from campaign.submissions import fates, traces
from notices.deliveries import keep, record
from notices.models import Delivery, Notice

pytestmark = pytest.mark.django_db


def event_files(settings):
    return sorted(settings.SEGMENTS.glob("messages/day=*/*.parquet"))


def make_unreadable(path):
    """What opened it would fail; its name, size and time are what they were."""
    about = path.stat()
    path.write_bytes(b"x" * about.st_size)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def test_an_event_file_that_was_written_down_is_not_read_again(mail_log, settings):
    mailing = sending(2)
    first, second = (accepted(notice, AFTERNOON) for notice in mailing.notices.order_by("pk"))
    mail_log(taken(first, AFTERNOON, "4XyzQ1") + attempt(at(16, 31), "4XyzQ1", "deferred", "4.4.1", "later"))
    record.settle(now=EVENING)
    written_down = event_files(settings)
    mail_log(
        taken(second, at(16, 40), "4XyzQ2")
        + attempt(at(16, 41), "4XyzQ2", "bounced", "5.2.2", "full")
        + attempt(at(17), "4XyzQ1", "sent", "2.0.0", "250 Ok"),
        name="mail.log.next",
    )
    assert len(event_files(settings)) > len(written_down) > 0
    for path in written_down:
        make_unreadable(path)
    record.settle(now=EVENING)
    assert (numbers(mailing).delivered, numbers(mailing).bounced) == (1, 1)


def test_the_growing_end_of_a_log_is_read_with_what_was_added(mail_log, settings):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1"))
    record.settle(now=EVENING)
    assert numbers(mailing).delivered == 0
    mail_log(attempt(at(17), "4XyzQ1", "sent", "2.0.0", "250 Ok") + removed(at(17), "4XyzQ1"))
    record.settle(now=EVENING)
    assert numbers(mailing).delivered == 1
    assert len(list(settings.SEGMENTS.glob("traces/*/*/*.done"))) == len(event_files(settings))


def test_an_attempt_whose_message_id_is_read_later_is_not_lost(mail_log):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(attempt(at(17), "4XyzQ1", "bounced", "5.1.1", "unknown"), name="mail.log.second")
    record.settle(now=EVENING)
    assert not Delivery.objects.exists()
    mail_log(taken(notice, AFTERNOON, "4XyzQ1"), name="mail.log.first")
    record.settle(now=EVENING)
    assert numbers(mailing).bounced == 1


def test_who_dies_before_it_is_written_down_reads_it_again(mail_log, monkeypatch):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(17), "4XyzQ1", "sent", "2.0.0", "250 Ok"))

    def die(told):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(keep, "write_down", die)
        record.settle(now=EVENING)
    assert numbers(mailing).delivered == 0
    record.settle(now=EVENING)
    assert numbers(mailing).delivered == 1


def test_who_dies_while_an_event_file_is_read_reads_it_again(mail_log, monkeypatch):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(17), "4XyzQ1", "sent", "2.0.0", "250 Ok"))

    def die(con, rows, path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(traces, "_write", die)
        record.settle(now=EVENING)
    record.settle(now=EVENING)
    assert numbers(mailing).delivered == 1


def test_the_log_may_be_faster_than_the_relays_reply(mail_log):
    mailing = sending(2)
    notice, other = mailing.notices.order_by("pk")
    accepted(other, AFTERNOON)
    take(notice, now=AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(AFTERNOON, "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    record.settle(now=at(16, 31))
    assert not Delivery.objects.exists()
    assert notice.accept("250 2.0.0 Ok", now=at(16, 31))
    record.settle(now=at(16, 32))
    assert numbers(mailing).delivered == 1


def test_a_queue_id_that_was_free_again_is_another_messages(mail_log):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(
        taken(notice, AFTERNOON, "4A1B2C")
        + attempt(at(16, 31), "4A1B2C", "sent", "2.0.0", "250 Ok")
        + removed(at(16, 31), "4A1B2C")
    )
    mail_log(attempt(at(18), "4A1B2C", "bounced", "5.1.1", "of somebody else"), name="mail.log.next")
    record.settle(now=EVENING)
    assert (numbers(mailing).delivered, numbers(mailing).bounced) == (1, 0)


def test_a_wrong_clock_is_set_right_and_a_new_setting_reads_anew(mail_log, settings):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(17), "4XyzQ1", "deferred", "4.4.1", "later"))
    record.settle(now=EVENING)
    assert Delivery.objects.get().at == at(17)
    settings.CLOCK_OFFSETS = {"mx1": 120}
    record.settle(now=EVENING)
    assert Delivery.objects.get().at == at(17, 2)
    assert mailing.notices.get().delivery.fate == "deferred"


def test_settling_twice_at_once_is_settling_once(mail_log):
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + attempt(at(17), "4XyzQ1", "sent", "2.0.0", "250 Ok"))
    first = fates.news(domain="isp.example", since=at(15), until=EVENING)
    second = fates.news(domain="isp.example", since=at(15), until=EVENING)
    assert first.fates == second.fates
    fates.written_down(first)
    fates.written_down(second)
    assert fates.news(domain="isp.example", since=at(15), until=EVENING) == ([], [])
    assert Notice.objects.get().state == "accepted"


def test_what_was_taken_out_goes_with_its_day(mail_log, settings):
    mailing = sending()
    accepted(mailing.notices.get(), AFTERNOON)
    mail_log(removed(AFTERNOON, "4XyzQ1"))
    record.settle(now=EVENING)
    assert list(settings.SEGMENTS.glob("traces/*/*"))
    record.settle(now=EVENING + record.KEPT * 2)
    assert not list(settings.SEGMENTS.glob("traces/*/*"))
