"""What two do to the ledger at the same moment: neither waits for the other in a circle, and nothing is lost."""

from datetime import timedelta

import pytest
from at_once import Other, Stop
from builders import make_campaign, make_customer, make_holdout, make_user
from desk import make_mailing, make_notice
from django.db import connection, transaction
from rounds import AFTERNOON, DAY, at, plan, sending, state_of, take

from campaign.customers import counts, told
from campaign.models import Campaign, Holdout
from notices import allowance, ledger, mailings, mutes, on_request
from notices.deliveries import keep, record
from notices.deliveries.evidence import Evidence
from notices.ledger import End
from notices.models import Delivery, Mailing, Mute, Notice, ReportCounts, SendingDay, TextVersion, Visit

pytestmark = pytest.mark.django_db(transaction=True)
State = Notice.State


@pytest.fixture
def campaigns() -> list[Campaign]:
    return [make_campaign(), make_campaign(name="local_port25")]


def test_two_guides_for_a_customer_of_both_campaigns(campaigns, monkeypatch):
    customer, stop = make_customer(), Stop()
    both = [make_holdout(each, customer) for each in campaigns]
    monkeypatch.setattr(on_request, "_tell_program", stop.before(on_request._tell_program))

    def send(holdout: Holdout, program: str):
        return lambda: on_request.send_guide(holdout_id=holdout.pk, program=program, user_id=None, now=AFTERNOON)

    first = Other(send(both[0], "becky"))
    stop.reached()
    second = Other(send(both[1], "outlook"))
    second.until_it_waits()
    stop.go_on()
    assert [first.result().holdout, second.result().holdout] == both


def test_two_customers_of_both_campaigns_tell_their_program(campaigns, monkeypatch):
    people, stop = [make_customer() for _ in range(2)], Stop()
    for customer, order in zip(people, (1, -1), strict=True):
        for each in campaigns[::order]:
            make_holdout(each, customer)
    for each in campaigns:
        counts.count(each, today=DAY)
    monkeypatch.setattr(counts, "mark_stale", stop.after(counts.mark_stale))
    first, second = (
        Other(lambda pk=each.pk: told.tell_program(customer_id=pk, program="becky", today=DAY)) for each in people
    )
    stop.reached()
    second.until_it_waits()
    stop.go_on()
    assert first.result() and second.result()


def test_a_worker_that_comes_back_while_its_lease_is_ended(monkeypatch):
    mailing, stop = sending(2), Stop()
    claims = ledger.claim(mailing_id=mailing.pk, limit=2, now=AFTERNOON)
    monkeypatch.setattr(ledger, "_accept", stop.before(ledger._accept))
    late = AFTERNOON + timedelta(hours=1)
    first, last = sorted(claims, key=lambda claim: claim.pk)
    back = Other(lambda: ledger.settle([End(first, State.ACCEPTED, "250 ok")], untouched=[last], now=late))
    stop.reached()
    lease = Other(lambda: record._end_leases(late))
    lease.until_it_waits()
    stop.go_on()
    lease.result()
    assert back.result() == []
    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) == ["accepted", "waiting"]


