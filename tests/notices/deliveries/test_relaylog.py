from datetime import timedelta

import pytest
from rounds import at

from campaign.submissions.fates import Fate
from notices.deliveries.relaylog import FATES, Witnesses, did_not_go_out, latest
from notices.models import Delivery

CLAIMED = at(10)
LEASE, MARGIN = timedelta(minutes=15), timedelta(hours=1)


def fate(status: str, minute: int, message_id: str = "notice.a@isp.example") -> Fate:
    return Fate(message_id, status, "2.0.0", "", at(10, minute), "mx1", "4XyzQ1")


def test_the_last_word_on_a_message_counts():
    fates = [fate("deferred", 1), fate("sent", 5), fate("deferred", 3), fate("bounced", 2, "notice.b@isp.example")]
    found = latest(fates)
    assert {name: one.status for name, one in found.items()} == {
        "notice.a@isp.example": "sent",
        "notice.b@isp.example": "bounced",
    }


def test_a_word_that_postfix_has_and_we_do_not_know_is_no_fate():
    assert latest([fate("undeliverable", 1)]) == {}
    assert set(FATES.values()) == set(Delivery.Fate)


@pytest.mark.parametrize(
    ("logged_until", "accepted", "seen", "gone"),
    [
        (at(11, 16), {"a": at(10, 5)}, {"a"}, True),
        (at(11, 15), {"a": at(10, 5)}, {"a"}, False),  # not past the lease and the margin
        (at(11, 16), {}, set(), False),  # a log that has nothing of ours
        (at(11, 16), {"a": at(10, 5)}, set(), False),  # a log that misses what was sent
        (at(11, 16), {"a": at(10, 5), "b": at(9, 5)}, {"a"}, False),  # one of two hosts' logs
        (at(11, 16), {"a": at(10, 5), "b": at(8, 59)}, {"a"}, True),  # long before
        (at(11, 16), {"a": at(10, 5), "b": at(10, 30)}, {"a"}, True),  # so late that its line may be missing yet
        (at(11, 16), {"a": at(10, 30)}, {"a"}, False),
        (at(14), {"a": at(10, 30)}, {"a"}, True),
    ],
)
def test_what_the_log_does_not_show_did_not_go_out_if_the_log_shows_our_mail(logged_until, accepted, seen, gone):
    witnesses = Witnesses(accepted, frozenset(seen))
    answer = did_not_go_out(CLAIMED, logged_until=logged_until, lease=LEASE, margin=MARGIN, witnesses=witnesses)
    assert answer is gone
