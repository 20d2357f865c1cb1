"""Settings held against each other at start; each finding says what to change."""

from django.conf import settings
from django.core.checks import Error, Warning, register


@register()
def check_settings(app_configs, **kwargs):
    found = []
    if settings.NOTICE_FROM_HOUR >= settings.NOTICE_TO_HOUR:
        hours = f"NOTICE_FROM_HOUR={settings.NOTICE_FROM_HOUR} is not before NOTICE_TO_HOUR={settings.NOTICE_TO_HOUR}"
        found.append(Error(hours, hint="No notice would ever go out.", id="campaign.E001"))
    if not settings.LOCAL_DOMAINS:
        found.append(Error("LOCAL_DOMAINS is empty", hint="Name the domains of your customers.", id="campaign.E002"))
    if "@" not in settings.NOTICE_FROM:
        found.append(Error(f"NOTICE_FROM={settings.NOTICE_FROM!r} is no mail address", id="campaign.E003"))
    if not settings.EMBEDDED and not settings.HTTPS:
        found.append(Warning("PUBLIC_URL is not https", hint="Personal links would go in clear.", id="campaign.W001"))
    return found
