"""The relay has logged a notice's header, and died: only its queue manager tells whether it was taken."""

import pytest
from maillog import EVENING, accepted, removed, taken
from rounds import at, sending, take

from notices.deliveries import record
from notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(mail_log) -> Notice:
    """Claimed at ten by a worker that died; the relay mx1 has its header, and no more was logged of it."""
    notice, before, _ = sending(3).notices.order_by("pk")
    take(notice, now=at(10))
    accepted(before, at(9, 59))
    mail_log(taken(before, at(9, 59), "4BEFORE1") + taken(notice, at(10), "4HALF1")[:2])
    return notice


def state(notice: Notice) -> str:
    return Notice.objects.values_list("state", flat=True).get(pk=notice.pk)


def test_while_its_relay_is_down_nobody_knows_and_another_relays_log_does_not_tell(notice, mail_log):
    mail_log(removed(at(13), "4OTHER1"), name="mx2.log", host="mx2")
    record.settle(now=EVENING)
    assert state(notice) == "unknown"


def test_a_relay_that_comes_back_after_hours_has_it_in_its_queue(notice, mail_log):
    mail_log(removed(at(13), "4OTHER1"), name="mx2.log", host="mx2")
    record.settle(now=EVENING)
    mail_log(taken(notice, at(14), "4HALF1")[2:])
    record.settle(now=EVENING)
    assert state(notice) == "accepted"


def test_a_queue_manager_that_went_on_without_it_does_not_have_it(notice, mail_log):
    after = Notice.objects.filter(state="waiting").get()
    accepted(after, at(10, 20))
    mail_log(taken(after, at(10, 20), "4AFTER1") + removed(at(12), "4AFTER1"))
    record.settle(now=EVENING)
    assert state(notice) == "waiting"
