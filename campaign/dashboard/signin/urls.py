"""The addresses of signing in. Their names are those by which allauth looks for its own pages."""

from django.urls import path
from django.views.decorators.cache import never_cache

from campaign.dashboard.signin import door, own

login = never_cache(door.Login.as_view())

urlpatterns = [
    path("login/", login, name="login"),
    path("login/", login, name="account_login"),
    path("login/code/", never_cache(door.Code.as_view()), name="mfa_authenticate"),
    path("login/again/", never_cache(door.PasswordAgain.as_view()), name="account_reauthenticate"),
    path("login/again/code/", never_cache(door.CodeAgain.as_view()), name="mfa_reauthenticate"),
    path("login/openid/", door.to_provider, name="openid_begin"),
    path("login/openid/callback/", door.from_provider, name="openid_callback"),
    path("logout/", door.leave, name="logout"),
    path("factor/", own.page, name="mfa_index"),
    path("password/", never_cache(own.Password.as_view()), name="account_change_password"),
    path("factor/new/", never_cache(own.SetUp.as_view()), name="mfa_activate_totp"),
    path("factor/new/picture.svg", own.picture, name="mfa_picture"),
    path("factor/remove/", never_cache(own.Remove.as_view()), name="mfa_deactivate_totp"),
    path("factor/codes/", never_cache(own.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("factor/codes/new/", never_cache(own.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
]
