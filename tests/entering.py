"""What somebody does who signs in by password, with the codes of an authenticator app."""

import time

from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from campaign.models import AuditEntry

PASSWORD = "a long test password"


def code_of(secret: str) -> str:
    """What an authenticator app shows."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def enter(client: Client, name: str = "suzuki", password: str = PASSWORD, **given):
    return client.post(reverse("login"), {"login": name, "password": password, **given})


def set_up(client) -> tuple[str, list[str]]:
    """Sets up a factor as the page asks for it; its key, and the recovery codes that are shown."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context_data["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    shown = client.get(response["Location"])
    return secret, shown.context_data["unused_codes"]


def is_in(client) -> bool:
    return client.get(reverse("progress")).status_code == 200


def acts() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", "kind", "what"))
