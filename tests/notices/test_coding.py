"""Who got UTF-8 although the program is an old one: kept with the notice, for the report."""

import pytest
from builders import make_customer
from relays import Relay, running
from rounds import at, clock, sending

from notices import ledger
from notices.dispatch import send_batch
from notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_fast_pace", "empty_redis")]


def test_the_ledger_remembers_whose_program_lacks_a_character(settings):
    names = {"becky": ["田中 太郎", "髙橋 花子"], "thunderbird": ["髙橋 一郎"], "": ["髙橋 二郎"]}
    customers = [make_customer(name=name, client_program=program) for program in names for name in names[program]]
    mailing = sending(customers=customers)
    with running(Relay(), settings):
        assert send_batch(mailing_id=mailing.pk, clock=clock(at(10)), limit=10) == 4
    found = Notice.objects.for_mailing(mailing).in_utf8_instead()
    assert list(found.values_list("holdout__customer__name", flat=True)) == ["髙橋 花子"]


def test_a_name_put_right_before_the_next_attempt_is_remembered_too(settings):
    mailing = sending(customers=[make_customer(name="髙橋", client_program="becky")])
    notice = Notice.objects.get(mailing=mailing)
    ledger.keep_coding(notice, utf8_instead=True)
    notice.refresh_from_db()
    assert notice.utf8_instead and not Notice.objects.in_utf8_instead().exists()  # not accepted yet
    notice.holdout.customer.name = "高橋"
    notice.holdout.customer.save()
    with running(Relay(), settings):
        send_batch(mailing_id=mailing.pk, clock=clock(at(10)), limit=10)
    notice.refresh_from_db()
    assert (notice.state, notice.utf8_instead) == ("accepted", False)
