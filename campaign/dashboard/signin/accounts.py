"""Signing in by password, and what every way of signing in has in common."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign import audit
from campaign.audit import Act, Actor, Thing
from campaign.dashboard import noting
from campaign.dashboard.signin import factor, gate
from notices.pages.limit import visitor

STAGE = f"{factor.FactorStage.__module__}.{factor.FactorStage.__name__}"


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "The name and the password do not belong together. Mind capital and small letters."
        ),
        "incorrect_password": gettext_lazy("The password is not right. Mind capital and small letters."),
        "enter_current_password": gettext_lazy("The password is not right. Mind capital and small letters."),
        "too_many_login_attempts": gettext_lazy("There were too many failed tries. Please wait five minutes."),
        "rate_limited": gettext_lazy("There were too many failed tries. Please wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only within this host: the others that are allowed are the customers'."""
        host = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, allowed_hosts={host}, require_https=self.request.is_secure())

    def get_client_ip(self, request: HttpRequest) -> str:
        return visitor(request)

    def get_login_stages(self) -> list[str]:
        return [STAGE]

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **more: Any
    ) -> None:
        """Its own words, which come from its own templates, are not shown."""
        if message:
            messages.add_message(request, level, message)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """What was typed is not kept where nobody has that name: it may be a password in the wrong field."""
        user = get_user_model().objects.filter(username=credentials.get("username", "")).first()
        noted_refusal(request, user, by=gate.PASSWORD)

    def pre_login(self, request: HttpRequest, user: User, **values: Any) -> HttpResponse | None:
        if gate.may_enter(user):
            return None
        clear_login(request)
        noted_refusal(request, user, by=gate.PASSWORD, reason="no role", proven=True)
        return refusal(request, _("Your login has no role yet, so nothing would open. An administrator gives it one."))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        noted_refusal(request, user, by=gate.PASSWORD, reason="inactive", proven=True)
        return refusal(request, _("This login is closed."))

    def post_login(self, request: HttpRequest, user: User, **values: Any) -> HttpResponse:
        response = super().post_login(request, user, **values)
        noting.note(request, Act.SIGNED_IN, audit.thing(user), after={"by": gate.ways(request)})
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def is_reauthentication_required(self, *args: Any, **values: Any) -> bool:
        """Not within five minutes after the password, for who has no factor yet: there is nothing to take away."""
        required = super().is_reauthentication_required(*args, **values)
        user = self.request.user
        if not required or not user.is_authenticated or factor.has_factor(user):
            return required
        records = get_authentication_records(self.request, user)
        shown = [record["at"] for record in records if record["method"] == gate.PASSWORD]
        return not shown or time.time() - shown[-1] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def noted_refusal(request: HttpRequest, user: User | None, *, by: str, reason: str = "", proven: bool = False) -> None:
    """`user` is who it was about. Whether it was that person is not known, unless they have `proven` it."""
    on = audit.thing(user) if user else Thing("signin")
    actor = Actor(None, "?", visitor(request))
    if request.user.is_authenticated:
        actor = noting.actor(request)
    elif user and proven:
        actor = Actor(user.pk, user.get_username(), visitor(request))
    audit.note(actor, Act.REFUSED, on, now=timezone.now(), after={"by": by}, reason=reason)


def refusal(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return HttpResponseRedirect(reverse("login"))
