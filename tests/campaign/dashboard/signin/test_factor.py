"""The second factor: set up, asked for, used once, changed, lost."""

from io import BytesIO

import pytest
import segno
from allauth.mfa.models import Authenticator
from builders import make_user
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from entering import PASSWORD, acts, code_of, enter, is_in, set_up

from campaign import roles
from campaign.dashboard.signin import factor
from campaign.dashboard.signin.sealed import seal
from campaign.models import AuditEntry
from campaign.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(browser_in_english):
    return browser_in_english


@pytest.fixture
def with_factor(client, suzuki, asked, at) -> tuple[str, list[str]]:
    """Suzuki's key and recovery codes; logged out again, a minute later."""
    enter(client)
    found = set_up(client)
    client.post(reverse("logout"))
    at(90)
    return found


def test_the_password_alone_opens_nothing_where_a_factor_is_asked_for(client, suzuki, asked):
    assert enter(client, next="/staff/mailings/")["Location"] == "/staff/mailings/"
    for name in ("progress", "mailings", "customers_file", "sources"):
        response = client.get(reverse(name))
        assert response["Location"].startswith(reverse("mfa_activate_totp")), name
    assert client.post(reverse("desk")).status_code == 302
    assert client.get("/staff/mailings/")["Location"].endswith("?next=%2Fstaff%2Fmailings%2F")


def test_the_administration_is_no_way_around_the_factor(client, asked):
    roles.assign(make_user("admin"), Role.ADMINISTRATOR)
    User.objects.create_superuser("root", password=PASSWORD)
    for name in ("admin", "root"):
        enter(client, name)
        response = client.get("/staff/admin/auth/user/", follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("mfa_activate_totp"))
        client.post(reverse("logout"))


def test_a_factor_is_set_up_at_the_first_sign_in_and_opens_the_pages(client, suzuki, asked, at):
    enter(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context_data["form"].secret
    text = page.content.decode()
    assert " ".join(secret[start : start + 4] for start in range(0, 32, 4)) in text
    picture = client.get(reverse("mfa_picture"))
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<svg")
    assert "no-store" in picture["Cache-Control"] and "no-store" in page["Cache-Control"]
    response = client.post(reverse("mfa_activate_totp") + "?next=/staff/mailings/", {"code": code_of(secret)})
    codes = client.get(response["Location"])
    assert len(codes.context_data["unused_codes"]) == 10
    assert all(code in codes.content.decode() for code in codes.context_data["unused_codes"])
    assert 'href="/staff/mailings/"' in codes.content.decode()
    assert is_in(client)
    assert ("added", "authenticator", "suzuki") in acts()


def test_apps_read_who_and_where_it_is_for(client, suzuki):
    enter(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context_data["form"].secret
    wanted = f"otpauth://totp/Mihon%20Net:suzuki?secret={secret}&issuer=Mihon%20Net"
    assert page.context_data["totp_url"] == wanted
    drawn = BytesIO()
    segno.make(wanted, micro=False, error="l").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    assert client.get(reverse("mfa_picture")).content == drawn.getvalue()


def test_recovery_codes_are_shown_once(client, suzuki, asked, at):
    enter(client)
    _secret, codes = set_up(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)


def test_nobody_elses_key_is_in_the_picture_and_none_when_there_is_nothing_to_set_up(client, suzuki):
    client.force_login(suzuki)
    assert client.get(reverse("mfa_picture")).status_code == 404


def test_after_the_password_the_code_is_asked_for(client, with_factor):
    secret, _codes = with_factor
    assert enter(client)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get(reverse("login"))["Location"] == reverse("mfa_authenticate")
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)
    entry = AuditEntry.objects.filter(act="signed_in").last()
    assert entry.after == {"by": ["password", "mfa"]} and entry.by_name == "suzuki"


def test_a_wrong_code_lets_nobody_in_and_is_noted(client, with_factor):
    enter(client)
    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "This code is not right" in response.content.decode() and not is_in(client)
    entry = AuditEntry.objects.filter(act="refused").last()
    assert (entry.what, entry.after, entry.reason) == ("suzuki", {"by": "mfa"}, "incorrect_code")


def test_a_code_counts_once(client, with_factor):
    secret, _codes = with_factor
    code = code_of(secret)
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)
    client.post(reverse("logout"))
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert not is_in(client)


def test_the_code_that_set_the_factor_up_counts_as_used(client, suzuki, asked, at):
    enter(client)
    secret, _codes = set_up(client)
    client.post(reverse("logout"))
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)


def test_a_recovery_code_lets_in_once(client, with_factor):
    _secret, codes = with_factor
    for expected in (True, False):
        enter(client)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_in(client) is expected
        client.post(reverse("logout"))
    assert factor.codes_left(User.objects.get()) == 9


def test_codes_are_tried_only_so_often(client, with_factor):
    secret, _codes = with_factor
    enter(client)
    for _ in range(6):
        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "too many failed tries" in response.content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not is_in(client)


def test_without_the_setting_a_password_is_enough_and_a_factor_can_be_had(client, suzuki, at):
    enter(client)
    assert is_in(client)
    secret, _codes = set_up(client)
    client.post(reverse("logout"))
    at(90)
    enter(client)
    assert not is_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_a_session_from_before_the_setting_is_led_to_its_factor(client, with_factor, suzuki):
    secret, _codes = with_factor
    client.force_login(suzuki)
    response = client.get(reverse("progress"))
    assert response["Location"] == reverse("mfa_reauthenticate") + "?next=%2Fstaff%2F"
    client.post(response["Location"], {"code": code_of(secret)})
    assert is_in(client)


