"""The second factor: codes of an authenticator app, with recovery codes for the day the telephone is gone."""

from io import BytesIO
from urllib.parse import quote

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaign.dashboard.signin.sealed import seal, unseal

TOTP, RECOVERY_CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


class Factor(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used before. Wait for the next one."),
    }

    def get_totp_issuer(self) -> str:
        return settings.PROVIDER_NAME[get_language()]

    def build_totp_url(self, user: User, secret: str) -> str:
        """As apps read it best: with the issuer also before the name."""
        issuer = quote(self.get_totp_issuer())
        return f"otpauth://totp/{issuer}:{quote(user.get_username())}?secret={secret}&issuer={issuer}"

    def build_totp_svg(self, url: str) -> str:
        picture = BytesIO()
        segno.make(url, micro=False, error="l").save(
            picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False
        )
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


class FactorStage(AuthenticateStage):
    """Between the password and being in. Who comes from the OpenID provider was asked for a factor there."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if "sociallogin" in (self.login.signal_kwargs or {}):
            return False
        return super()._should_handle(request)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=TOTP).exists()


def codes_left(user: User) -> int:
    codes = Authenticator.objects.filter(user=user, type=RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0
