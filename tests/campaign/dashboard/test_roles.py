"""The one matrix: which role may open which staff address, by which method, and what it gets.

Each role may what the one before it may. So a row says, for GET and for POST, which is the least role that is
let in and what it gets; every role below gets 403. An address without a row fails, as does an act without one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from builders import TODAY, make_user, noon
from desk import make_notice, make_relay, make_shadow, make_suppression, make_world
from django.db import transaction
from django.urls import reverse

from campaign import roles
from campaign.dashboard import acts, contact, text
from campaign.dashboard.signin import urls as signin
from campaign.dashboard.urls import urlpatterns
from campaign.models import BulkChange, CallBack, Exemption, Holdout, SavedView
from campaign.roles import Role
from notices.models import Mailing

pytestmark = pytest.mark.django_db
VIEWER, SUPPORT, OPERATOR, APPROVER, ADMINISTRATOR = Role
EVERYBODY = {pattern.name for pattern in signin.urlpatterns}  # tests/campaign/dashboard/signin/test_routes.py

# name[:act]: (least role for GET, what it gets), (least role for POST, what it gets)
MATRIX = {
    "progress": ((VIEWER, 200), (VIEWER, 200)),
    "forecast": ((VIEWER, 200), (VIEWER, 200)),
    "forecast_file": ((VIEWER, 200), (VIEWER, 200)),
    "benefit": ((VIEWER, 200), (VIEWER, 200)),
    "benefit_file": ((VIEWER, 200), (VIEWER, 200)),
    "board": ((VIEWER, 200), (VIEWER, 200)),
    "digest": ((VIEWER, 200), (VIEWER, 303)),
    "customers": ((SUPPORT, 200), (SUPPORT, 200)),
    "customers_file": ((OPERATOR, 200), (OPERATOR, 200)),
    "view_save": ((SUPPORT, 405), (SUPPORT, 303)),
    "view_delete": ((SUPPORT, 405), (SUPPORT, 404)),  # somebody else's
    "bulk": ((OPERATOR, 403), (OPERATOR, 422)),  # by GET no kind of change is named
    "bulk_undo": ((OPERATOR, 405), (OPERATOR, 303)),
    "customer": ((SUPPORT, 200), (SUPPORT, 200)),
    "proof": ((SUPPORT, 200), (SUPPORT, 200)),
    "script": ((SUPPORT, 200), (SUPPORT, 200)),
    "letter": ((SUPPORT, 200), (SUPPORT, 200)),
    "customer_seen": ((SUPPORT, 200), (SUPPORT, 405)),
    "customer_act:contact": ((SUPPORT, 405), (SUPPORT, 422)),
    "customer_act:note": ((SUPPORT, 405), (SUPPORT, 422)),
    "customer_act:take-back": ((SUPPORT, 405), (SUPPORT, 403)),  # nothing is named to take back
    "customer_act:tag": ((SUPPORT, 405), (SUPPORT, 422)),
    "customer_act:untag": ((SUPPORT, 405), (SUPPORT, 404)),
    "customer_act:exempt": ((SUPPORT, 405), (SUPPORT, 404)),
    "customer_act:guide": ((SUPPORT, 405), (SUPPORT, 404)),
    "customer_act:mute": ((SUPPORT, 405), (SUPPORT, 404)),
    "customer_act:unmute": ((SUPPORT, 405), (SUPPORT, 404)),
    "call_backs": ((SUPPORT, 200), (SUPPORT, 200)),
    "call_back_done": ((SUPPORT, 405), (SUPPORT, 422)),
    "delays": ((SUPPORT, 200), (SUPPORT, 200)),
    "delay_end": ((SUPPORT, 405), (SUPPORT, 303)),
    "suppression": ((SUPPORT, 405), (SUPPORT, 303)),
    "unreachable": ((SUPPORT, 200), (SUPPORT, 200)),
    "unreachable_file": ((OPERATOR, 200), (OPERATOR, 200)),
    "unreachable_letters": ((OPERATOR, 200), (OPERATOR, 200)),
    "mailings": ((VIEWER, 200), (VIEWER, 200)),
    "mailing": ((VIEWER, 200), (VIEWER, 200)),
    "mailing_pulse": ((VIEWER, 200), (VIEWER, 200)),
    "mailing_preview": ((OPERATOR, 200), (OPERATOR, 200)),
    "mailing_preview_html": ((OPERATOR, 404), (OPERATOR, 404)),  # no HTML in the sample's mails
    "mailing_act:approve": ((APPROVER, 405), (APPROVER, 303)),
    "mailing_act:start": ((OPERATOR, 303), (OPERATOR, 303)),
    "mailing_act:pause": ((OPERATOR, 405), (OPERATOR, 303)),
    "mailing_act:resume": ((OPERATOR, 405), (OPERATOR, 303)),
    "mailing_act:cancel": ((OPERATOR, 200), (OPERATOR, 303)),
    "mailing_act:texts": ((OPERATOR, 405), (OPERATOR, 303)),
    "texts": ((VIEWER, 200), (VIEWER, 200)),
    "text": ((VIEWER, 200), (VIEWER, 200)),
    "text_compare": ((VIEWER, 200), (VIEWER, 200)),
    "text_edit": ((OPERATOR, 200), (OPERATOR, 303)),
    "text_preview": ((OPERATOR, 200), (OPERATOR, 200)),
    "text_preview_html": ((OPERATOR, 404), (OPERATOR, 404)),
    "text_copy": ((OPERATOR, 405), (OPERATOR, 303)),
    "text_act:ask": ((OPERATOR, 405), (OPERATOR, 303)),
    "text_act:approve": ((APPROVER, 405), (APPROVER, 303)),
    "text_act:restore": ((OPERATOR, 405), (OPERATOR, 303)),
    "plan": ((VIEWER, 200), (VIEWER, 200)),
    "plan_kind": ((VIEWER, 200), (OPERATOR, 422)),
    "desk": ((VIEWER, 200), (OPERATOR, 422)),
    "waves": ((VIEWER, 200), (APPROVER, 404)),
    "cutoff": ((VIEWER, 200), (OPERATOR, 422)),
    "shadow": ((SUPPORT, 200), (SUPPORT, 200)),
    "relays": ((SUPPORT, 200), (SUPPORT, 200)),
    "relay": ((SUPPORT, 200), (OPERATOR, 303)),
    "unknown_programs": ((VIEWER, 200), (VIEWER, 200)),
    "sources": ((VIEWER, 200), (VIEWER, 200)),
    "help": ((VIEWER, 200), (VIEWER, 200)),
    "keys": ((VIEWER, 200), (VIEWER, 200)),
    "look": ((VIEWER, 405), (VIEWER, 303)),
    "audit": ((ADMINISTRATOR, 200), (ADMINISTRATOR, 200)),
    "audit_file": ((ADMINISTRATOR, 200), (ADMINISTRATOR, 200)),
}
ACTS = {"mailing_act": acts.ACTS, "text_act": text.ACTS, "customer_act": contact.ACTS}


def test_every_address_and_every_act_has_a_row_and_every_row_an_address():
    wanted = set()
    for pattern in urlpatterns:
        wanted |= {f"{pattern.name}:{act}" for act in ACTS[pattern.name]} if pattern.name in ACTS else {pattern.name}
    assert set(MATRIX) == wanted - EVERYBODY


@pytest.fixture
def keys(tmp_path, settings) -> dict[str, int]:
    """A row for each address that names one, by the address's name."""
    settings.DATA = settings.SEGMENTS = tmp_path
    campaign = make_world()
    holdout = Holdout.objects.order_by("pk").first()
    customer, other = holdout.customer_id, make_user("other")
    mailing = Mailing.objects.get().pk
    make_notice(Mailing.objects.get())
    make_relay("192.0.2.7", TODAY, 3)
    values = {"customer": holdout.customer, "campaign": campaign, "reason": "", "from_day": TODAY, "until": TODAY}
    delay = Exemption.objects.create(**values, asked_at=noon(TODAY), asked_why="help").pk
    change = {"campaign": campaign, "kind": "tag", "values": {"tag": "x"}, "customers": 1, "made_at": noon(TODAY)}
    call = {"phone": "0312345678", "day": TODAY, "part": "any", "asked_at": noon(TODAY)}
    return {
        **dict.fromkeys(("customer", "proof", "script", "letter", "customer_act", "customer_seen"), customer),
        **dict.fromkeys(
            ("mailing", "mailing_act", "mailing_pulse", "mailing_preview", "mailing_preview_html"), mailing
        ),
        "suppression": make_suppression(holdout.customer).pk,
        "shadow": make_shadow(campaign).pk,
        "delay_end": delay,
        "bulk_undo": BulkChange.objects.create(**change, made_by=other).pk,
        "view_delete": SavedView.objects.create(name="x", query="", owner=other, at=noon(TODAY)).pk,
        "call_back_done": CallBack.objects.create(**call, customer=holdout.customer).pk,
    }


