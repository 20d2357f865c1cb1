"""The settings of the mail that goes out, held against each other at start."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from campaign import brands
from campaign.tables import WrongFile
from notices.guides import catalog
from notices.guides.setup import apple
from notices.lines import width
from notices.selection import unusable

COMMANDS = 5  # greeting or MAIL, RCPT, DATA, the text, its reply: each may take the time-out
WRITTEN_DOWN = 90  # seconds: a chunk's two, and up to a minute in which the database is away
LONGEST_NAME = {"ja": 23, "en": 15}  # columns that the longest subject of ours leaves for the provider, of fifty


@register()
def check_notices(app_configs, **kwargs):
    """Settings of sending that do not fit together."""
    found = []
    slowest = COMMANDS * settings.RELAY_TIMEOUT_SECONDS + WRITTEN_DOWN
    if settings.NOTICE_LEASE.total_seconds() <= slowest:
        minutes = settings.NOTICE_LEASE.total_seconds() / 60
        lease = f"NOTICE_LEASE_MINUTES={minutes:.0f} ends while a slow relay still answers"
        hint = f"Wanted more than {slowest} seconds, {COMMANDS} times RELAY_TIMEOUT_SECONDS and {WRITTEN_DOWN} more."
        found.append(Error(lease, hint=hint, id="notices.E001"))
    if settings.RELAY_TLS and settings.RELAY_STARTTLS:
        hint = (
            "RELAY_TLS is TLS from the first byte on, and is on by itself for port 465; RELAY_STARTTLS begins in clear."
        )
        found.append(Error("RELAY_TLS and RELAY_STARTTLS are both on", hint=hint, id="notices.E005"))
    for name in ("NOTICE_FROM", "NOTICE_REPLY_TO"):
        wrong = unusable(getattr(settings, name))
        if wrong:
            found.append(Error(f"{name}={getattr(settings, name)!r}: {wrong}", id="notices.E002"))
    if unusable(f"notice+x@{settings.NOTICE_DOMAIN}"):
        domain = f"NOTICE_DOMAIN={settings.NOTICE_DOMAIN!r} is no domain"
        found.append(Error(domain, hint="Bounces and Message-IDs need one.", id="notices.E003"))
    return found + list(_long_names())


def _long_names() -> Iterator[Warning]:
    """A brands file that cannot be read is told by `campaign.checks`."""
    try:
        known = brands.brands()
    except WrongFile:
        return
    hint = "Old programs and phones cut a subject after 25 full-width or 50 other characters."
    for brand in known:
        for language, longest in LONGEST_NAME.items():
            if width(brand.name[language]) > longest:
                said = (
                    f"{brand.name[language]!r}, the {language} name of brand {brand.slug}, is long for a subject line"
                )
                yield Warning(said, hint=hint, id="notices.W001")


@register()
def check_guides(app_configs, **kwargs):
    """A guide with a mistake is found at start, not when a customer opens it."""
    try:
        catalog.clients()
    except WrongFile as error:
        return [Error(str(error), hint="Every program needs its steps in both languages.", id="notices.E004")]
    return []


@register()
def check_signing(app_configs, **kwargs) -> list[CheckMessage]:
    """A profile that cannot be signed is found at start, not when a customer asks for one."""
    given = {"certificate": settings.PROFILE_CERTIFICATE, "key": settings.PROFILE_KEY}
    if not any(given.values()):
        return []  # then the page says that profiles are not signed
    try:
        apple.signer(**given)
    except apple.NotSignable as error:
        hint = "PROFILE_CERTIFICATE and PROFILE_KEY are PEM files that belong together, the key without a password."
        return [Error(f"Profiles for Apple's devices cannot be signed: {error}", hint=hint, id="notices.E006")]
    return []
