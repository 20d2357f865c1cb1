"""Whom a change of very many reached is known for as long as the audit tells of the change."""

import random
from datetime import timedelta

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, make_user, noon

from campaign import audit
from campaign.audit import Act, Actor, Thing
from campaign.models import AuditEntry, BulkChange, BulkReached, Exemption
from campaign.plan import bulk, bulk_portions, reached

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SHELL = Actor(None, "root (shell)")
UNTIL = TODAY + timedelta(days=9)


@pytest.fixture
def user(db):
    return make_user("suzuki")


@pytest.fixture
def campaign(db):
    return make_campaign()


def a_change(campaign, user, *, at=NOW) -> BulkChange:
    values = {"made_by": user, "made_at": at, "customers": 0, "values": {"tag": "x"}, "query": "campaign=x"}
    return BulkChange.objects.create(campaign=campaign, kind="tag", **values)


def note(change: BulkChange, act=Act.CHANGED, *, at=NOW) -> AuditEntry:
    return audit.note(SHELL, act, Thing("bulkchange", str(change.pk)), now=at, after={"kind": change.kind})


def test_each_of_a_change_and_nobody_else_is_found_however_their_keys_lie(campaign, user):
    lot = random.Random(3)
    keys = lot.sample(range(1, 400_000), 3000)
    there, others, again = set(keys[:2000]), keys[2000:], set(keys[:500])
    change, other = a_change(campaign, user), a_change(campaign, user)
    for at in range(0, 2000, 700):  # in portions, one of them twice
        reached.remember(change.pk, keys[:2000][at : at + 700])
    reached.remember(change.pk, keys[:700])
    reached.remember(change.pk, again, undone=True)
    reached.remember(other.pk, others)
    assert all(reached.changes_of([key]).made == [change.pk] for key in there)
    assert all(reached.changes_of([key]).made == [other.pk] for key in others)
    assert all((reached.changes_of([key]).undone == [change.pk]) == (key in again) for key in there)
    nobody = [key for key in lot.sample(range(400_000), 500) if key not in set(keys)]
    assert not any(reached.changes_of([key]).made for key in nobody)
    assert reached.changes_of([]) == reached.Changes([], [])


def test_a_million_customers_take_little_room(campaign, user):
    change = a_change(campaign, user)
    reached.remember(change.pk, range(1, 1_000_001))
    rows = BulkReached.objects.filter(change=change)
    assert rows.count() == 123 and sum(len(row.changed) + len(row.restored) for row in rows) < 130_000
    assert reached.changes_of([1_000_000]).made == [change.pk] and not reached.changes_of([1_000_001]).made


def test_who_asks_is_told_of_the_undoing_only_where_it_was_undone(campaign, user, monkeypatch):
    monkeypatch.setattr(bulk_portions, "PORTION", 2)
    held = [make_holdout(campaign, make_customer()) for _ in range(5)]
    keys = [each.customer_id for each in held]
    values = {"reason": "in hospital", "until": UNTIL}
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    change = bulk_portions.begin(campaign_id=campaign.pk, kind="exempt", values=values, query="campaign=x", **when)
    made = note(change)
    bulk_portions.collect(change_id=change.pk, keys=[keys[:4]])
    assert bulk_portions.work(change_id=change.pk, now=NOW, today=TODAY)
    assert [reached.entries_of([key]) for key in keys] == [[made.pk], [made.pk], [], [], []]  # the others wait
    while bulk_portions.work(change_id=change.pk, now=NOW, today=TODAY):
        pass
    Exemption.objects.filter(customer=keys[0]).update(until=UNTIL + timedelta(days=1))  # somebody decided anew
    bulk_portions.begin_undo(change_id=change.pk, now=NOW, user_id=user.pk)
    back = note(change, Act.REMOVED)
    while bulk_portions.work(change_id=change.pk, now=NOW, today=TODAY):
        pass
    assert Exemption.objects.get().customer_id == keys[0]
    found = [sorted(reached.entries_of([key])) for key in keys]
    assert found == [[made.pk], *[[made.pk, back.pk]] * 3, []]


def test_a_workers_change_to_few_is_undone_at_once_and_that_is_known_too(campaign, user):
    keys = [make_holdout(campaign, make_customer()).customer_id for _ in range(3)]
    when = {"now": NOW, "today": TODAY, "user_id": user.pk}
    change = bulk_portions.begin(campaign_id=campaign.pk, kind="tag", values={"tag": "a"}, query="campaign=x", **when)
    bulk_portions.collect(change_id=change.pk, keys=[keys])
    while bulk_portions.work(change_id=change.pk, now=NOW, today=TODAY):
        pass
    assert bulk.undo(change_id=change.pk, now=NOW, user_id=user.pk) == 3
    assert all(reached.changes_of([key]) == reached.Changes([change.pk], [change.pk]) for key in keys)


def test_it_is_kept_as_long_as_an_entry_tells_of_the_change_and_no_longer(campaign, user):
    days = timedelta(days=1)
    old, undone, young = (a_change(campaign, user, at=NOW - ago * days) for ago in (100, 100, 10))
    for change in (old, undone, young):
        reached.remember(change.pk, [7])
        note(change, at=change.made_at)
    note(undone, Act.REMOVED, at=NOW - 99 * days)
    bulk.forget_rows(now=NOW)
    assert reached.changes_of([7]).made == [old.pk, undone.pk, young.pk]
    audit.remove_before(NOW - 99 * days, by=SHELL, now=NOW)
    assert reached.changes_of([7]).made == [undone.pk, young.pk]
    audit.remove_before(NOW - 50 * days, by=SHELL, now=NOW)
    assert reached.changes_of([7]).made == [young.pk]