def address(row: str, keys: dict[str, int]) -> str:
    name, _colon, act = row.partition(":")
    given = {"pk": keys.get(name), "act": act, "first": "192.0.2.0", "bits": 24, "day": TODAY.isoformat()}
    given |= {"campaign": "pop_before_smtp", "kind": "reminder", "language": "ja", "number": 0}
    [pattern] = [pattern for pattern in urlpatterns if pattern.name == name]
    return reverse(name, kwargs={part: given[part] for part in pattern.pattern.converters})


GIVEN = {
    "bulk": {"kind": "tag", "tag": "x", "query": "campaign=pop_before_smtp"},
    "view_save": {"name": "x", "query": "campaign=pop_before_smtp"},
}


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is as if it had never been: one role's step must not be in the way of the next one's."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", MATRIX)
def test_a_role_gets_what_the_matrix_says(client, keys, row):
    found = {}
    for role in Role:
        user = make_user(f"one-{role}")
        roles.assign(user, role)
        user.user_permissions.clear()
        client.force_login(user)
        with undone():
            got = client.get(address(row, keys)).status_code
        with undone():
            found[role] = (got, client.post(address(row, keys), GIVEN.get(row, {})).status_code)
    wanted = {
        role: tuple(code if list(Role).index(role) >= list(Role).index(least) else 403 for least, code in MATRIX[row])
        for role in Role
    }
    assert found == wanted


@pytest.mark.parametrize("row", MATRIX)
def test_without_a_role_nothing_opens(client, keys, row):
    user = make_user("nobody")
    user.user_permissions.clear()
    client.force_login(user)
    assert client.get(address(row, keys)).status_code == client.post(address(row, keys)).status_code == 403


def test_a_viewer_sees_numbers_and_nobodys_login(client, keys):
    user = make_user("viewer")
    roles.assign(user, VIEWER)
    client.force_login(user)
    for row, ((least, code), _post) in MATRIX.items():
        if least == VIEWER and code == 200:
            text = client.get(address(row, keys)).content.decode(errors="replace")  # the board's page is a PDF
            assert "@isp.example" not in text.replace("mail-support@isp.example", ""), row
