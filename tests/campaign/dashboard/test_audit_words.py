"""The audit in words: every key and kind that the code writes has some, in both languages, and so have the values."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest
from builders import TODAY, make_campaign, make_holdout, make_user, noon
from django.contrib.auth.models import User
from django.utils import translation

from campaign import audit, roles
from campaign.audit import Act, Actor, Thing
from campaign.customers.directory import Imported
from campaign.dashboard import audit as audit_page
from campaign.dashboard import audit_fields, audit_words, bulk_change, contact, desk, finding, unreachable
from campaign.dashboard.admin import reference, site
from campaign.models import AuditEntry
from campaign.roles import Role
from notices import mailings
from notices.audience import Audience

ROOT = Path(__file__).resolve().parents[3]
NOTING = {"note", "exported"}
KEPT = {"before", "after", "filters", "reason"}  # what is handed over; the first is a key as well, of the retention
FROM_TABLES = {
    *(name for act in contact.ACTS.values() for name in act.fields),
    *(name for names in bulk_change.FIELDS.values() for name in names),
    *mailings.TOLD,
    *(field.name for field in fields(Imported)),
    *(field.name for field in fields(Audience)),
    *(field.name for field in fields(finding.Filters)),
    *(field.name for field in fields(audit_page.Filters)),
    *(field.name for field in fields(unreachable.Filters)),
    *("until", "reason", "cutoff_on", *reference.StaffAdmin.list_display),
    *desk.NUMBERS,
    *("before", "groups", "user_permissions", "is_superuser", "mailing", "page"),
} - {"last_login"}


FILTERED = "filter: campaign = POP before SMTP, standing = One device is left"
UNKNOWN = "filter: wave = In no wave yet, reason = Reason not known"
AUDIENCE = "to whom it goes: standings = One device is left, waves = 1, 2"


def sources() -> list[Path]:
    return [
        path for app in ("campaign", "notices") for path in (ROOT / app).rglob("*.py") if "migrations" not in str(path)
    ]


def noted_in(path: Path) -> set[str]:
    """Keys of the dictionaries that a module gives the audit, in the call or by a name of the same function."""
    found = set()
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            found |= _noted_by(function)
    return found


def _noted_by(function: ast.FunctionDef) -> set[str]:
    inside = list(ast.walk(function))
    calls = [node for node in inside if isinstance(node, ast.Call) and _name(node) in NOTING]
    given = [each.value for call in calls for each in call.keywords if each.arg in KEPT]
    handed = _names([each.value for call in calls for each in call.keywords if each.arg in KEPT or each.arg is None])
    given += [node.value for node in inside if isinstance(node, ast.Assign) and handed & _names(node.targets)]
    asked = [node for node in inside if calls and isinstance(node, ast.Call) and _name(node) == "values_of"]
    found = {arg.value for call in asked for arg in call.args if isinstance(arg, ast.Constant)}
    return found.union(*map(_keys, given)) - KEPT


def _names(nodes: list[ast.AST]) -> set[str]:
    return {name.id for node in nodes for name in ast.walk(node) if isinstance(name, ast.Name)}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _keys(value: ast.AST) -> set[str]:
    dictionaries = [each for each in ast.walk(value) if isinstance(each, ast.Dict)]
    return {key.value for each in dictionaries for key in each.keys if isinstance(key, ast.Constant)}


def written() -> set[str]:
    return FROM_TABLES.union(*(noted_in(path) for path in sources()))


def test_the_keys_are_found_where_they_are_written():
    found = written()
    assert {"cutoff_on", "recovery_codes", "openid", "rows", "entries", "restored", "seats", "addresses"} <= found


def test_every_key_that_is_ever_written_has_words_in_both_languages():
    assert written() - set(audit_fields.FIELDS) == set()
    for key in audit_fields.FIELDS:
        with translation.override("en"):
            english = audit_fields.field(key)
        with translation.override("ja"):
            japanese = audit_fields.field(key)
        assert english and "_" not in english and japanese != key, key


def test_every_kind_of_thing_has_words():
    kinds = {act.kind for act in contact.ACTS.values()} | {model._meta.model_name for model in site._registry}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node) in {"Thing", "seen"}:
                place = 0 if _name(node) == "Thing" else 2
                kinds |= {arg.value for arg in node.args[place : place + 1] if isinstance(arg, ast.Constant)}
    assert {"record", "tag", "proof", "personal", "holdout", "customer"} <= kinds
    for kind in kinds:
        with translation.override("en"):
            english = audit_words.kind_title(kind)
        with translation.override("ja"):
            assert audit_words.kind_title(kind) not in {kind, english}, kind


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"cutoff_on": "2027-03-31"}, {"cutoff_on": "2027-04-30"}, "cut-off date: March 31, 2027 → April 30, 2027"),
        (None, {"channel": "phone"}, "channel: phone"),
        (None, {"topic": "how_to"}, "topic: how to change the settings"),
        (None, {"in": "pop_before_smtp"}, "campaign: POP before SMTP"),
        ({"role": "viewer"}, {"role": None}, "role: Viewer → –"),
        (None, {"by": ["password", "mfa"]}, "how: password, second factor"),
        (None, {"kind": "exempt"}, "kind: exempted"),
        (None, {"kind": "note"}, "kind: note"),
        (None, {"program": "outlook-express"}, "mail program: Outlook Express, Windows Mail (Vista)"),
        (None, {"active": True}, "active: yes"),
        (None, {"password": "set anew"}, "password: set anew"),
        ({"paused_at": None}, {"paused_at": "2026-11-24T03:00:00+00:00"}, "paused at: – → Nov. 24, 2026, 12:00"),
        (None, {"filter": "campaign=pop_before_smtp&standing=mixed"}, FILTERED),
        (None, {"filter": {"q": "", "wave": "none", "reason": "unknown"}}, UNKNOWN),
        (None, {"audience": {"standings": ["mixed"], "waves": [1, 2]}}, AUDIENCE),
        (None, {"reason": "in hospital"}, "reason: in hospital"),
        (None, {"state": "no state of ours"}, "state: no state of ours"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words(before, after, words):
    assert list(audit_words.changes(before, after)) == [words]


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("mailing", "pop_before_smtp reminder 2026-11", "POP before SMTP, Reminder of November 2026"),
        ("mailing", "pop_before_smtp nonsense", "POP before SMTP, nonsense"),
        ("mailingplan", "pop_before_smtp thanks", "POP before SMTP, Thanks to those who have moved"),
        ("textversion", "pop_before_smtp reminder en 3", "POP before SMTP, Monthly reminder, English, 3"),
        ("bulkchange", "pop_before_smtp", "POP before SMTP"),
        ("customer", "hanako@isp.example", "hanako@isp.example"),
        ("relayacknowledgement", "192.0.2.0/24", "192.0.2.0/24"),
        ("mailing", "", ""),
    ],
)
def test_what_it_was_done_to_is_said_in_words(kind, what, words):
    assert audit_words.thing_title(kind, what) == words


@pytest.mark.django_db
def test_the_page_speaks_the_readers_language_and_the_file_keeps_the_keys(client):
    user: User = make_user("sato")
    roles.assign(user, Role.ADMINISTRATOR)
    client.force_login(user)
    held = make_holdout(make_campaign())
    on = Thing("record", "1", "x", held.customer_id)
    audit.note(Actor(user.pk, "sato"), Act.REMOVED, on, now=noon(TODAY), before={"kind": "contact", "made": "7"})
    audit.note(Actor(None, "?"), Act.REFUSED, Thing("signin"), now=noon(TODAY), after={"by": "mfa"}, reason="no role")
    client.cookies["django_language"] = "en"
    text = client.get("/staff/audit/").content.decode()
    assert "contact or note" in text and "number of the record: 7" in text and "how: second factor" in text
    assert "the login has no role" in text
    client.cookies["django_language"] = "ja"
    japanese = client.get("/staff/audit/").content.decode()
    assert "number of the record" not in japanese and "made: 7" not in japanese
    assert AuditEntry.objects.filter(act="removed").exists()
    file = b"".join(client.get("/staff/audit/file/").streaming_content).decode()
    assert '""made"": ""7""' in file
