"""Settings held against each other at start; each finding says what to change."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Warning, register

from campaign import brands, roles
from campaign.plan import calendar
from campaign.tables import WrongFile


@register()
def check_settings(app_configs, **kwargs):
    """Settings with which nothing would go out, or would go out wrong."""
    found = []
    if settings.NOTICE_FROM_HOUR >= settings.NOTICE_TO_HOUR:
        hours = f"NOTICE_FROM_HOUR={settings.NOTICE_FROM_HOUR} is not before NOTICE_TO_HOUR={settings.NOTICE_TO_HOUR}"
        found.append(Error(hours, hint="No notice would ever go out.", id="campaign.E001"))
    open_days = calendar.open_days(
        date(2001, 1, 1),
        lambda day: calendar.is_open(day, weekdays=settings.NOTICE_WEEKDAYS, closed=settings.NOTICE_HOLIDAYS),
    )
    if next(open_days, None) is None:
        closed = "NOTICE_WEEKDAYS and NOTICE_HOLIDAYS leave no day in a year"
        found.append(Error(closed, hint="No notice would ever go out.", id="campaign.E006"))
    if not settings.LOCAL_DOMAINS:
        found.append(Error("LOCAL_DOMAINS is empty", hint="Name the domains of your customers.", id="campaign.E002"))
    if "@" not in settings.NOTICE_FROM:
        found.append(Error(f"NOTICE_FROM={settings.NOTICE_FROM!r} is no mail address", id="campaign.E003"))
    if not settings.EMBEDDED and not settings.HTTPS:
        found.append(Warning("PUBLIC_URL is not https", hint="Personal links would go in clear.", id="campaign.W001"))
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        hint = "Name the proxy's address in TRUSTED_PROXIES, or all visitors share one limit."
        found.append(Warning("BEHIND_PROXY is set, TRUSTED_PROXIES is not", hint=hint, id="campaign.W003"))
    if not settings.POP_HOST and not settings.IMAP_HOST:
        found.append(Error("POP_HOST and IMAP_HOST are empty", hint="Name where mail is received.", id="campaign.E008"))
    try:
        brands.brands()
    except WrongFile as error:
        found.append(Error(f"BRANDS_FILE: {error}", hint="docs/settings.md shows one.", id="campaign.E007"))
    if settings.LOGIN_PATTERN or settings.LOGIN_PATTERN_TAGS:
        found += _wrong_pattern()
    return found


def _wrong_pattern() -> list[Error]:
    from campaign.logs.own_pattern import WrongPattern, own_pattern  # 100 MB that only a reader of logs needs

    try:
        own_pattern(settings.LOGIN_PATTERN, settings.LOGIN_PATTERN_TAGS)
    except WrongPattern as error:
        hint = "docs/formats.md says how to write one."
        return [Error(f"LOGIN_PATTERN: {error}", hint=hint, id="campaign.E005")]
    return []


@register()
def check_sign_in(app_configs, **kwargs):
    """That somebody can sign in, and the OpenID provider's settings fit together."""
    found = []
    if not settings.OIDC_ISSUER:
        if not settings.PASSWORD_SIGN_IN:
            hint = "Nobody could sign in: name the OpenID provider in OIDC_ISSUER, or leave PASSWORD_SIGN_IN on."
            found.append(Error("PASSWORD_SIGN_IN is off and OIDC_ISSUER is empty", hint=hint, id="campaign.E009"))
        return found
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not getattr(settings, name):
            hint = "The provider gave it to you when you registered this product there (docs/signing-in.md)."
            found.append(Error(f"OIDC_ISSUER is set, {name} is not", hint=hint, id="campaign.E010"))
    known = [role.value for role in roles.Role]
    if not settings.OIDC_ROLES:
        hint = "Without a role nobody is let in. Write for example OIDC_ROLES='helpdesk=support; mail=operator'."
        found.append(Error("OIDC_ISSUER is set, OIDC_ROLES is empty", hint=hint, id="campaign.E011"))
    for group, role in settings.OIDC_ROLES.items():
        if role not in known:
            wrong = f"OIDC_ROLES: group {group!r} is given {role!r}, wanted one of {', '.join(known)}"
            found.append(Error(wrong, id="campaign.E012"))
    if "openid" not in settings.OIDC_SCOPES:
        found.append(Error("OIDC_SCOPES has no openid", hint="Without it there is no ID token.", id="campaign.E013"))
    if not settings.EMBEDDED and not settings.OIDC_ISSUER.startswith("https://"):
        hint = "What the provider says of people, and the secret, would go in clear."
        found.append(Error(f"OIDC_ISSUER={settings.OIDC_ISSUER} is not https", hint=hint, id="campaign.E014"))
    return found


@register()
def check_second_factor(app_configs, **kwargs):
    if settings.EMBEDDED or settings.SECOND_FACTOR or not settings.PASSWORD_SIGN_IN:
        return []
    hint = "Who learns a staff member's password gets in with it."
    return [Warning("SECOND_FACTOR is off and PASSWORD_SIGN_IN is on", hint=hint, id="campaign.W004")]


@register()
def check_database_folder(app_configs, **kwargs):
    """SQLite makes the file, but not its folder, and says only that it is "unable to open database file"."""
    database = settings.DATABASES["default"]
    folder = Path(database["NAME"]).parent
    if not database["ENGINE"].endswith("sqlite3") or folder.is_dir():
        return []
    hint = f"Make it with `mkdir -p {folder}`, or name another one with DATA."
    return [Error(f"The database's folder {folder} does not exist", hint=hint, id="campaign.E004")]


@register()
def check_texts(app_configs, **kwargs):
    """Django falls back to English without a word: a Japanese customer would get an English mail."""
    missing = [
        str(source)
        for folder in settings.LOCALE_PATHS
        for source in Path(folder).glob("*/LC_MESSAGES/django.po")
        if not source.with_suffix(".mo").exists()
    ]
    hint = "Run `make setup`, which compiles them."
    return [Warning(f"{source} is not compiled", hint=hint, id="campaign.W002") for source in missing]
