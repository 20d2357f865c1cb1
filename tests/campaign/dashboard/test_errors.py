"""Where there is no page: staff read it in their look and language, with where to go; customers on theirs, in both."""

import pytest
from builders import make_user
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from campaign import roles
from campaign.dashboard import errors, rights
from campaign.roles import Role

pytestmark = pytest.mark.django_db
CUSTOMERS_PAGE = "メール送信の設定変更のページへ"


def signed_in(client: Client, role: Role | None, language: str = "en") -> User:
    user = make_user("sato")
    user.user_permissions.clear()
    if role:
        roles.assign(user, role)
    client.force_login(user)
    client.cookies["django_language"] = language
    return user


@pytest.mark.parametrize("address", ["/staff/nowhere/", "/staff/customers/999/", "/staff/admin/nowhere/", "/i18n/x/"])
@pytest.mark.parametrize(("language", "said"), [("en", "There is no such page"), ("ja", "このページはありません")])
def test_staff_who_go_astray_read_it_in_their_language_and_see_the_ways_out(client, address, language, said):
    signed_in(client, Role.ADMINISTRATOR, language)
    response = client.get(address)
    text = response.content.decode()
    assert response.status_code == 404 and "no-store" in response["Cache-Control"]
    assert f'<html lang="{language}"' in text and said in text
    assert 'id="q" type="search"' in text and 'href="/staff/"' in text and 'href="/staff/help/"' in text
    assert CUSTOMERS_PAGE not in text


def test_who_is_not_logged_in_is_shown_the_way_in_and_nothing_else(client):
    client.cookies["django_language"] = "en"
    text = client.get("/staff/nowhere/").content.decode()
    assert "There is no such page" in text and 'href="/staff/login/"' in text
    assert "Find a customer" not in text and 'href="/staff/mailings/"' not in text


def test_who_may_not_see_customers_is_offered_no_search(client):
    signed_in(client, Role.VIEWER)
    text = client.get("/staff/nowhere/").content.decode()
    assert "Find a customer" not in text and "To the progress of the campaign" in text


@pytest.mark.parametrize("address", ["/nowhere", "/ja/nowhere/", "/en/guide/nonsense/"])
def test_customers_keep_their_page(client, address):
    signed_in(client, Role.ADMINISTRATOR)
    response = client.get(address)
    assert response.status_code == 404 and CUSTOMERS_PAGE in response.content.decode()


def test_a_page_that_is_refused_names_the_role_what_is_missing_and_whom_to_ask(client):
    signed_in(client, Role.VIEWER)
    boss = make_user("hanako")
    boss.first_name, boss.last_name = "Hanako", "Yamada"
    boss.save()
    roles.assign(boss, Role.ADMINISTRATOR)
    gone = make_user("gone")
    gone.is_active = False
    gone.save()
    roles.assign(gone, Role.ADMINISTRATOR)
    text = client.get("/staff/customers/").content.decode()
    assert "<dt>Your role</dt><dd>Viewer</dd>" in text
    assert "The right to see customers; it begins with the role “Support”." in text
    assert "Hanako Yamada" in text and "gone" not in text


def test_without_a_role_and_without_an_administrator_it_says_so(client):
    signed_in(client, None)
    text = client.get("/staff/").content.decode()
    assert "<dt>Your role</dt><dd>none</dd>" in text and "see numbers without customers" in text
    assert "Nobody has the role of an administrator yet" in text


@pytest.mark.parametrize(
    ("role", "address", "missing"),
    [
        (Role.SUPPORT, "/staff/customers/file/", "save lists of customers as a file"),
        (Role.APPROVER, "/staff/audit/", "read the audit"),
        (Role.APPROVER, "/staff/admin/", "use the administration"),
        (Role.OPERATOR, "POST /staff/waves/", "decide the waves"),
        (Role.VIEWER, "POST /staff/desk/", "enter what the help desk can take"),
        (Role.VIEWER, "POST /staff/cutoff/", "ask for a trial cut-off"),
    ],
)
def test_what_is_missing_is_said_of_pages_steps_and_the_administration(client, role, address, missing):
    signed_in(client, role)
    response = client.post(address[5:]) if address.startswith("POST ") else client.get(address, follow=True)
    assert response.status_code == 403 and f"The right to {missing}" in response.content.decode()
    assert CUSTOMERS_PAGE not in response.content.decode()


def test_every_permission_of_a_role_has_words_and_the_administration_uses_them(client):
    assert {name for names in roles.permissions().values() for name in names} == set(rights.WORDS)
    signed_in(client, Role.ADMINISTRATOR)
    group = roles.bring_in_line()[Role.SUPPORT]
    text = client.get(f"/staff/admin/auth/group/{group.pk}/change/").content.decode()
    assert "record contacts" in text and "Can add contact" not in text


def test_a_form_that_is_too_old_is_told_to_staff_on_their_page():
    client = Client(enforce_csrf_checks=True)
    signed_in(client, Role.APPROVER)
    response = client.post("/staff/desk/", {"seats": "1"})
    text = response.content.decode()
    assert response.status_code == 403 and "Please send the form once more" in text and "Nothing was changed" in text
    assert CUSTOMERS_PAGE not in text


def test_too_many_tries_at_the_login_are_told_on_the_staffs_page(client, empty_redis):
    client.cookies["django_language"] = "en"
    for _try in range(40):
        response = client.post("/staff/login/", {"login": "sato", "password": "wrong"})
        if response.status_code == 429:
            break
    assert response.status_code == 429 and "Please wait a little" in response.content.decode()
    assert CUSTOMERS_PAGE not in response.content.decode()


def test_a_page_that_breaks_asks_nothing_of_the_database(django_assert_num_queries):
    rf = RequestFactory()
    with django_assert_num_queries(0):
        staff, other = errors.failed(rf.get("/staff/")), errors.failed(rf.get("/ja/"))
    assert staff.status_code == other.status_code == 500
    assert "Something went wrong on our side" in staff.content.decode() and 'href="/staff/"' in staff.content.decode()
    assert CUSTOMERS_PAGE in other.content.decode()


def test_a_page_that_breaks_is_answered_so(client, monkeypatch):
    signed_in(client, Role.ADMINISTRATOR)
    client.raise_request_exception = False
    monkeypatch.setattr("campaign.dashboard.audit.found", lambda filters: 1 / 0)
    text = client.get("/staff/audit/").content.decode()
    assert "Something went wrong on our side" in text and CUSTOMERS_PAGE not in text
