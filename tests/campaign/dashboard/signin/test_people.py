"""Two first sign-ins of one person at one moment, as from two windows of a browser."""

import threading

import pytest
from allauth.socialaccount.models import SocialAccount
from builders import make_user
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from campaign import roles
from campaign.dashboard.signin import people
from campaign.models import AuditEntry
from campaign.roles import Role

CLAIMS = {"sub": "00u1", "preferred_username": "jiro", "email": "jiro@staff.isp.example", "email_verified": True}
GIVEN = {"issuer": "https://sso.isp.example", "remote": "192.0.2.1"}


def suzuki() -> User:
    user = make_user("suzuki")
    user.email = CLAIMS["email"]
    user.save()
    return user


@pytest.fixture
def both_at_once(monkeypatch):
    """Runs two sign-ins, of which neither finds the person bound at first; the members whom they are taken for."""
    ready, begun, look = threading.Barrier(2), threading.local(), people.bound_to

    def bound_to(*subject, **issuer):
        found = look(*subject, **issuer)
        if not hasattr(begun, "yes"):
            begun.yes = True
            ready.wait(120)
        return found

    monkeypatch.setattr(people, "bound_to", bound_to)
    found = []

    def sign_in() -> None:
        try:
            found.append(people.admitted(CLAIMS, Role.SUPPORT, now=timezone.now(), **GIVEN).user_id)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    def run() -> list:
        windows = [threading.Thread(target=sign_in) for _ in range(2)]
        for window in windows:
            window.start()
        for window in windows:
            window.join(120)
        return found

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["known by the address", "new"])
def test_one_person_in_two_windows_is_one_member(both_at_once, known):
    roles.bring_in_line()
    if known:
        suzuki()
    found = both_at_once()
    user = User.objects.get()
    assert found == [user.pk, user.pk]
    assert SocialAccount.objects.get().user == user and roles.of(user) is Role.SUPPORT
    assert AuditEntry.objects.filter(after__openid="00u1").count() == 1
