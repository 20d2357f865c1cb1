"""Personal links: a token for each notice, derived from its Message-ID; the database has only its digest."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac

from notices.models import Notice

AFTER_CUTOFF = timedelta(days=30)  # so long a link shows how things stand
BYTES = 16


def token_for(message_id: str) -> str:
    """128 bits that nobody guesses and that are the same each time: a mail sent again has the same link."""
    keyed = salted_hmac("notices.links", message_id, algorithm="sha256").digest()
    return urlsafe_b64encode(keyed[:BYTES]).rstrip(b"=").decode("ascii")


def token_of(notice: Notice) -> str:
    return token_for(notice.message_id)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def notice_of(token: str, *, today: date) -> Notice | None:
    """The notice whose link this is; None for an unknown token and from 31 days after the cut-off on."""
    notices = Notice.objects.select_related("mailing__campaign", "holdout__customer")
    notice = notices.filter(token_digest=digest(token)).first()
    if notice is None or today > notice.mailing.campaign.cutoff_on + AFTER_CUTOFF:
        return None
    return notice


def personal_url(notice: Notice) -> str:
    with translation.override(notice.language):
        return settings.PUBLIC_URL + reverse("personal", kwargs={"token": token_of(notice)})
