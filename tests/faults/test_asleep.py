"""A machine that sleeps between claim and text wakes up when its lease is over, and others have gone on."""

from datetime import timedelta

import pytest
from relays import Relay, running
from rounds import AFTERNOON, numbers, sending

from notices.dispatch import send_batch
from notices.models import Notice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis")]


def test_it_sends_nothing_that_another_worker_may_have_sent(settings):
    settings.NOTICE_PER_SECOND = 10_000
    mailing = sending(3)

    def clock():
        asleep = Notice.objects.filter(state=Notice.State.CLAIMED).exists()
        return AFTERNOON + (settings.NOTICE_LEASE + timedelta(seconds=1) if asleep else timedelta())

    with running(Relay(), settings) as relay:
        send_batch(mailing_id=mailing.pk, clock=clock, limit=3)
    assert relay.accepted == []
    assert numbers(mailing).waiting == 3
    assert not Notice.objects.filter(state=Notice.State.CLAIMED).exists()