def test_a_customer_who_wants_no_reminders_while_all_of_several_mailings_are_withdrawn(campaigns):
    holdout = make_holdout(campaigns[0])
    several = [make_mailing(campaigns[0], period=f"2026-1{number}") for number in range(2)]
    for each in several:
        make_notice(each, holdout, state="waiting", reply="")
    with transaction.atomic():
        Notice.objects.for_mailing(several[1]).withdraw("expired", now=AFTERNOON)
        muting = Other(lambda: mutes.mute(holdout_id=holdout.pk, by=Mute.By.PAGE, now=AFTERNOON))
        muting.until_it_waits()
        Notice.objects.for_mailing(several[0]).withdraw("expired", now=AFTERNOON)
    assert muting.result()
    assert set(Notice.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_a_notice_that_may_go_again_keeps_its_mailing_from_ending(monkeypatch):
    mailing, stop = sending(), Stop()
    notice = Notice.objects.get()
    take(notice, now=AFTERNOON)
    Notice.objects.update(state="unknown")
    monkeypatch.setattr(mailings, "let_nothing_wait", stop.after(mailings.let_nothing_wait))
    again = Other(lambda: record._let_go_again(Notice.objects.select_related("mailing").get(), now=AFTERNOON))
    stop.reached()
    end = Other(lambda: mailings.finish_if_done(mailing_id=mailing.pk, now=AFTERNOON))
    end.until_it_waits()
    stop.go_on()
    again.result()
    assert end.result() is False
    assert (state_of(mailing), Notice.objects.get().state) == ("sending", "waiting")


def test_texts_that_are_taken_while_somebody_approves_are_not_approved(monkeypatch):
    mailing, stop = plan(), Stop()
    about = {"campaign": mailing.campaign, "kind": mailing.kind, "language": "ja", "number": 1}
    TextVersion.objects.create(**about, subject="x", body="x", written_at=at(8), approved_at=at(8))
    monkeypatch.setattr(mailings.approval, "errors", stop.after(mailings.approval.errors))
    user = make_user("sato").pk
    approving = Other(lambda: mailings.approve(mailing_id=mailing.pk, user_id=user, now=at(9)))
    stop.reached()
    mailings.take_texts(mailing_id=mailing.pk)
    stop.go_on()
    with pytest.raises(mailings.NotAllowed):
        approving.result()
    assert state_of(mailing) == "planned"


def test_what_somebody_cancels_while_it_expires_stays_cancelled():
    mailing = sending()
    after = at(9, day=mailing.expires_on + timedelta(days=1))
    with transaction.atomic():
        mailings.cancel(mailing_id=mailing.pk, now=after)
        tidying = Other(lambda: mailings.tidy(now=after))
        tidying.until_it_waits()
    tidying.result()
    assert state_of(mailing) == "cancelled"


def test_what_is_through_while_its_date_is_moved_stays_finished():
    mailing = sending()
    Mailing.objects.update(kind="last_day", period="2026-12-24")
    with transaction.atomic():
        Mailing.objects.update(state="finished", ended_at=AFTERNOON)
        tidying = Other(lambda: mailings.tidy(now=AFTERNOON))
        tidying.until_it_waits()
    tidying.result()
    assert state_of(mailing) == "finished"


def test_a_day_is_counted_again_when_more_went_out_while_it_was_counted(monkeypatch):
    SendingDay.objects.create(day=DAY, taken=1)
    stop, accepted_on = Stop(), Notice.objects.accepted_on
    monkeypatch.setattr(allowance.Notice.objects, "accepted_on", stop.after(accepted_on), raising=False)
    counting = Other(lambda: allowance.keep_past(now=at(9, day=DAY + timedelta(days=2))))
    stop.reached()
    late = Other(lambda: allowance.count_again(DAY))
    late.until_it_waits()
    stop.go_on()
    counting.result(), late.result()
    assert SendingDay.objects.get().accepted is None


def test_two_who_write_down_fates_of_the_same_rounds(campaigns):
    several = [make_mailing(campaigns[0], period=f"2026-1{number}") for number in range(2)]
    notices = [make_notice(each) for each in (*several, several[0])]
    for each in several[::-1]:
        ReportCounts.objects.create(mailing=each, counted_at=AFTERNOON, counts={})
    delivered = Evidence(Delivery.Source.LOG, Delivery.Fate.DELIVERED, AFTERNOON)
    with transaction.atomic():
        keep.write_down({notices[0].message_id: delivered})
        both = {each.message_id: delivered for each in notices[1:]}
        writing = Other(lambda: keep.write_down(both))
        writing.until_it_waits()
        ReportCounts.objects.filter(mailing=several[1]).update(changes=9)
    writing.result()
    assert Delivery.objects.count() == 3


def test_who_writes_fates_down_holds_up_no_visit(campaigns):
    notice = make_notice(make_mailing(campaigns[0]))
    delivered = Evidence(Delivery.Source.LOG, Delivery.Fate.DELIVERED, AFTERNOON)
    with transaction.atomic():
        keep.write_down({notice.message_id: delivered})
        visit = Other(lambda: Visit.objects.create(notice=notice, act="guide", at=AFTERNOON))
        if connection.vendor == "postgresql":
            visit.through()
    assert visit.result()
