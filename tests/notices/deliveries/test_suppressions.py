from datetime import timedelta
from itertools import permutations

import pytest
from builders import make_customer, make_user
from maillog import EVENING, accepted, attempt, taken
from relays import Relay, running
from returned import dsn, sender_of
from rounds import AFTERNOON, DAY, at, clock, numbers, plan, sending, take

from campaign.models import Customer
from notices.deliveries import bounces, keep, record, suppressions
from notices.deliveries.evidence import Evidence
from notices.dispatch import send_batch
from notices.models import Delivery, Notice, Suppression

pytestmark = pytest.mark.django_db
LOG = Delivery.Source.LOG


def bounced(hour: int, code: str = "5.1.1") -> Evidence:
    return Evidence(LOG, Delivery.Fate.BOUNCED, at(hour), code, "unknown")


def delivered(hour: int) -> Evidence:
    return Evidence(LOG, Delivery.Fate.DELIVERED, at(hour), "2.0.0")


def told(*evidence: Evidence) -> list[tuple[Notice, Evidence]]:
    """A notice for each, all to one customer; what is known of the others is kept first, and in this order."""
    customer = make_customer(contact_address="Hanako@Elsewhere.example")
    found = []
    for number, each in enumerate(evidence):
        mailing = sending(customers=[customer]) if not found else _again(found[0][0], number)
        notice = accepted(mailing.notices.get(), at(9, 30 + number))
        found.append((notice, each))
    return found


def _again(notice: Notice, number: int):
    mailing = notice.mailing
    mailing.pk, mailing.period, mailing._state.adding = None, f"2026-0{number}", True
    mailing.save()
    message_id = f"notice.pbs.{mailing.period}.{number:024x}@isp.example"
    values = {"number": f"{number:09}", "message_id": message_id, "token_digest": str(number), "send_after": at(9)}
    Notice.objects.create(mailing=mailing, holdout=notice.holdout, language="ja", **values)
    return mailing


def is_suppressed() -> bool:
    return Suppression.objects.open().exists()


def test_a_hard_bounce_suppresses_the_address_that_the_notice_went_to():
    ((notice, evidence),) = told(bounced(10))
    keep.write_down({notice.message_id: evidence})
    found = Suppression.objects.get()
    assert (found.address, found.since, found.status_code) == ("hanako@elsewhere.example", at(10), "5.1.1")
    assert (found.customer, found.notice) == (notice.holdout.customer, notice)


@pytest.mark.parametrize("code", ["5.2.2", "5.7.1", "5.0.0"])
def test_what_may_pass_does_not_suppress(code):
    ((notice, evidence),) = told(bounced(10, code))
    keep.write_down({notice.message_id: evidence})
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("evidence", "suppressed"),
    [
        ([bounced(10), delivered(11)], False),
        ([delivered(10), bounced(11)], True),
        ([bounced(10), delivered(11), bounced(12)], True),
        ([delivered(10), bounced(11), delivered(12)], False),
    ],
)
def test_what_was_last_counts_in_whatever_order_it_is_heard(evidence, suppressed):
    everything = told(*evidence)
    for order in permutations(everything):
        Suppression.objects.all().delete()
        Delivery.objects.all().delete()
        for notice, each in order:
            keep.write_down({notice.message_id: each})
        assert is_suppressed() is suppressed, [each.at for _notice, each in order]


def test_all_at_once_is_the_same_as_one_by_one():
    everything = told(bounced(10), delivered(11), bounced(12))
    keep.write_down({notice.message_id: each for notice, each in everything})
    assert is_suppressed()


def test_what_staff_cleared_is_suppressed_again_by_the_next_bounce_and_not_by_the_old_one():
    (first, old), (second, new) = told(bounced(10), bounced(15))
    user = make_user("support")
    keep.write_down({first.message_id: old})
    assert suppressions.clear(suppression_id=Suppression.objects.get().pk, user_id=user.pk, now=at(12))
    assert not suppressions.clear(suppression_id=Suppression.objects.get().pk, user_id=user.pk, now=at(13))
    cleared = Suppression.objects.get()
    assert (cleared.ended_at, cleared.ended_why, cleared.ended_by) == (at(12), "staff", user)
    suppressions.learn([(first, old)])
    assert not is_suppressed()
    for _twice in range(2):
        keep.write_down({second.message_id: new})
    assert Suppression.objects.count() == 2
    assert Suppression.objects.open().get().since == at(15)


def test_a_success_that_lifted_says_so():
    (first, bounce), (second, success) = told(bounced(10), delivered(11))
    keep.write_down({first.message_id: bounce})
    keep.write_down({second.message_id: success})
    lifted = Suppression.objects.get()
    assert (lifted.ended_at, lifted.ended_why) == (at(11), "delivered")


def test_a_fresh_contact_address_is_not_in_the_way():
    ((notice, evidence),) = told(bounced(10))
    Customer.objects.update(contact_address="new@elsewhere.example")
    keep.write_down({notice.message_id: evidence})
    in_the_way = Suppression.objects.in_the_way(customer="holdout__customer")
    assert Suppression.objects.get().address == "hanako@elsewhere.example"
    assert not Notice.objects.filter(in_the_way).exists()
    Customer.objects.update(contact_address="hanako@ELSEWHERE.example")
    assert Notice.objects.filter(in_the_way).exists()


def test_the_login_is_the_address_where_there_is_no_other():
    mailing = sending()
    notice = accepted(mailing.notices.get(), AFTERNOON)
    bounces.take_in(dsn(sender_of(notice)), now=EVENING)
    assert Suppression.objects.get().address == notice.holdout.customer.login
    assert Notice.objects.filter(Suppression.objects.in_the_way(customer="holdout__customer")).get() == notice


def test_a_bounce_in_the_log_suppresses_too(mail_log):
    notice = accepted(sending().notices.get(), AFTERNOON)
    lines = attempt(at(17), "4XyzQ1", "bounced", "5.1.1", "host mx said: 550 5.1.1 User unknown")
    mail_log(taken(notice, AFTERNOON, "4XyzQ1") + lines)
    record.settle(now=EVENING)
    assert Suppression.objects.get().status_code == "5.1.1"


@pytest.mark.parametrize(("reply", "suppressed"), [("550 5.1.1 User unknown", True), ("554 5.7.1 no", False)])
def test_a_relay_that_knows_its_users_suppresses_at_once(reply, suppressed):
    mailing = sending()
    notice = mailing.notices.get()
    take(notice, now=AFTERNOON)
    assert notice.refuse(reply, now=AFTERNOON)
    for _twice in range(2):
        record.settle(now=EVENING)
    assert Suppression.objects.filter(since=AFTERNOON).exists() is suppressed


def test_an_address_that_was_refused_as_none_is_not_suppressed():
    mailing = plan(customers=[make_customer("no address")])
    assert mailing.notices.get().state == "refused"
    record.settle(now=at(9, day=DAY + timedelta(days=0)))
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("empty_redis")
def test_a_notice_to_a_suppressed_address_is_withdrawn_at_the_last_moment(settings):
    mailing = sending(2)
    first, second = mailing.notices.order_by("pk")
    Suppression.objects.create(customer=first.holdout.customer, address=first.holdout.customer.login, since=at(8))
    with running(Relay(), settings) as relay:
        send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=10)
    assert relay.accepted == [second.holdout.customer.login]
    first.refresh_from_db()
    assert (first.state, first.reply) == ("withdrawn", "no mail reaches the address")
    assert numbers(mailing).withdrawn == 1
