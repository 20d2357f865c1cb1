"""In and out: the password, the code after it, both once more, the way to the OpenID provider and back, leaving."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, ReauthenticateView
from allauth.core.ratelimit import respond_429
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from campaign import audit
from campaign.audit import Act
from campaign.dashboard import noting
from campaign.dashboard.shell import shared, show
from campaign.dashboard.signin.accounts import noted_refusal
from notices.pages.limit import allowed


class Shown:
    """A page of allauth in the product's own frame; `walled`, that is without the menu, as nothing else opens yet."""

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        asked = get_next_redirect_url(self.request) or ""
        found = super().get_context_data(**values)
        return shared(self.request) | {"next": asked, "walled": True, "wrong": wrong_in(found.get("form"))} | found


MISSING = {
    "login": lambda: _("Enter your user name."),
    "password": lambda: _("Enter your password."),
    "oldpassword": lambda: _("Enter the password that you have now."),
    "password1": lambda: _("Enter the new password."),
    "password2": lambda: _("Enter the new password once more."),
}


def wrong_in(form: Any) -> dict[str, str]:
    """What is wrong with each field of a form, as pages show it; what is of no field the page says by itself."""
    wrong: dict[str, str] = {}
    for name, errors in (form.errors.as_data() if form is not None else {}).items():
        if name in MISSING:
            missing = any(error.code == "required" for error in errors)
            wrong[name] = MISSING[name]() if missing else " ".join(form.errors[name])
    return wrong


class Login(Shown, LoginView):
    template_name = "dashboard/login.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        ways = {"by_password": settings.PASSWORD_SIGN_IN, "provider_name": settings.OIDC_ISSUER and settings.OIDC_NAME}
        return super().get_context_data(**values) | ways

    def post(self, request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if not settings.PASSWORD_SIGN_IN:
            raise PermissionDenied
        return super().post(request, *args, **values)


class Code(Shown, AuthenticateView):
    """The second step: the password was right."""

    template_name = "dashboard/login_code.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        noted_refusal(self.request, self.stage.login.user, by="mfa", reason=_codes(form))
        return super().form_invalid(form)


class PasswordAgain(Shown, ReauthenticateView):
    template_name = "dashboard/login_again.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        return super().get_context_data(**values) | {"by": "password"}


class CodeAgain(Shown, CodeAgainView):
    template_name = "dashboard/login_again.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        return super().get_context_data(**values) | {"by": "code"}

    def form_invalid(self, form: Any) -> HttpResponse:
        noted_refusal(self.request, self.request.user, by="mfa", reason=_codes(form))
        return super().form_invalid(form)


def _codes(form: Any) -> str:
    return ", ".join(sorted({error.code or "" for errors in form.errors.as_data().values() for error in errors}))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Also from between the password and the code."""
    if request.user.is_authenticated:
        noting.note(request, Act.SIGNED_OUT, audit.thing(request.user))
    logout(request, show_message=False)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL))


@never_cache
@require_POST
def to_provider(request: HttpRequest) -> HttpResponseBase:
    """A page that leads on by itself: browsers hold `form-action` also against where a form's answer redirects to."""
    from campaign.dashboard.signin import openid  # 6 MB that only who has such a provider needs

    if not settings.OIDC_ISSUER:
        raise Http404
    if not allowed(request, now=timezone.now(), rate=openid.BEGINNINGS):
        return respond_429(request)
    try:
        url = openid.begin(request, next_url=get_next_redirect_url(request))
    except openid.NOT_UNDERSTOOD as error:
        return openid.unanswered(request, error)
    return show(request, "login_openid.html", {"url_to": url, "provider_name": settings.OIDC_NAME, "walled": True})


@never_cache
@require_GET
def from_provider(request: HttpRequest) -> HttpResponseBase:
    from campaign.dashboard.signin import openid

    if not settings.OIDC_ISSUER:
        raise Http404
    return openid.callback(request)
