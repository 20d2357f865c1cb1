"""Secrets of a notice that go out with it: the personal link, the link that stops reminders, the bounce address.

The personal link's token is derived from the Message-ID, and the database has only its digest. The other
two carry the announcement number with a keyed digest: nobody can make one up, and the number finds the notice.
"""

import hashlib
import hmac
import re
from base64 import b32encode, urlsafe_b64encode
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from campaign.brands import main_brand
from notices.cases import Case
from notices.models import Notice
from notices.schedule import AFTER_CUTOFF

BYTES = 16
TOKEN = "TOKEN"  # stands for any, in a path
SALT = "notices.links"
BOUNCE = re.compile(r"notice\+([0-9]{9})-([a-z2-7]{26})", re.IGNORECASE)
STOP = re.compile(r"([0-9]{9})-([a-z2-7]{26})")


def token_for(message_id: str) -> str:
    """128 bits that nobody guesses and that are the same each time: a mail sent again has the same link."""
    return urlsafe_b64encode(_hmac(SALT, message_id)[:BYTES]).rstrip(b"=").decode("ascii")


def token_of(notice: Notice | Case) -> str:
    return token_for(notice.message_id)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def notice_of(token: str, *, today: date) -> Notice | None:
    """The notice whose link this is; None for an unknown token and from 31 days after the cut-off on."""
    return _still_open(Notice.objects.filter(token_digest=digest(token)), today=today)


def _still_open(found: QuerySet[Notice], *, today: date) -> Notice | None:
    person = ("holdout__campaign", "holdout__customer__call_back", "holdout__mute")
    notice = found.select_related("mailing__campaign", *person).first()
    if notice is None or today > notice.mailing.campaign.cutoff_on + AFTER_CUTOFF:
        return None
    return notice


def personal_url(notice: Notice | Case, *, site: str = "") -> str:
    """At `site`, that of the customer's brand; without one at the main brand's."""
    return _address(site, "personal", notice.language, token_of(notice))


def stop_url(notice: Notice | Case, *, site: str = "") -> str:
    """Where reminders can be stopped, for the notice's customer alone; `site` as for `personal_url`."""
    return _address(site, "mute", notice.language, _keyed(notice.number, "notices.stop"))


def _address(site: str, page: str, language: str, token: str) -> str:
    return (site or main_brand().site) + public_path(page, language, token=TOKEN).replace(TOKEN, token)


@lru_cache  # looking up an address takes longer than all the rest of a mail's link
def public_path(page: str, language: str, **values: str) -> str:
    """As `campaign.urls` has it, without the staff's pages: what they load would double a sending process."""
    return f"/{language}{reverse(page, urlconf='notices.urls', kwargs=values)}"


def notice_to_stop(token: str, *, today: date) -> Notice | None:
    """The notice whose `stop_url` has this token; a made-up one costs no look into the database."""
    number = _number_of(STOP.fullmatch(token), "notices.stop")
    return number and _still_open(Notice.objects.filter(number=number), today=today)


def envelope_sender(notice: Notice | Case) -> str:
    """One for each notice (VERP), so that what comes back names its notice; some servers lose the case of letters."""
    return f"notice+{_keyed(notice.number, 'notices.bounce')}@{settings.NOTICE_DOMAIN}"


def number_of_bounce(address: str) -> str | None:
    """The announcement number in an envelope sender of ours, in any case; None for every other address."""
    local, _at, domain = address.strip("<> ").rpartition("@")
    if domain.lower() != settings.NOTICE_DOMAIN.lower():
        return None
    return _number_of(BOUNCE.fullmatch(local), "notices.bounce")


def _keyed(number: str, salt: str) -> str:
    return f"{number}-{b32encode(_hmac(salt, number)[:BYTES]).rstrip(b'=').decode('ascii').lower()}"


def _hmac(salt: str, value: str) -> bytes:
    """Django's `salted_hmac` by SHA-256, with the key made once."""
    return hmac.digest(_key(salt, settings.SECRET_KEY), value.encode(), "sha256")


@lru_cache
def _key(salt: str, secret: str) -> bytes:
    return hashlib.sha256(f"{salt}{secret}".encode()).digest()


def _number_of(found: re.Match[str] | None, salt: str) -> str | None:
    if found and constant_time_compare(_keyed(found[1], salt), found[0].rpartition("+")[2].lower()):
        return found[1]
    return None
