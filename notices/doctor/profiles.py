"""The certificate that signs the profiles for Apple's devices: whether it still holds, and for how long."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from notices.doctor.finding import SOON, Finding, ok, problem, warning
from notices.guides.setup import apple


def check(*, now: datetime) -> Iterator[Finding]:
    """Nothing where profiles are not signed: the page of set-up says so. Files that do not fit are told at start."""
    if settings.PROFILE_CERTIFICATE is None and settings.PROFILE_KEY is None:
        return
    advice = _("Put a new certificate with its chain into PROFILE_CERTIFICATE, and its key into PROFILE_KEY.")
    try:
        ends = apple.signer(certificate=settings.PROFILE_CERTIFICATE, key=settings.PROFILE_KEY).own.not_valid_after_utc
    except apple.NotSignable as error:
        said = _("Profiles for Apple's devices cannot be signed: %(reason)s")
        yield problem("profiles", said % {"reason": error}, advice)
        return
    day = {"day": f"{ends:%Y-%m-%d}"}
    if ends <= now:
        yield problem("profiles", _("The certificate that signs profiles ended on %(day)s.") % day, advice)
    elif ends <= now + SOON:
        yield warning("profiles", _("The certificate that signs profiles ends on %(day)s.") % day, advice)
    else:
        yield ok("profiles", _("Profiles are signed; the certificate ends on %(day)s.") % day)
