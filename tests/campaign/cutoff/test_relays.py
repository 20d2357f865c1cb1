"""When unexplained relays sound the alarm, what silences it, and what is named to check."""

from datetime import timedelta

import pytest
from builders import TODAY, make_user, noon
from desk import make_relay

from campaign.cutoff.relays import Check, Evidence, NotPossible, acknowledge, alarm, checks
from campaign.models import RelayAcknowledgement, RelayedDay

YESTERDAY = TODAY - timedelta(days=1)


def evidence(*, relayed=10, without_logins=0, nearest_login=None, family_logs_in=True) -> Evidence:
    return Evidence(relayed, without_logins, nearest_login, family_logs_in)


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (evidence(), [Check.OPEN_RELAY]),
        (evidence(without_logins=10), [Check.HOLE]),
        (evidence(without_logins=10, family_logs_in=False), [Check.HOLE]),
        (evidence(without_logins=3, family_logs_in=False), [Check.HOLE, Check.FAMILY]),
        (evidence(family_logs_in=False), [Check.FAMILY]),
        (evidence(nearest_login=90), [Check.CLOCK]),
        (evidence(nearest_login=-2400), [Check.LONG_SESSION]),
        (evidence(nearest_login=7 * 3600), [Check.OPEN_RELAY]),
    ],
)
def test_what_to_check_follows_from_the_evidence(found, named):
    assert checks(found) == named


@pytest.mark.django_db
def test_any_relay_of_today_or_yesterday_sounds_the_alarm():
    assert alarm(since=YESTERDAY) is None
    make_relay("192.0.2.1", TODAY - timedelta(days=2), 99)
    assert alarm(since=YESTERDAY) is None
    make_relay("192.0.2.1", YESTERDAY, 2)
    make_relay("192.0.2.1", TODAY, 3)
    make_relay("192.0.2.2", TODAY, 1)
    found = alarm(since=YESTERDAY)
    assert (found.relayed, found.addresses, found.last_at) == (6, 2, noon(TODAY))


@pytest.mark.django_db
def test_the_threshold_is_by_day_and_address(settings):
    settings.RELAY_ALARM_FROM = 5
    for number in range(4):
        make_relay(f"192.0.2.{number}", TODAY, 4)
    assert alarm(since=YESTERDAY) is None
    make_relay("192.0.2.9", TODAY, 5)
    assert alarm(since=YESTERDAY).relayed == 5


@pytest.mark.django_db
def test_an_acknowledged_address_is_silent_until_it_grows(settings):
    settings.RELAY_GROWTH_PERCENT = 50
    user = make_user("suzuki")
    make_relay("192.0.2.1", YESTERDAY, 10)
    make_relay("192.0.2.2", YESTERDAY, 1)
    assert acknowledge(["192.0.2.1"], note=" the  scanner\nof the office ", user_id=user.pk, now=noon(TODAY)) == 1
    said = RelayAcknowledgement.objects.get()
    assert (said.note, said.made_by, said.made_on, said.allowed) == ("the scanner of the office", user, TODAY, 15)
    make_relay("192.0.2.1", TODAY, 15)
    assert alarm(since=YESTERDAY).addresses == 1
    make_relay("192.0.2.1", TODAY + timedelta(days=1), 16)
    assert {row.address for row in RelayedDay.objects.loud(at_least=1)} == {"192.0.2.1", "192.0.2.2"}


@pytest.mark.django_db
def test_acknowledged_again_it_may_bring_as_much_as_it_does_now():
    user = make_user("suzuki")
    for day, relayed in ((YESTERDAY, 10), (TODAY, 40)):
        make_relay("192.0.2.1", day, relayed)
        acknowledge(["192.0.2.1"], note="x", user_id=user.pk, now=noon(day))
    assert RelayAcknowledgement.objects.get().allowed == 60
    assert not RelayedDay.objects.loud(at_least=1).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("note", ["", " \n\0", "x" * 301])
def test_nothing_is_silenced_without_saying_why(note):
    make_relay("192.0.2.1", TODAY, 1)
    with pytest.raises(NotPossible):
        acknowledge(["192.0.2.1"], note=note, user_id=make_user("suzuki").pk, now=noon(TODAY))


@pytest.mark.django_db
def test_an_address_that_never_relayed_cannot_be_silenced_beforehand():
    assert acknowledge(["192.0.2.1"], note="x", user_id=make_user("suzuki").pk, now=noon(TODAY)) == 0