@pytest.mark.parametrize("second_factor", [True, False])
def test_who_shows_the_password_alone_changes_nothing_of_a_factor(client, with_factor, suzuki, settings, second_factor):
    settings.SECOND_FACTOR = second_factor
    client.force_login(suzuki)
    before = list(Authenticator.objects.order_by("pk").values())
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    new = "another long pass phrase"
    for name in (
        "mfa_deactivate_totp",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "account_change_password",
    ):
        given = {"code": "000000", "oldpassword": PASSWORD, "password1": new, "password2": new}
        for response in (client.get(reverse(name)), client.post(reverse(name), given)):
            assert response["Location"].startswith(reverse("mfa_reauthenticate")), name
    assert list(Authenticator.objects.order_by("pk").values()) == before
    suzuki.refresh_from_db()
    assert suzuki.check_password(PASSWORD)


def test_a_change_that_waited_for_the_password_waits_for_the_factor_too(client, suzuki, asked, at):
    enter(client)
    at(301)
    asked_for = client.post(reverse("mfa_activate_totp"), {"code": "000000"})["Location"]
    Authenticator.objects.create(user=suzuki, type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")})
    there = client.post(asked_for, {"password": PASSWORD})
    assert there["Location"].startswith(reverse("mfa_reauthenticate"))


def test_a_factor_that_is_set_up_ends_the_persons_other_sessions_and_nobody_elses(client, suzuki, at):
    other, colleague = Client(), Client()
    enter(other)
    colleague.force_login(make_user("colleague"))
    enter(client)
    assert is_in(other)
    set_up(client)
    assert is_in(client) and is_in(colleague) and not is_in(other)


def test_before_a_factor_is_changed_the_person_shows_again_who_they_are(client, with_factor, at):
    secret, _codes = with_factor
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"):
        for response in (client.get(reverse(name)), client.post(reverse(name))):
            if response.status_code != 405:
                assert response["Location"].startswith(reverse("account_reauthenticate")), name
    wrong = client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    assert "The password is not right" in wrong.content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200
    at(90 + 301)
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 302


def test_an_old_session_shows_the_password_before_it_sets_a_factor_up(client, suzuki, asked, at):
    enter(client)
    at(301)
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))


def test_a_factor_that_is_given_up_is_followed_by_a_new_one(client, with_factor):
    secret, _codes = with_factor
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_activate_totp")
    assert not is_in(client) and not Authenticator.objects.exists()
    assert ("removed", "authenticator", "suzuki") in acts()
    new, _codes = set_up(client)
    assert new != secret and is_in(client)


def test_new_recovery_codes_make_the_old_ones_worthless(client, with_factor):
    secret, old = with_factor
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.post(reverse("mfa_generate_recovery_codes"))
    new = client.get(response["Location"]).context_data["unused_codes"]
    assert len(new) == 10 and not set(new) & set(old)
    assert ("changed", "authenticator", "suzuki") in acts()


def test_the_key_does_not_lie_open_in_the_database(client, with_factor):
    secret, codes = with_factor
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and not any(code in kept for code in codes)


def test_an_administrator_takes_a_lost_factor_away_and_every_session_with_it(client, with_factor, suzuki):
    secret, _codes = with_factor
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    call_command("signin", user="suzuki", reset_factor=True)
    assert client.get(reverse("progress"))["Location"].startswith(reverse("login"))
    entry = AuditEntry.objects.filter(act="removed").get()
    assert (entry.kind, entry.what, entry.reason) == ("authenticator", "suzuki", "reset")
    enter(client)
    assert client.get(reverse("progress"))["Location"].startswith(reverse("mfa_activate_totp"))


def test_the_administration_takes_factors_away_but_a_superusers_only_for_a_superuser(client, suzuki):
    admin, root = make_user("admin"), User.objects.create_superuser("root")
    roles.assign(admin, Role.ADMINISTRATOR)
    for user in (suzuki, root):
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client.force_login(admin)
    given = {"action": "take_factor_away", "_selected_action": [suzuki.pk, root.pk, admin.pk]}
    text = client.post(reverse("admin:auth_user_changelist"), given, follow=True).content.decode()
    assert Authenticator.objects.get().user == root
    assert "The second factor of suzuki is taken away" in text and "The second factor of root stays" in text
    assert "There is no second factor of admin" in text
    assert AuditEntry.objects.get().by_name == "admin"


def test_the_command_lists_and_binds(suzuki, settings, capsys):
    settings.OIDC_ISSUER = "https://sso.isp.example"
    call_command("signin", user="suzuki", subject="00u1")
    call_command("signin")
    assert "suzuki: operator; password, OpenID 00u1" in capsys.readouterr().out
    make_user("other")
    with pytest.raises(CommandError, match="is bound to 'suzuki'"):
        call_command("signin", user="other", subject="00u1")
    with pytest.raises(CommandError, match="more than the 191 characters"):
        call_command("signin", user="other", subject="s" * 192)
    call_command("signin", user="suzuki", subject="")
    call_command("signin", user="other", subject="00u1")
    assert AuditEntry.objects.filter(act="changed").count() == 3
    for wrong in ({"user": "nobody", "subject": "x"}, {"user": "suzuki"}, {"subject": "x"}):
        with pytest.raises(CommandError):
            call_command("signin", **wrong)


def test_who_has_no_password_here_has_no_factor_here(client, suzuki):
    suzuki.set_unusable_password()
    suzuki.save()
    client.force_login(suzuki)
    for name in ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_index")
    assert "You have no password here" in client.get(reverse("mfa_index")).content.decode()


def test_begun_with_another_name_can_be_begun_again(client, with_factor):
    enter(client)
    client.post(reverse("logout"))
    assert client.get(reverse("login")).status_code == 200
