"""Letters are made while the relay takes others: what goes wrong with one says nothing of those before it."""

import pytest
from django.db import InterfaceError, OperationalError
from relays import Relay, running
from rounds import AFTERNOON, clock, numbers, sending, state_of

from notices import compose
from notices.dispatch import send_batch
from notices.letters import Letters
from notices.models import Mailing, Notice
from notices.relay import Relay as Connection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis", "a_fast_pace")]


@pytest.fixture
def fails_at(monkeypatch):
    """`fails_at(3, error)` lets the third letter fail."""
    made, letter = [], compose.letter

    def prepare(place: int, error: Exception) -> None:
        def fail(case, mailing, **given):
            made.append(case.number)
            if len(made) == place:
                raise error
            return letter(case, mailing, **given)

        monkeypatch.setattr("notices.compose.letter", fail)

    return prepare


def send(mailing: Mailing) -> int:
    return send_batch(mailing_id=mailing.pk, clock=clock(AFTERNOON), limit=100)


@pytest.mark.parametrize("in_groups", [False, True])
@pytest.mark.parametrize("place", [1, 2, 3, 6])
def test_a_text_that_fails_pauses_the_mailing_and_those_before_it_are_out(settings, fails_at, place, in_groups):
    mailing = sending(6)
    fails_at(place, ValueError("no such guide"))
    with running(Relay(in_groups=in_groups), settings) as relay:
        assert send(mailing) == place - 1
    assert len(relay.letters) == place - 1
    found = numbers(mailing)
    assert (found.accepted, found.waiting, found.unknown) == (place - 1, 6 - (place - 1), 0)
    assert not Notice.objects.filter(mailing=mailing, state="claimed").exists()
    assert state_of(mailing) == "paused"
    assert "ValueError: no such guide" in Mailing.objects.get(pk=mailing.pk).pause_reason


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_while_a_letter_is_made_loses_no_word_of_the_relay(settings, fails_at, error):
    mailing = sending(6)
    fails_at(4, error("server closed the connection unexpectedly"))
    with running(Relay(in_groups=True), settings) as relay, pytest.raises(error):
        send(mailing)
    assert len(relay.letters) == 3
    found = numbers(mailing)
    assert (found.accepted, found.waiting, found.unknown) == (3, 3, 0)
    assert state_of(mailing) == "sending"  # its text is as good as before


def test_the_next_letter_is_made_before_the_relay_has_answered(settings, monkeypatch):
    order, fill, reply = [], Letters.fill, Connection._reply
    monkeypatch.setattr(Letters, "fill", lambda self: order.append("make") or fill(self))
    monkeypatch.setattr(Connection, "_reply", lambda self: order.append("reply") or reply(self))
    mailing = sending(3)
    with running(Relay(in_groups=True), settings) as relay:
        assert send(mailing) == 3
    assert len(relay.letters) == 3
    envelope, text = ["reply"] * 3, ["make", "reply"]  # MAIL, RCPT and DATA; then the text
    assert order[: len(envelope) + 3] == ["make", *envelope, *text]
