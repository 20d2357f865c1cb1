"""What a worker does where a change to many customers goes wrong: nothing more than was asked for, and the next one."""

import logging
from dataclasses import replace

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon
from django.db import OperationalError

from campaign.dashboard import bulk_work
from campaign.dashboard.finding import Filters
from campaign.models import BulkChange, BulkChosen, Tag, Tagging
from campaign.plan import bulk, bulk_portions

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def campaign():
    campaign = make_campaign()
    for place in range(3):
        make_holdout(campaign, make_customer(f"c{place}@isp.example"))
    return campaign


@pytest.fixture
def user():
    return make_user("suzuki")


def begin(campaign, user, named: str, **filters: str) -> BulkChange:
    query = replace(Filters(campaign.name), **filters).query()
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    return bulk_portions.begin(campaign_id=campaign.pk, kind="tag", values={"tag": named}, query=query, **when)


def work() -> int:
    return bulk_work.work(clock=lambda: NOW)


def tagged(tag: str) -> int:
    return Tagging.objects.filter(tag__name=tag).count()


def test_a_filter_that_the_worker_does_not_know_stops_the_change_and_never_widens_it(campaign, user):
    change = begin(campaign, user, "shop", brand="not-in-our-file")
    work()
    change.refresh_from_db()
    assert change.state == "stopped" and not Tagging.objects.exists() and not BulkChosen.objects.exists()
    assert change.trouble == "It was chosen by a filter that the worker does not know: nothing was changed."


@pytest.mark.parametrize(
    "filters",
    [{"brand": "main", "wave": "none"}, {"program": "電信八号 1.0", "tag": "a&b=c"}, {"q": " C1 ", "standing": "left"}],
)
def test_a_filter_that_it_knows_finds_the_same_again(campaign, user, filters):
    change = begin(campaign, user, "shop", **{name: value.strip() for name, value in filters.items()})
    work()
    change.refresh_from_db()
    assert change.state == "done" and change.trouble == ""


def break_for(monkeypatch, tag: str, error: Exception) -> None:
    real = bulk.DO["tag"]

    def broken(**given):
        if given["tag"] == tag:
            raise error
        return real(**given)

    monkeypatch.setitem(bulk.DO, "tag", broken)


def test_one_that_fails_is_stopped_and_the_next_goes_on(campaign, user, monkeypatch, caplog):
    bad, good = begin(campaign, user, "bad"), begin(campaign, user, "good")
    break_for(monkeypatch, "bad", ValueError("hanako@isp.example"))
    with caplog.at_level(logging.ERROR):
        work()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state, tagged("good")) == ("stopped", "done", 3)
    assert bad.trouble == "There was an error: ValueError. The worker's log says why."
    assert f"change {bad.pk} is stopped" in caplog.text and not BulkChosen.objects.exists()
    assert work() == 0


def test_one_that_the_database_does_not_do_goes_on_later_and_the_next_does_not_wait(campaign, user, monkeypatch):
    bad = begin(campaign, user, "bad")
    begin(campaign, user, "good")
    with monkeypatch.context() as patched:
        break_for(patched, "bad", OperationalError("deadlock detected"))
        work()
    bad.refresh_from_db()
    assert (bad.state, tagged("bad"), tagged("good")) == ("running", 0, 3)
    work()
    bad.refresh_from_db()
    assert (bad.state, tagged("bad")) == ("done", 3)


def test_an_undo_that_fails_can_be_asked_for_again(campaign, user, monkeypatch):
    change = begin(campaign, user, "shop")
    work()
    assert bulk_portions.begin_undo(change_id=change.pk, now=NOW, user_id=user.pk)

    def broken(*_given):
        raise ValueError("no")

    with monkeypatch.context() as patched:
        patched.setitem(bulk.UNDONE, "tag", broken)
        work()
    change.refresh_from_db()
    assert (change.state, tagged("shop")) == ("stopped", 3)
    assert bulk_portions.begin_undo(change_id=change.pk, now=NOW, user_id=user.pk)
    work()
    assert tagged("shop") == 0 and Tag.objects.filter(name="shop").exists()
