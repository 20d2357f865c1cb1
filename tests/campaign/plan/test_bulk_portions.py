"""Changes to very many: in portions that survive a killed worker, told on the list, and taken back the same way."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from databases import database_url
from django.conf import settings as django_settings
from django.db import connection

from campaign.models import BulkChange, BulkChosen, BulkRow, Exemption, Holdout, Tagging, WavePlan
from campaign.plan import bulk, bulk_portions
from campaign.plan.campaigns import NotPossible

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
ROOT = Path(__file__).resolve().parents[3]
State = BulkChange.State


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(bulk_portions, "PORTION", 4)


@pytest.fixture
def user(db):
    return make_user("suzuki")


@pytest.fixture
def campaign(db):
    made = make_campaign()
    values = {"waves": 3, "first_day": TODAY, "days_between": 7, "seed": "x", "decided_at": NOW - timedelta(days=1)}
    WavePlan.objects.create(campaign=made, drawn=True, **values)
    return made


def many(campaign, number: int = 10) -> list[Holdout]:
    return [make_holdout(campaign, make_customer(), wave=1 + place % 2) for place in range(number)]


def begun(campaign, user, kind: str, held, **values) -> BulkChange:
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    change = bulk_portions.begin(campaign_id=campaign.pk, kind=kind, values=values, query="campaign=x", **when)
    assert bulk_portions.collect(change_id=change.pk, keys=[[each.customer_id for each in held]])
    return change


def portion(change: BulkChange, *, after: timedelta = timedelta(minutes=1)) -> bool:
    return bulk_portions.work(change_id=change.pk, now=NOW + after, today=TODAY)


def finish(change: BulkChange) -> BulkChange:
    while portion(change):
        pass
    change.refresh_from_db()
    return change


def waves(held) -> list[tuple]:
    return list(
        Holdout.objects.filter(pk__in=[each.pk for each in held]).order_by("pk").values_list("wave", "wave_pinned")
    )


def test_many_are_moved_portion_by_portion_and_each_portion_shows(campaign, user):
    held = many(campaign)
    change = begun(campaign, user, "wave", held, wave=2)
    assert portion(change)
    change.refresh_from_db()
    assert (change.state, change.handled, change.chosen, change.customers) == ("running", 4, 10, 4)
    finish(change)
    assert (change.state, change.handled, change.customers) == ("done", 10, 10)
    assert set(waves(held)) == {(2, True)} and not BulkChosen.objects.exists()


@pytest.mark.parametrize("stop_after", [0, 1, 2, 9])
def test_undone_at_any_point_everybody_is_as_before(campaign, user, stop_after):
    held = many(campaign)
    before = waves(held)
    change = begun(campaign, user, "wave", held, wave=3)
    for _ in range(stop_after):
        portion(change)
    assert bulk_portions.begin_undo(change_id=change.pk, now=NOW + timedelta(hours=1), user_id=user.pk)
    assert not bulk_portions.begin_undo(change_id=change.pk, now=NOW + timedelta(hours=1), user_id=user.pk)
    finish(change)
    assert waves(held) == before
    assert (change.state, change.restored, change.undone_by) == ("done", min(10, 4 * stop_after), user)
    assert change.undone_at and not BulkRow.objects.exists() and not BulkChosen.objects.exists()


def test_exemptions_and_tags_go_the_same_way(campaign, user):
    held = many(campaign)
    until = TODAY + timedelta(days=9)
    exempted = finish(begun(campaign, user, "exempt", held, reason="in hospital", until=until))
    tagged = finish(begun(campaign, user, "tag", held, tag="shop"))
    assert Exemption.objects.filter(until=until, made_by=user).count() == Tagging.objects.count() == 10
    for change in (exempted, tagged):
        assert bulk_portions.begin_undo(change_id=change.pk, now=NOW + timedelta(hours=1), user_id=user.pk)
        assert finish(change).restored == 10
    assert not Exemption.objects.exists() and not Tagging.objects.exists()


@pytest.mark.parametrize(
    ("kind", "values"),
    [("wave", {"wave": 9}), ("exempt", {"reason": " ", "until": TODAY}), ("tag", {"tag": " "})],
)
def test_what_cannot_be_is_said_at_once_and_nothing_begins(campaign, user, kind, values):
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    with pytest.raises(NotPossible):
        bulk_portions.begin(campaign_id=campaign.pk, kind=kind, values=values, query="", **when)
    assert not BulkChange.objects.exists()


def test_a_change_that_becomes_impossible_stops_says_why_and_can_be_undone(campaign, user):
    held = many(campaign)
    change = begun(campaign, user, "wave", held, wave=3)
    portion(change)
    WavePlan.objects.update(waves=2)
    assert not portion(change)
    change.refresh_from_db()
    assert (change.state, change.customers) == ("stopped", 4) and change.trouble
    assert not BulkChosen.objects.exists()
    assert bulk_portions.begin_undo(change_id=change.pk, now=NOW + timedelta(hours=1), user_id=user.pk)
    assert finish(change).restored == 4


def test_after_a_day_it_is_too_late_and_the_rows_go_but_not_those_under_way(campaign, user):
    done, going = (begun(campaign, user, "tag", many(campaign), tag=name) for name in ("a", "b"))
    finish(done)
    portion(going)
    late = NOW + timedelta(hours=25)
    assert not bulk_portions.begin_undo(change_id=done.pk, now=late, user_id=user.pk)
    assert bulk.forget_rows(now=late) == 10
    assert BulkRow.objects.count() == 4


def test_customers_who_left_meanwhile_are_passed_over(campaign, user):
    held = many(campaign)
    change = begun(campaign, user, "wave", held, wave=3)
    held[0].delete()
    assert finish(change).customers == 9 and change.handled == 10


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_turns_and_change_nobody_twice(campaign, user):
    held = many(campaign, 40)
    change = begun(campaign, user, "tag", held, tag="shop")

    def work() -> None:
        try:
            while portion(change):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(300)
    change.refresh_from_db()
    assert (change.state, change.handled, change.customers) == ("done", 40, 40)
    assert Tagging.objects.count() == BulkRow.objects.count() == 40


WORKER = """
import os, sys
from datetime import date, datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
import django
django.setup()
from campaign.plan import bulk_portions
bulk_portions.PORTION = 2
while bulk_portions.work(change_id=int(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]), today=date.today()):
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_any_moment_leave_whole_portions_and_the_next_goes_on(campaign, user):
    held = many(campaign, 300)
    change = begun(campaign, user, "wave", held, wave=3)
    own = {"DATABASE_URL": database_url(), "DATA": str(django_settings.DATA), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WORKER, str(change.pk), NOW.isoformat()]
    lot = random.Random(7)
    for _ in range(3):
        before = BulkChange.objects.get(pk=change.pk).handled
        working = subprocess.Popen(command, env=os.environ | own, cwd=ROOT)
        end = time.monotonic() + 300
        while BulkChange.objects.get(pk=change.pk).handled == before and working.poll() is None:
            assert time.monotonic() < end
        time.sleep(lot.random() / 20)
        working.send_signal(signal.SIGKILL)
        working.wait(60)
        row = BulkChange.objects.get(pk=change.pk)
        moved = Holdout.objects.filter(wave=3, wave_pinned=True).count()
        assert row.handled == row.customers == moved == BulkRow.objects.count() == 300 - BulkChosen.objects.count()
    finish(change)
    assert (change.customers, Holdout.objects.filter(wave=3).count()) == (300, 300)
