"""The matrix of the addresses of signing in, which are not behind a role: who gets what, by GET and by POST."""

import pytest
from allauth.mfa.models import Authenticator
from builders import make_user
from django.urls import reverse

from campaign.dashboard.signin import urls
from campaign.dashboard.signin.sealed import seal

pytestmark = pytest.mark.django_db
LOGIN, AGAIN, CODE, OWN = "login", "account_reauthenticate", "mfa_reauthenticate", "mfa_index"

# name: what (nobody, who has a password, who has a factor too and did not show it, who has neither) gets by GET,
# and then by POST.
# A name is where one is led; what a form without its values gets is the page again.
MATRIX = {
    "login": ((200, "progress", "progress", "progress"), (200, "progress", "progress", "progress")),
    "account_login": ((200, "progress", "progress", "progress"), (200, "progress", "progress", "progress")),
    "mfa_authenticate": ((LOGIN, "progress", "progress", "progress"), (LOGIN, "progress", "progress", "progress")),
    "account_reauthenticate": ((LOGIN, 200, 200, 403), (LOGIN, 200, 200, 403)),
    "mfa_reauthenticate": ((LOGIN, AGAIN, 200, 403), (LOGIN, AGAIN, 200, 403)),
    "openid_begin": ((405,) * 4, (404,) * 4),  # no provider in the settings
    "openid_callback": ((404,) * 4, (405,) * 4),
    "logout": ((405,) * 4, (LOGIN,) * 4),
    "account_change_password": ((LOGIN, 200, CODE, OWN), (LOGIN, 200, CODE, OWN)),
    "mfa_index": ((LOGIN, 200, 200, 200), (LOGIN, 405, 405, 405)),
    "mfa_activate_totp": ((LOGIN, AGAIN, CODE, OWN), (LOGIN, AGAIN, CODE, OWN)),
    "mfa_picture": ((LOGIN, 404, 404, 404), (LOGIN, 405, 405, 405)),
    "mfa_deactivate_totp": ((LOGIN, 404, CODE, OWN), (LOGIN, 404, CODE, OWN)),
    "mfa_view_recovery_codes": ((LOGIN, 404, CODE, OWN), (LOGIN, 405, CODE, OWN)),
    "mfa_generate_recovery_codes": ((LOGIN, AGAIN, CODE, OWN), (LOGIN, AGAIN, CODE, OWN)),
}


def somebody(kind: str):
    user = make_user(kind)
    if kind == "neither":
        user.set_unusable_password()
        user.save()
    if kind == "factor":
        Authenticator.objects.create(user=user, type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")})
    return user


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(MATRIX) == {pattern.name for pattern in urls.urlpatterns}


@pytest.mark.parametrize("name", MATRIX)
def test_everybody_gets_what_the_matrix_says(client, name):
    found = {"get": [], "post": []}
    for kind in ("nobody", "password", "factor", "neither"):
        user = None if kind == "nobody" else somebody(kind)
        for method, got in found.items():
            client.logout()
            if user:
                client.force_login(user)
            got.append(_said(getattr(client, method)(reverse(name))))
    wanted = {method: [*row] for method, row in zip(("get", "post"), MATRIX[name], strict=True)}
    assert found == wanted


def _said(response) -> object:
    if response.status_code != 302:
        assert response.status_code == 404 or "no-store" in response.get("Cache-Control", "no-store")
        return response.status_code
    there = response["Location"].partition("?")[0]
    return next(name for name in ("progress", *MATRIX) if reverse(name) == there)
