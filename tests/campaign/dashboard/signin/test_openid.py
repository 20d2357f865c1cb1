"""Signing in at an OpenID provider that is a process of its own, by the steps that a browser takes."""

import re
import threading
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from campaign import roles
from campaign.dashboard.signin import openid
from campaign.models import AuditEntry
from campaign.roles import Role

pytestmark = [pytest.mark.daemons, pytest.mark.django_db]


def begin(client, **given) -> str:
    """The provider's address that the product's page leads to."""
    page = client.post(reverse("openid_begin"), given)
    assert page.status_code == 200
    return unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())[1])


def changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    query = {name: value for name, (value, *_) in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def sign_in(client, provider, name: str, **given):
    return client.get(provider.consent(begin(client, **given), name))


def is_in(client) -> bool:
    return client.get(reverse("progress")).status_code == 200


def noted() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", "by_name", "kind", "after", "reason"))


@pytest.fixture
def client(browser_in_english):
    return browser_in_english


def test_a_person_with_a_group_becomes_a_staff_member_with_its_role(client, provider):
    provider.person("hanako", "helpdesk", "somebody else's group", given_name="花子", family_name="山田")
    response = sign_in(client, provider, "hanako", next="/staff/mailings/")
    assert (response.status_code, response["Location"]) == (302, "/staff/mailings/")
    user = User.objects.get()
    assert (user.username, user.last_name, user.email) == ("hanako", "山田", "hanako@staff.isp.example")
    assert roles.of(user) is Role.SUPPORT and not user.has_usable_password()
    bound = SocialAccount.objects.get()
    assert (bound.provider, bound.uid) == (provider.url, "subject-of-hanako")
    assert set(bound.extra_data) == {"iss", "sub"}
    assert is_in(client)
    first = {"username": "hanako", "role": "support", "openid": "subject-of-hanako"}
    assert noted() == [
        ("added", "hanako", "user", first, "first OpenID sign-in"),
        ("signed_in", "hanako", "user", {"by": ["socialaccount"]}, ""),
    ]


def test_the_provider_is_asked_with_state_nonce_and_pkce(client, provider):
    provider.person("hanako", "helpdesk")
    asked = parse_qs(urlsplit(begin(client)).query)
    assert len(asked["state"][0]) >= 16 and len(asked["nonce"][0]) >= 32
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert begin(client) != begin(client)


def test_who_comes_from_the_provider_is_not_asked_for_a_factor_here(client, provider, asked):
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    assert is_in(client)


def test_another_group_is_another_role_at_the_next_sign_in(client, provider):
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    provider.person("hanako", "helpdesk", "CN=Admins,OU=Staff")
    sign_in(client, provider, "hanako")
    assert roles.of(User.objects.get()) is Role.ADMINISTRATOR
    entry = AuditEntry.objects.get(act="changed")
    assert (entry.before, entry.after) == ({"role": "support"}, {"role": "administrator"})
    assert entry.reason == "groups at the OpenID provider"


def test_whose_group_is_gone_is_refused_and_loses_the_role(client, provider):
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    client.post(reverse("logout"))
    provider.person("hanako", "somebody else's group")
    response = client.get(sign_in(client, provider, "hanako")["Location"])
    assert "gives you no role here" in response.content.decode()
    assert roles.of(User.objects.get()) is None and not is_in(client)
    assert [act for act, *_ in noted()][-3:] == ["signed_out", "changed", "refused"]
    assert AuditEntry.objects.get(act="refused").what == "hanako"


def test_a_first_sign_in_that_breaks_off_leaves_nobody_behind(client, provider, monkeypatch):
    def broken(**values):
        raise RuntimeError("the database is gone")

    provider.person("hanako", "helpdesk")
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(SocialAccount.objects, "create", broken)
        sign_in(client, provider, "hanako")
    assert not User.objects.exists() and not AuditEntry.objects.exists()
    sign_in(client, provider, "hanako")
    assert is_in(client)


def test_a_stranger_without_a_group_leaves_no_staff_member_behind(client, provider):
    provider.person("hanako")
    sign_in(client, provider, "hanako")
    assert not User.objects.exists() and not SocialAccount.objects.exists() and not is_in(client)


def test_a_confirmed_address_finds_the_member_who_has_it_and_binds_them(client, provider, suzuki):
    User.objects.update(email="Suzuki.Jiro@staff.isp.example")
    provider.person("jiro", "helpdesk", email="suzuki.jiro@staff.isp.example")
    sign_in(client, provider, "jiro")
    assert is_in(client) and User.objects.get().username == "suzuki"
    assert roles.of(suzuki) is Role.SUPPORT
    assert SocialAccount.objects.get().user == suzuki
    assert ("changed", "suzuki", "user", {"openid": "subject-of-jiro"}, "the same confirmed address") in noted()


@pytest.mark.parametrize("confirmed", [False, "true", None])
def test_an_address_that_is_not_confirmed_takes_nobody_over(client, provider, suzuki, confirmed):
    User.objects.update(email="suzuki@staff.isp.example")
    provider.person("mallory", "helpdesk", email="suzuki@staff.isp.example", email_verified=confirmed)
    response = client.get(sign_in(client, provider, "mallory")["Location"])
    assert "Somebody else has your name or your address" in response.content.decode()
    assert not is_in(client) and not SocialAccount.objects.exists() and User.objects.count() == 1
    assert roles.of(suzuki) is Role.OPERATOR


def test_a_name_that_somebody_has_takes_nobody_over(client, provider, suzuki):
    provider.person("mallory", "CN=Admins,OU=Staff", preferred_username="Suzuki")
    sign_in(client, provider, "mallory")
    assert not is_in(client) and User.objects.get() == suzuki and roles.of(suzuki) is Role.OPERATOR


def test_a_superuser_is_never_found_by_an_address(client, provider):
    User.objects.create_superuser("root", email="root@staff.isp.example")
    provider.person("mallory", "helpdesk", email="root@staff.isp.example")
    sign_in(client, provider, "mallory")
    assert not is_in(client) and not SocialAccount.objects.exists()


def test_who_is_bound_to_one_subject_is_not_found_by_the_address_of_another(client, provider):
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    client.post(reverse("logout"))
    provider.person("mallory", "helpdesk", email="hanako@staff.isp.example")
    sign_in(client, provider, "mallory")
    assert not is_in(client) and SocialAccount.objects.count() == 1


def test_the_same_subject_of_another_issuer_is_another_person(client, provider, suzuki):
    SocialAccount.objects.create(user=suzuki, provider="https://old.isp.example", uid="subject-of-hanako")
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    assert client.get(reverse("mfa_index")).wsgi_request.user.username == "hanako"


def test_who_was_made_inactive_is_refused(client, provider):
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    User.objects.update(is_active=False)
    response = client.get(sign_in(client, provider, "hanako")["Location"])
    assert "This login is closed" in response.content.decode() and not is_in(client)


@pytest.mark.parametrize(
    ("at_provider", "coming_back", "why"),
    [
        ({}, {"code": "another"}, "invalid_grant"),
        ({"nonce": "another"}, {}, "the nonce is not the one of this sign-in"),
        ({"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, {}, "invalid_grant"),
    ],
    ids=["code", "nonce", "pkce"],
)
def test_an_answer_that_belongs_to_another_sign_in_is_refused(client, provider, at_provider, coming_back, why):
    provider.person("hanako", "helpdesk")
    address = changed(begin(client), **at_provider)
    back = changed(provider.consent(address, "hanako"), **coming_back)
    response = client.get(back)
    assert response["Location"] == reverse("login")
    assert "did not come to an end" in client.get(reverse("login")).content.decode()
    assert not is_in(client) and not User.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.kind, entry.by_name) == ("refused", "signin", "?") and why in entry.reason


def test_an_answer_to_a_sign_in_that_nobody_began_here_is_refused_and_leaves_nothing_in_the_audit(client, provider):
    provider.person("hanako", "helpdesk")
    back = provider.consent(begin(client), "hanako")
    stray = [changed(back, state="another"), reverse("openid_callback"), reverse("openid_callback") + "?error=x"]
    for address in stray:
        assert client.get(address)["Location"] == reverse("login")
        assert "did not come to an end" in client.get(reverse("login")).content.decode()
    assert not is_in(client) and not AuditEntry.objects.exists()


def test_of_one_visitor_so_many_refusals_a_minute_are_noted_as_of_wrong_passwords(client, provider, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)  # no minute ends in between
    for _ in range(12):
        state = parse_qs(urlsplit(begin(client)).query)["state"][0]
        client.get(reverse("openid_callback"), {"error": "access_denied", "state": state})
        assert "was called off" in client.get(reverse("login")).content.decode()
    assert AuditEntry.objects.filter(act="refused").count() == 10
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    client.get(reverse("openid_callback"), {"error": "x", "state": state}, REMOTE_ADDR="198.51.100.7")
    assert AuditEntry.objects.filter(act="refused", remote="198.51.100.7").count() == 1
    provider.person("hanako", "helpdesk")
    sign_in(client, provider, "hanako")
    assert is_in(client)


def test_an_answer_is_good_for_one_browser_and_one_time(client, client_of_another, provider):
    provider.person("hanako", "helpdesk")
    back = provider.consent(begin(client), "hanako")
    client_of_another.get(back)
    assert not is_in(client_of_another)
    client.get(back)
    assert is_in(client)
    client.post(reverse("logout"))
    client.get(back)
    assert not is_in(client)


def test_the_way_to_the_provider_is_taken_only_so_often_from_an_address(client, provider, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)  # no minute ends in between
    assert [client.post(reverse("openid_begin")).status_code for _ in range(30)] == [200] * 30
    with monkeypatch.context() as until_then:
        until_then.setattr(openid, "begin", pytest.fail)  # nor is the provider asked
        busy = client.post(reverse("openid_begin"))
    assert busy.status_code == 429 and "Please wait a little" in busy.content.decode()
    assert client.post(reverse("openid_begin"), REMOTE_ADDR="198.51.100.7").status_code == 200


@pytest.fixture
def client_of_another():
    from django.test import Client

    return Client()


def test_a_sign_in_that_was_called_off_at_the_provider_says_so(client, provider):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    client.get(reverse("openid_callback"), {"error": "access_denied", "state": state})
    assert "was called off" in client.get(reverse("login")).content.decode()


def test_a_discovery_document_of_another_issuer_is_not_believed(client, provider, settings):
    settings.OIDC_ISSUER = provider.url.replace("127.0.0.1", "localhost")
    response = client.post(reverse("openid_begin"))
    assert response["Location"] == reverse("login")
    assert "does not answer as it should" in client.get(reverse("login")).content.decode()
    assert "the discovery document is of the issuer" in AuditEntry.objects.get().reason


def test_a_provider_that_does_not_answer_is_said(client, db, settings):
    settings.OIDC_ISSUER, settings.OIDC_NAME = "http://127.0.0.1:9", "Company login"
    client.post(reverse("openid_begin"))
    assert "Company login does not answer as it should" in client.get(reverse("login")).content.decode()


@pytest.fixture
def without_sense():
    """The address of a server whose every answer is the JSON `["issuer"]`."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'["issuer"]')

        def log_message(self, *said: object) -> None:
            """The tests' output is the tests'."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_discovery_document_that_is_none_is_said(client, db, settings, without_sense):
    settings.OIDC_ISSUER, settings.OIDC_NAME = without_sense, "Company login"
    assert client.post(reverse("openid_begin"))["Location"] == reverse("login")
    assert "Company login does not answer as it should" in client.get(reverse("login")).content.decode()
    assert "the discovery document is no JSON object" in AuditEntry.objects.get().reason


def test_userinfo_that_is_none_is_said(client, provider, without_sense, monkeypatch):
    provider.person("hanako", "helpdesk")
    monkeypatch.setattr(openid.Conversation, "profile_url", without_sense)
    sign_in(client, provider, "hanako")
    assert not is_in(client) and not User.objects.exists()
    assert "userinfo is no JSON object" in AuditEntry.objects.get().reason


def test_a_subject_that_is_too_long_to_be_kept_is_refused(client, provider):
    provider.person("hanako", "helpdesk", sub="s" * 192)
    response = client.get(sign_in(client, provider, "hanako")["Location"])
    assert "a key that is too long to be kept here" in response.content.decode()
    assert not User.objects.exists() and "more than the 191 characters" in AuditEntry.objects.get().reason
    provider.person("hanako", "helpdesk", sub="s" * 191)
    sign_in(client, provider, "hanako")
    assert is_in(client)


def test_a_role_that_there_is_not_is_said_as_what_it_is(client, provider, settings):
    settings.OIDC_ROLES = {"helpdesk": "supporter"}
    provider.person("hanako", "helpdesk")
    response = client.get(sign_in(client, provider, "hanako")["Location"])
    text = response.content.decode()
    assert "name a role that there is not" in text and "does not answer" not in text
    assert "OIDC_ROLES names a role that there is not" in AuditEntry.objects.get().reason


def test_nobody_is_led_to_another_site_afterwards(client, provider):
    provider.person("hanako", "helpdesk")
    for elsewhere in ("https://evil.example/", "//evil.example/", "https://mail-guide.isp.example/"):
        assert sign_in(client, provider, "hanako", next=elsewhere)["Location"] == reverse("progress")


def test_without_a_provider_in_the_settings_there_is_none(client, db):
    assert client.post(reverse("openid_begin")).status_code == client.get(reverse("openid_callback")).status_code == 404
    assert "openid" not in client.get(reverse("login")).content.decode()


def test_the_way_to_the_provider_is_taken_by_post_alone(client, provider):
    assert client.get(reverse("openid_begin")).status_code == 405


def test_where_passwords_are_off_there_is_no_field_for_one(client, provider, settings, suzuki):
    settings.PASSWORD_SIGN_IN = False
    assert "id_password" not in client.get(reverse("login")).content.decode()
    given = {"login": "suzuki", "password": "a long test password"}
    assert client.post(reverse("login"), given).status_code == 403
    assert not is_in(client)


def test_a_member_with_two_ways_keeps_the_role_that_the_provider_gave_last(client, provider, suzuki):
    SocialAccount.objects.create(user=suzuki, provider=provider.url, uid="subject-of-jiro")
    provider.person("jiro", "mail operators", "helpdesk")
    sign_in(client, provider, "jiro")
    assert roles.of(suzuki) is Role.OPERATOR and not AuditEntry.objects.filter(act="changed").exists()
