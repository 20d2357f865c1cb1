"""The audit: what is written, that nobody changes it, and how old entries leave."""

from datetime import date, timedelta

import pytest
from builders import TODAY, make_customer, make_user, noon
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from campaign import audit
from campaign.audit import Act, Actor, Thing, note, seen
from campaign.models import AppendOnly, AuditEntry, AuditRemoval

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
SHELL = Actor(None, "root (shell)")
DESK = Thing("desk", "1", "2026-12-01")


def entry(**given) -> AuditEntry:
    return note(SHELL, Act.CHANGED, DESK, **{"now": NOW} | given)


def test_an_entry_says_who_did_what_from_where_to_whom():
    user, customer = make_user("suzuki"), make_customer("hanako@isp.example")
    made = note(Actor(user.pk, "suzuki", "192.0.2.7"), Act.ADDED, audit.thing(customer), now=NOW, reason=" a \n b ")
    made.refresh_from_db()
    assert (made.by, made.by_name, made.remote, made.at) == (user, "suzuki", "192.0.2.7", NOW)
    assert (made.act, made.kind, made.key, made.what) == ("added", "customer", str(customer.pk), "hanako@isp.example")
    assert (made.customer, made.reason) == (customer, "a b")


def test_only_what_changed_is_kept_of_before_and_after():
    made = entry(before={"seats": 2, "from": date(2026, 12, 1)}, after={"seats": 3, "from": date(2026, 12, 1)})
    made.refresh_from_db()
    assert (made.before, made.after) == ({"seats": 2}, {"seats": 3})


def test_values_are_kept_as_json_holds_them():
    made = entry(before={}, after={"day": date(2026, 12, 1), "waves": (1, 2), "kind": Act.SEEN, "on": True})
    made.refresh_from_db()
    assert made.after == {"day": "2026-12-01", "waves": [1, 2], "kind": "seen", "on": True}


def test_an_entry_goes_with_the_change_that_failed():
    with pytest.raises(RuntimeError), transaction.atomic():
        entry()
        raise RuntimeError
    assert not AuditEntry.objects.exists()


def test_an_entry_outlives_the_customer():
    customer = make_customer()
    note(SHELL, Act.SEEN, audit.thing(customer), now=NOW)
    key = customer.pk
    customer.delete()
    assert AuditEntry.objects.get().customer_id == key


def test_to_look_again_within_ten_minutes_is_the_same_look():
    user, customer = make_user("suzuki"), make_customer()
    by, other = Actor(user.pk, "suzuki", "192.0.2.7"), Actor(make_user("sato").pk, "sato", "192.0.2.7")
    page, proof = Thing("customer", "1", "", customer.pk), Thing("proof", "1", "", customer.pk)
    later = [NOW + timedelta(minutes=minutes) for minutes in (0, 9, 11)]
    assert [seen(by, page, now=at) for at in later] == [True, False, True]
    assert seen(other, page, now=NOW) and seen(by, proof, now=NOW)
    assert seen(Actor(user.pk, "suzuki", "192.0.2.8"), page, now=NOW), "from elsewhere it may be somebody else"


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.save(),
        lambda made: made.delete(),
        lambda made: AuditEntry.objects.update(reason="x"),
        lambda made: AuditEntry.objects.all().delete(),
        lambda made: AuditEntry.objects.filter(pk=made.pk).update(reason="x"),
        lambda made: AuditEntry.objects.bulk_update([made], ["reason"]),
    ],
)
def test_the_model_changes_no_entry(change):
    made = entry()
    made.reason = "another"
    with pytest.raises(AppendOnly):
        change(made)
    assert AuditEntry.objects.get().reason == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign_auditentry SET reason = 'x'",
        "UPDATE campaign_auditentry SET customer_id = NULL WHERE id > 0",
        "DELETE FROM campaign_auditentry",
        "DELETE FROM campaign_auditentry WHERE id > 0",
    ],
)
def test_the_database_changes_no_entry(statement):
    entry()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().reason == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_database_does_not_empty_the_table():
    entry()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pending, as in a session that begins with it
        cursor.execute("TRUNCATE campaign_auditentry")
    assert AuditEntry.objects.count() == 1


def test_old_entries_leave_and_an_entry_says_so(settings, monkeypatch, capsys):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    settings.AUDIT_DAYS = 100
    entry(now=NOW - timedelta(days=101))
    kept = entry(now=NOW - timedelta(days=99))
    call_command("audit", "drop-old")
    told = AuditEntry.objects.get(kind="audit")
    assert {each.pk for each in AuditEntry.objects.all()} == {kept.pk, told.pk}
    assert (told.act, told.after["entries"], told.at) == ("removed", 1, NOW)
    assert told.by is None and told.by_name.endswith("(shell)")
    assert "1 entries from before 2026-08-16 removed" in capsys.readouterr().out
    assert not AuditRemoval.objects.exists(), "the key is gone again"


def test_while_old_entries_leave_younger_ones_cannot():
    entry()
    AuditRemoval.objects.create(before=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaign_auditentry")


def test_what_has_not_been_cannot_be_removed():
    with pytest.raises(ValueError, match="wanted a moment that has been"):
        audit.remove_before(NOW + timedelta(seconds=1), by=SHELL, now=NOW)
