"""What an administrator helps with: a lost second factor is taken away, a person bound to their OpenID subject."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from campaign import audit
from campaign.audit import Act, Actor, Thing
from campaign.dashboard.signin import people

KIND = "authenticator"


def reset_factor(user: User, *, by: Actor, now: datetime) -> bool:
    """Without a factor from now on, and logged out everywhere; False where there was none."""
    with transaction.atomic():
        gone, _of = Authenticator.objects.filter(user=user).delete()
        if not gone:
            return False
        end_sessions(user, now=now)
        audit.note(by, Act.REMOVED, Thing(KIND, str(user.pk), user.get_username()), now=now, reason="reset")
    return True


def end_sessions(user: User, *, now: datetime, but: str | None = None) -> None:
    """All but that with the key `but`. Only staff have sessions, so they are few enough to be read."""
    open_ones = Session.objects.filter(expire_date__gt=now).exclude(pk=but)
    ended = [each.pk for each in open_ones.iterator() if each.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=ended).delete()


def bind(user: User, subject: str, *, issuer: str, by: Actor, now: datetime) -> str:
    """To this subject alone, "" for none; returns the one before.

    Raises ValueError for one that is too long or somebody else's.
    """
    if len(subject) > people.LONGEST:
        raise ValueError(people.LONG)
    with transaction.atomic():
        others = SocialAccount.objects.filter(provider=issuer, uid=subject).exclude(user=user)
        if other := others.select_related("user").first():
            raise ValueError(f"subject {subject!r} is bound to {other.user.get_username()!r}: take it from them first")
        before = subject_of(user, issuer=issuer)
        if before != subject:
            SocialAccount.objects.filter(user=user, provider=issuer).delete()
            if subject:
                SocialAccount.objects.create(user=user, provider=issuer, uid=subject)
            values = {"before": {"openid": before}, "after": {"openid": subject}}
            audit.note(by, Act.CHANGED, audit.thing(user), now=now, **values)
    return before


def subject_of(user: User, *, issuer: str) -> str:
    return SocialAccount.objects.filter(user=user, provider=issuer).values_list("uid", flat=True).first() or ""
