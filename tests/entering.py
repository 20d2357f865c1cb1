"""What somebody does who signs in by password, with the codes of an authenticator app."""

import base64
import hmac
import struct
import time

from django.test import Client
from django.urls import reverse

from campaign.models import AuditEntry

PASSWORD = "a long test password"


def code_of(secret: str) -> str:
    """What an authenticator app shows: RFC 6238, as the apps have it."""
    steps = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), steps, "sha1")
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


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
