"""Signing in at the OpenID provider: authorization code with PKCE, state and nonce, each of them checked.

Of what the provider says only the issuer and the subject are kept.
"""

import secrets
from typing import Any

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from campaign.dashboard.signin import people
from campaign.dashboard.signin.accounts import noted_refusal, refusal
from campaign.dashboard.signin.claims import groups_in, role_of
from campaign.roles import Role
from notices.pages.limit import Rate, allowed, visitor

registry.register(OpenIDConnectProvider)
WAY = "socialaccount"
SIGNED_BY = {f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)} | {"EdDSA"}
REQUIRED = ("iss", "sub", "aud", "exp", "iat")
CLOCKS_DIFFER_SECONDS = 60
BEGINNINGS = Rate("openid begun", each=30)  # as many as allauth takes passwords of one address
REFUSALS = Rate("openid", each=10)  # that are noted, as many as it takes wrong ones
NOT_UNDERSTOOD = (requests.RequestException, OAuth2Error, ValueError, KeyError, TypeError)


class OpenId(DefaultSocialAccountAdapter):
    """The one provider that the settings name; who it sends is looked up, made or refused."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list:
        """Its id is the issuer: with another issuer, nobody is taken for who had the same subject at the old one."""
        if not settings.OIDC_ISSUER or provider not in (None, settings.OIDC_ISSUER):
            return []
        return [
            SocialApp(
                provider=OpenIDConnectProvider.id,
                provider_id=settings.OIDC_ISSUER,
                name=settings.OIDC_NAME,
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_ISSUER, "scope": list(settings.OIDC_SCOPES)},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # `people.hire` makes staff members

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None  # `people.matching` does, and binds

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.claims
        if not constant_time_compare(claims.get("nonce") or "", sociallogin.state["nonce"]):
            raise OAuth2Error("the nonce is not the one of this sign-in")
        role = role_of(groups_in(claims, settings.OIDC_GROUPS_CLAIM), roles_by_group())
        given = {"issuer": settings.OIDC_ISSUER, "remote": visitor(request), "now": timezone.now()}
        sociallogin.account = people.admitted(claims, role, **given)
        sociallogin.user = sociallogin.account.user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **found: Any) -> None:
        """Noted only of a sign-in that this browser began: the address of the callback is anybody's to call."""
        error, exception = found.get("error"), found.get("exception")
        if "state" in found["extra_context"]:
            _note(request, str(exception or getattr(error, "value", error)))
        words = _("The sign-in at %(name)s did not come to an end. Please try once more.")
        if error == AuthError.CANCELLED:
            words = _("The sign-in at %(name)s was called off.")
        raise ImmediateHttpResponse(refusal(request, words % {"name": settings.OIDC_NAME}))


class Conversation(OpenIDConnectOAuth2Adapter):
    """With the provider, about one sign-in."""

    @property
    def openid_config(self) -> dict[str, Any]:
        try:
            found = super().openid_config
        except AttributeError as error:
            raise OAuth2Error("the discovery document is no JSON object") from error
        if str(found["issuer"]).rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error(f"the discovery document is of the issuer {found['issuer']!r}")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("openid_callback"))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **values: Any) -> SocialLogin:
        """What the signed ID token says, and beside it what the userinfo says about the same subject."""
        claims = self._of_id_token(app, values["response"].get("id_token") or "")
        if "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if not isinstance(more, dict):
                raise OAuth2Error("userinfo is no JSON object")
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo is about another subject than the ID token")
            claims = more | claims
        if len(claims["sub"]) > people.LONGEST:  # allauth would call it a fault of the settings
            raise people.Refused(people.LONG)
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        login.account.extra_data = {"iss": settings.OIDC_ISSUER, "sub": claims["sub"]}
        login.claims = claims
        return login

    def _of_id_token(self, app: SocialApp, token: str) -> dict[str, Any]:
        """allauth believes it without its signature, and takes a clock that is a second ahead for an attack."""
        config = self.openid_config
        try:
            algorithm, key = jwtkit.fetch_key(token, config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in SIGNED_BY:
                raise OAuth2Error(f"the ID token is signed by {algorithm!r}")
            given = {"issuer": config["issuer"], "audience": app.client_id, "leeway": CLOCKS_DIFFER_SECONDS}
            return jwt.decode(token, key, algorithms=[algorithm], options={"require": list(REQUIRED)}, **given)
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"ID token: {error}") from error


class Callback(OAuth2CallbackView):
    def dispatch(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **values)
        except people.Refused as error:
            _note(request, str(error), error.user)
            return refusal(request, _words(str(error)))
        except NOT_UNDERSTOOD as error:  # an answer that is not as the standard says
            return unanswered(request, error)


def begin(request: HttpRequest, *, next_url: str | None) -> str:
    """The provider's address for this sign-in. Raises one of `NOT_UNDERSTOOD` while it does not answer rightly."""
    nonce = secrets.token_urlsafe(24)
    provider = Conversation(request, settings.OIDC_ISSUER).get_provider()
    provider.oauth2_adapter_class = Conversation
    params = {"nonce": nonce}
    return provider.redirect(request, AuthProcess.LOGIN, next_url, nonce=nonce, auth_params=params).url


def callback(request: HttpRequest) -> HttpResponse:
    return Callback.adapter_view(Conversation(request, settings.OIDC_ISSUER))(request)


def unanswered(request: HttpRequest, error: Exception) -> HttpResponse:
    _note(request, f"{type(error).__name__}: {error}")
    return refusal(
        request, _("%(name)s does not answer as it should. Please try again later.") % {"name": settings.OIDC_NAME}
    )


def _note(request: HttpRequest, reason: str, user: User | None = None) -> None:
    """`user` is who the provider says it was. Beyond `REFUSALS` a minute nothing more is kept of a visitor."""
    if allowed(request, now=timezone.now(), rate=REFUSALS):
        noted_refusal(request, user, by=WAY, reason=reason, proven=True)


def _words(reason: str) -> str:
    words = {
        people.NO_GROUP: _("%(name)s knows you, but gives you no role here. Ask for it where its groups are kept."),
        people.INACTIVE: _("This login is closed."),
        people.LONG: _("%(name)s knows you by a key that is too long to be kept here. Tell an administrator."),
        people.NO_SUCH_ROLE: _(
            "The settings here name a role that there is not, so %(name)s lets nobody in. Tell an administrator."
        ),
        people.TAKEN: _("Somebody else has your name or your address here. An administrator can bind the two."),
    }
    return words.get(reason, _("%(name)s does not say what you are called.")) % {"name": settings.OIDC_NAME}


def roles_by_group() -> dict[str, Role]:
    """As the settings say. Raises `people.Refused` where they name a role that there is not."""
    if not set(settings.OIDC_ROLES.values()) <= set(Role):
        raise people.Refused(people.NO_SUCH_ROLE)
    return {group: Role(name) for group, name in settings.OIDC_ROLES.items()}
