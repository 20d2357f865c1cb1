from datetime import timedelta

import pytest
from builders import make_campaign, make_holdout
from rounds import DAY, at

from notices import due, selection
from notices.audience import EVERYBODY, Audience
from notices.models import DueCounts, Mute
from notices.selection import WhyNot

pytestmark = pytest.mark.django_db
NOW = at(10)
MINUTE = timedelta(minutes=1)
MIXED = Audience(standings=("mixed",))


@pytest.fixture
def campaign():
    """Two who are due, and two who are not."""
    campaign = make_campaign()
    for standing in ("holdout", "mixed", "migrated"):
        make_holdout(campaign, standing=standing)
    Mute.objects.create(holdout=make_holdout(campaign), by="page", at=NOW)
    make_holdout(make_campaign(name="local_port25"))
    return campaign


@pytest.fixture
def large(campaign, monkeypatch):
    monkeypatch.setattr(due, "SMALL", 3)
    return campaign


def of(campaign, *, to_whom=EVERYBODY, kind="reminder", now=NOW):
    return due.of(campaign, kind, to_whom, today=DAY + (now.date() - NOW.date()), now=now)


def numbers(found) -> tuple[int, dict]:
    return found.due, found.others


def test_of_a_small_campaign_they_are_counted_when_somebody_asks(campaign):
    found = of(campaign)
    assert numbers(found) == (2, {WhyNot.MIGRATED: 1, WhyNot.MUTED: 1}) and found.at is None
    assert found.due == selection.due(campaign, today=DAY).count()
    assert not DueCounts.objects.exists()


def test_of_a_large_one_a_job_counts_what_was_asked(large):
    assert of(large) is None
    assert due.count_waiting(now=NOW + MINUTE) == 1
    found = of(large, now=NOW + 2 * MINUTE)
    assert numbers(found) == (2, {WhyNot.MIGRATED: 1, WhyNot.MUTED: 1}) and found.at == NOW + MINUTE
    assert due.count_waiting(now=NOW + 2 * MINUTE) == 0


def test_another_audience_and_another_kind_are_other_questions(large):
    of(large)
    due.count_waiting(now=NOW)
    assert of(large, to_whom=MIXED) is None
    assert of(large, kind="thanks") is None
    assert due.count_waiting(now=NOW) == 2
    assert numbers(of(large, to_whom=MIXED)) == (1, {WhyNot.MIGRATED: 1, WhyNot.OTHERS: 2})
    assert of(large, kind="thanks").due == 0


def test_an_answer_to_what_is_not_asked_any_more_is_dropped(large, monkeypatch):
    of(large)
    counted = selection.by_reason

    def while_somebody_changes_the_plan(*values, **given):
        of(large, to_whom=MIXED, now=NOW + MINUTE)
        return counted(*values, **given)

    with monkeypatch.context() as patch:
        patch.setattr(selection, "by_reason", while_somebody_changes_the_plan)
        due.count_waiting(now=NOW + MINUTE)
    assert of(large, to_whom=MIXED, now=NOW + MINUTE) is None
    due.count_waiting(now=NOW + MINUTE)
    assert of(large, to_whom=MIXED, now=NOW + MINUTE).due == 1


def test_old_numbers_are_shown_while_they_are_counted_anew_and_those_of_yesterday_are_not(large):
    of(large)
    due.count_waiting(now=NOW)
    later = NOW + due.FRESH + MINUTE
    assert of(large, now=later).at == NOW
    assert due.count_waiting(now=later) == 1
    assert of(large, now=later).at == later
    assert due.count_waiting(now=later) == 0
    tomorrow = NOW + timedelta(days=1)
    assert of(large, now=tomorrow) is None
    assert due.count_waiting(now=tomorrow) == 1
    assert of(large, now=tomorrow).due == 2
