"""How far recipients got, counted by people: of one round, of all, and of whoever is chosen."""

from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_holdout, noon
from desk import make_mailing, make_notice

from campaign.celery import app
from campaign.customers import counts
from campaign.customers.chosen import Chosen
from campaign.turns import only_one
from notices import funnel, tasks
from notices.models import FunnelCounts, Visit

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SENT = noon(TODAY - timedelta(days=19))  # as the builder has it


def opened(notice) -> None:
    Visit.objects.create(notice=notice, act="guide", at=SENT + timedelta(days=1))


@pytest.fixture
def campaign():
    """Five were written to: one got all the way, one moved without any other sign, one began, one did nothing."""
    campaign = make_campaign()
    first, second = make_mailing(campaign, period="2026-10"), make_mailing(campaign, period="2026-11")
    lately, long_ago = TODAY - timedelta(days=3), TODAY - timedelta(days=8)
    since, before = SENT + timedelta(days=2), SENT - timedelta(days=2)
    whole = make_holdout(
        campaign, standing="migrated", last_legacy_on=long_ago, last_auth_at=since, client_program="becky"
    )
    silently = make_holdout(campaign, standing="moving", last_legacy_on=long_ago, last_auth_at=before)
    begun = make_holdout(campaign, standing="moving", last_legacy_on=lately, last_auth_at=since, wave=2)
    nothing = make_holdout(campaign, last_range="192.0.2.0/24", client_program="becky")
    for mailing in (first, second):
        opened(make_notice(mailing, whole, fate="delivered"))
    make_notice(first, silently)
    make_notice(second, begun, fate="delivered")
    make_notice(first, nothing, fate="bounced")
    make_notice(second, make_holdout(campaign, client_program="becky"), state="refused")
    opened(make_notice(make_mailing(campaign, kind="thanks", period="2026-11-02"), begun))
    counts.count(campaign, today=TODAY)
    return campaign


def read(campaign, mailing=None, **chosen) -> tuple[int, ...]:
    funnel.count(campaign, mailing, now=NOW)
    kept = funnel.kept(campaign, mailing and mailing.pk)
    return tuple(kept.steps(Chosen(campaign.name, **chosen)).values())


def test_each_customer_counts_once_however_many_notices_there_were(campaign):
    assert read(campaign) == (4, 2, 1, 2, 2)


def test_guides_on_request_are_no_round(campaign):
    asked = make_holdout(campaign)
    make_notice(make_mailing(campaign, kind="guide", only_for=asked, period="2026-11-04-093000-000000"), asked)
    assert read(campaign) == (4, 2, 1, 2, 2)


def test_a_round_counts_its_own_recipients(campaign):
    first, second = campaign.mailings.filter(kind="reminder").order_by("period")
    assert read(campaign, first) == (3, 1, 1, 1, 2)
    assert read(campaign, second) == (2, 2, 1, 2, 1)


@pytest.mark.parametrize(
    ("chosen", "steps"),
    [
        ({"program": "becky"}, (2, 1, 1, 1, 1)),
        ({"standing": "moved"}, (3, 2, 1, 2, 2)),
        ({"wave": "2"}, (1, 1, 0, 1, 0)),
        ({"range": "192.0.2.0/24"}, (1, 0, 0, 0, 0)),
        ({"reason": "never_tried"}, (0, 0, 0, 0, 0)),
    ],
)
def test_it_follows_what_is_chosen(campaign, chosen, steps):
    assert read(campaign, **chosen) == steps


def test_what_was_counted_lately_waits_and_old_rounds_wait_longer(campaign):
    assert funnel.count_due(now=NOW) == 3  # all, and two rounds
    assert funnel.count_due(now=NOW + timedelta(minutes=29)) == 0
    campaign.mailings.filter(period="2026-10").update(state="finished", ended_at=NOW - timedelta(days=31))
    assert funnel.count_due(now=NOW + timedelta(minutes=31)) == 2
    assert funnel.count_due(now=NOW + timedelta(hours=21)) == 3
    assert FunnelCounts.objects.count() == 3


def test_only_the_latest_rounds_are_counted_one_by_one(campaign):
    for month in range(1, 10):
        make_mailing(campaign, period=f"2025-0{month}", planned_at=NOW - timedelta(days=400 - month))
    assert len(funnel.rounds(campaign)) == funnel.SHOWN
    assert {mailing.period for mailing in funnel.rounds(campaign)} >= {"2026-10", "2026-11", "2025-09"}


def test_beat_has_it_counted_and_one_worker_is_enough(campaign, empty_redis):
    assert "notices.tasks.count_funnels" in {each["task"] for each in app.conf.beat_schedule.values()}
    with only_one("count_funnels") as mine:
        assert mine
        tasks.count_funnels()
        assert funnel.kept(campaign) is None
    tasks.count_funnels()
    assert funnel.kept(campaign).steps(Chosen(campaign.name))["sent"] == 4


def test_before_it_is_counted_there_is_none(campaign):
    assert funnel.kept(campaign) is None
