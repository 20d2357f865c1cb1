"""A staff member's own password and second factor: to look at, set up, replace, with its recovery codes.

Who has no password here signs in at the OpenID provider alone, and has none of it.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from campaign import audit
from campaign.audit import Act, Thing
from campaign.dashboard import noting
from campaign.dashboard.shell import show
from campaign.dashboard.signin import factor, gate, reset
from campaign.dashboard.signin.door import Shown

KIND = "authenticator"


@never_cache
@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    user = request.user
    values = {
        "has_password": user.has_usable_password(),
        "has_factor": factor.has_factor(user),
        "codes_left": factor.codes_left(user),
        "asked_for": settings.SECOND_FACTOR,
        "at_provider": "socialaccount" in gate.ways(request),
        "provider_name": settings.OIDC_NAME,
        "walled": gate.lacks_factor(request),
    }
    return show(request, "factor.html", values)


class Own(Shown):
    """For who has a password here; the others' factor is not ours.

    Who has a factor shows it before any of it is changed: allauth would take the password alone for that.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return HttpResponseRedirect(reverse("mfa_index"))
        if gate.owes_factor(request):
            return gate.to_factor(request)
        return super().dispatch(request, *args, **values)

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        return super().get_context_data(**values) | {"walled": gate.lacks_factor(self.request)}


class Password(Own, PasswordChangeView):
    """The other sessions of who changes it end by themselves."""

    template_name = "dashboard/password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if gate.lacks_factor(request):
            return gate.to_factor(request)
        return super().dispatch(request, *args, **values)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            noting.note(self.request, Act.CHANGED, audit.thing(self.request.user), after={"password": "set anew"})
            response = super().form_valid(form)
        messages.success(self.request, _("The new password is set."))
        return response


class SetUp(Own, ActivateTOTPView):
    """Every other session of the person ends: it may be somebody's who knows the password."""

    template_name = "dashboard/factor_new.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        found = super().get_context_data(**values)
        secret = found["form"].secret
        return found | {"key": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            made = factor.Authenticator.objects.get(user=self.request.user, type=factor.TOTP)
            made.wrap().validate_code(form.cleaned_data["code"])  # counts as used from now on
            reset.end_sessions(self.request.user, now=timezone.now(), but=self.request.session.session_key)
            noting.note(self.request, Act.ADDED, _thing(self.request))
        shown = {"id": made.pk, "type": made.type, "reauthenticated": True}
        record_authentication(self.request, self.request.user, "mfa", **shown)
        return response

    def get_success_url(self) -> str:
        return _with_next(self.request, "mfa_view_recovery_codes")


class Remove(Own, DeactivateTOTPView):
    template_name = "dashboard/factor_remove.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        return super().get_context_data(**values) | {"asked_for": settings.SECOND_FACTOR}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            noting.note(self.request, Act.REMOVED, _thing(self.request))
        gate.forget_factor(self.request)
        if not settings.SECOND_FACTOR:
            messages.success(self.request, _("The second factor is gone."))
            return response
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


class NewCodes(Own, GenerateRecoveryCodesView):
    template_name = "dashboard/factor_codes_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            noting.note(self.request, Act.CHANGED, _thing(self.request), after={"recovery_codes": "made anew"})
            return super().form_valid(form)


class Codes(Own, ViewRecoveryCodesView):
    """Shown once, right after they were made."""

    template_name = "dashboard/factor_codes.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        found = super().get_context_data(**values)
        return found | {"next": found["next"] or resolve_url(settings.LOGIN_REDIRECT_URL)}


@never_cache
@login_required
@require_GET
def picture(request: HttpRequest) -> HttpResponse:
    """The QR code of the key that is just being set up; of no other."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    here = get_adapter()
    return HttpResponse(here.build_totp_svg(here.build_totp_url(request.user, secret)), content_type="image/svg+xml")


def _thing(request: HttpRequest) -> Thing:
    return Thing(KIND, str(request.user.pk), request.user.get_username())


def _with_next(request: HttpRequest, name: str) -> str:
    asked = get_next_redirect_url(request)
    return reverse(name) + (f"?{urlencode({'next': asked})}" if asked else "")
