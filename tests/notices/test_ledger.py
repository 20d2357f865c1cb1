"""Notices are claimed and settled together: nobody else gets them, and nothing that came in between is overwritten."""

import threading

import pytest
from at_once import Other
from django.db import OperationalError, connection, transaction
from rounds import AFTERNOON, at, numbers, sending
from waiting import PATIENCE

from campaign.models import Customer
from notices import ledger, mailings
from notices.claims import Claim
from notices.ledger import End
from notices.models import Mailing, Notice

State = Notice.State


def claim(mailing: Mailing, limit: int = 100, now=AFTERNOON) -> list[Claim]:
    return ledger.claim(mailing_id=mailing.pk, limit=limit, now=now)


def states() -> list[str]:
    return sorted(Notice.objects.values_list("state", flat=True))


@pytest.mark.django_db
def test_the_oldest_due_are_claimed_first_and_no_more_than_wanted():
    mailing = sending(4)
    for hour, pk in enumerate(Notice.objects.order_by("pk").values_list("pk", flat=True)):
        Notice.objects.filter(pk=pk).update(send_after=at(14 - hour))
    Notice.objects.filter(send_after=at(12)).update(send_after=at(23))
    first = claim(mailing, 2)
    assert [notice.send_after for notice in first] == [at(11), at(13)]
    assert [notice.send_after for notice in claim(mailing)] == [at(14)]
    assert claim(mailing) == []
    assert states() == ["claimed"] * 3 + ["waiting"]


@pytest.mark.django_db
def test_a_claim_writes_down_the_customer_as_of_now():
    mailing = sending()
    Customer.objects.update(language="en", client_program="outlook", contact_address="Hanako@Keitai.example")
    (claimed,) = claim(mailing)
    case, kept = claimed.case, Notice.objects.get()
    assert (case.language, case.client_program, case.address) == ("en", "outlook", "Hanako@Keitai.example")
    assert (kept.language, kept.client_program, kept.sent_to) == ("en", "outlook", "hanako@keitai.example")
    for found in (claimed, kept):
        assert (found.attempts, found.claimed_at) == (1, AFTERNOON)


@pytest.mark.django_db
@pytest.mark.parametrize("step", [mailings.cancel, lambda **given: mailings.pause(reason="", **given)])
def test_nothing_is_claimed_of_a_mailing_that_is_not_being_sent(step):
    mailing = sending(2)
    step(mailing_id=mailing.pk, now=AFTERNOON)
    assert claim(mailing) == []


@pytest.mark.django_db
def test_each_gets_its_own_end_in_one_step():
    mailing = sending(5)
    sent, refused, later, moved, untouched = notices = claim(mailing)
    ends = [
        End(sent, State.ACCEPTED, '250 it\'s "queued" as 日本 100%s'),
        End(refused, State.REFUSED, "550 no"),
        End(later, State.WAITING, "450 later", send_after=at(17)),
        End(moved, State.WITHDRAWN, "has moved"),
    ]
    assert ledger.settle(ends, untouched=[untouched], now=at(16, 31)) == []
    sent, refused, later, moved, untouched = (Notice.objects.get(pk=notice.pk) for notice in notices)
    assert (sent.state, sent.reply, sent.accepted_at, sent.ended_at) == (
        "accepted",
        '250 it\'s "queued" as 日本 100%s',
        at(16, 31),
        at(16, 31),
    )
    assert (refused.state, refused.reply, refused.accepted_at, refused.ended_at) == (
        "refused",
        "550 no",
        None,
        at(16, 31),
    )
    assert (later.state, later.send_after, later.claimed_at, later.attempts) == ("waiting", at(17), None, 1)
    assert (moved.state, moved.reply, moved.ended_at) == ("withdrawn", "has moved", at(16, 31))
    assert (untouched.state, untouched.attempts, untouched.claimed_at, untouched.reply) == ("waiting", 0, None, "")
    assert numbers(mailing).accepted == 1


@pytest.mark.django_db
def test_an_end_counts_after_the_lease_but_not_for_another_attempt():
    mailing = sending(3)
    lost, again, other = claim(mailing)
    Notice.objects.filter(pk=lost.pk).update(state="unknown")
    Notice.objects.filter(pk=again.pk).update(state="claimed", claimed_at=at(17))
    ends = [End(notice, State.ACCEPTED, "250 ok") for notice in (lost, again, other)]
    assert [late.notice for late in ledger.settle(ends, now=at(17, 1))] == [again]
    assert states() == ["accepted", "accepted", "claimed"]


@pytest.mark.django_db
def test_the_untouched_of_a_claim_that_is_not_ours_any_more_stay_as_they_are():
    mailing = sending(2)
    ours, settled = claim(mailing)
    Notice.objects.filter(pk=settled.pk).update(state="accepted", accepted_at=at(16, 30))
    ledger.settle([], untouched=[ours, settled], now=at(17))
    assert states() == ["accepted", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_does_not_cost_the_relays_word(monkeypatch):
    (notice,) = claim(sending())
    trouble, waits = iter([OperationalError("the server went away"), OperationalError("not yet")]), []
    really = ledger._settle

    def settle(*given):
        for error in trouble:
            raise error
        return really(*given)

    monkeypatch.setattr(ledger, "_settle", settle)
    monkeypatch.setattr(ledger.time, "sleep", waits.append)
    ledger.settle([End(notice, State.ACCEPTED, "250 ok")], now=AFTERNOON)
    assert (states(), len(waits)) == (["accepted"], 2)


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_claiming_is_passed_over():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one claim at a time")
    mailing = sending(6)
    claimed, release = threading.Event(), threading.Event()
    found = {}

    def first():
        with transaction.atomic():
            due = Notice.objects.order_by("send_after", "pk").select_for_update()[:4]
            found["first"] = {notice.pk for notice in due}
            claimed.set()
            assert release.wait(PATIENCE)

    worker = Other(first)
    assert claimed.wait(PATIENCE)
    found["second"] = {notice.pk for notice in claim(mailing)}
    release.set()
    worker.result()
    assert len(found["second"]) == 2
    assert not found["first"] & found["second"]


@pytest.mark.django_db(transaction=True)
def test_many_threads_claim_each_notice_once():
    mailing = sending(40)
    found, start = [], threading.Barrier(4)

    def worker():
        start.wait(PATIENCE)
        while notices := claim(mailing, 3):
            found.extend(notice.pk for notice in notices)

    for one in [Other(worker) for _ in range(4)]:
        one.result()
    assert len(found) == len(set(found))
    while notices := claim(mailing):
        found.extend(notice.pk for notice in notices)
    assert len(found) == len(set(found)) == 40
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
