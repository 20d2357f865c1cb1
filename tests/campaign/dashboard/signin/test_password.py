"""Signing in by password: who gets in, how often it may be tried, and what the audit keeps of it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from entering import PASSWORD, acts, enter, is_in

from campaign import roles
from campaign.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(browser_in_english):
    return browser_in_english


def test_passwords_are_tried_only_so_often_for_a_name(client, suzuki, at):
    for _ in range(6):
        response = enter(client, password="wrong")
    assert "too many failed tries" in response.content.decode()
    assert "too many failed tries" in enter(client).content.decode() and not is_in(client)


def test_passwords_are_tried_only_so_often_from_an_address(client, db, at):
    statuses = [enter(client, f"name{number}", "wrong").status_code for number in range(31)]
    assert statuses[0] == 200 and statuses[-1] == 429


def test_the_title_says_first_that_something_is_wrong(client, suzuki):
    assert "<title>Log in - " in client.get(reverse("login")).content.decode()
    assert "<title>Error: Log in - " in enter(client, password="wrong").content.decode()


def test_the_address_is_the_visitors_and_not_the_proxys(client, suzuki, settings):
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"),)
    enter(client, password="wrong")
    client.post(
        reverse("login"), {"login": "suzuki", "password": "wrong"}, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7"
    )
    assert list(AuditEntry.objects.order_by("pk").values_list("remote", flat=True)) == ["127.0.0.1", "198.51.100.7"]


def test_a_failed_sign_in_is_noted_without_what_was_typed_for_a_name(client, suzuki):
    enter(client, password="wrong")
    enter(client, "my secret pass phrase", "wrong")
    entries = list(AuditEntry.objects.order_by("pk").values_list("act", "by_name", "kind", "what", "after"))
    assert entries == [
        ("refused", "?", "user", "suzuki", {"by": "password"}),
        ("refused", "?", "signin", "", {"by": "password"}),
    ]
    assert "secret" not in str(list(AuditEntry.objects.values()))


def test_who_has_no_role_is_not_let_in(client, suzuki):
    roles.withdraw(suzuki)
    response = client.get(enter(client)["Location"])
    assert "has no role yet" in response.content.decode()
    assert not client.get(reverse("login")).wsgi_request.user.is_authenticated
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.reason) == (suzuki, "no role")


def test_in_and_out_are_noted(client, suzuki):
    enter(client)
    client.post(reverse("logout"))
    assert acts() == [("signed_in", "user", "suzuki"), ("signed_out", "user", "suzuki")]


def test_who_changes_the_password_stays_logged_in_here_and_nowhere_else(client, suzuki, at):
    enter(client)
    other = Client()
    enter(other)
    new = "another long pass phrase"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), given)["Location"] == reverse("mfa_index")
    assert is_in(client) and not is_in(other)
    enter(other)
    assert not is_in(other)
    enter(other, password=new)
    assert is_in(other)
    entry = AuditEntry.objects.get(act="changed")
    assert (entry.what, entry.after) == ("suzuki", {"password": "set anew"})
    assert "phrase" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    "given",
    [
        {"oldpassword": "wrong", "password1": "another long pass phrase"},
        {"password1": "short"},
        {"password1": "administrator"},
        {"password1": "another long pass phrase", "password2": "not the same"},
    ],
)
def test_a_password_that_is_not_good_enough_is_not_set(client, suzuki, given):
    enter(client)
    given = {"oldpassword": PASSWORD, "password2": given["password1"], **given}
    response = client.post(reverse("account_change_password"), given)
    assert 'role="alert"' in response.content.decode()
    suzuki.refresh_from_db()
    assert suzuki.check_password(PASSWORD)


def test_the_administration_has_no_page_of_its_own_for_it(client):
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/staff/admin/password_change/")["Location"] == reverse("account_change_password")


def test_without_the_factor_that_is_asked_for_no_password_is_changed(client, suzuki, asked):
    enter(client)
    assert client.get(reverse("account_change_password"))["Location"].startswith(reverse("mfa_activate_totp"))


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_reset_password", "socialaccount_signup"],
)
def test_pages_of_allauth_that_nobody_needs_are_not_there(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
