"""Which staff member a person at the OpenID provider is, and with which role.

Who is bound to the person's subject is it; otherwise the one member with the address that the provider vouches for,
who is bound from then on. A name or address that somebody else has here is never taken over: an administrator binds.
"""

from collections.abc import Mapping
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaign import audit, roles
from campaign.audit import Act, Actor
from campaign.dashboard.signin import claims as said
from campaign.roles import Role


class Refused(Exception):
    """Nobody is let in; `user` is the staff member it was about, where one is known."""

    def __init__(self, reason: str, user: User | None = None) -> None:
        super().__init__(reason)
        self.user = user


NO_GROUP = "none of the person's groups stands for a role"
INACTIVE = "the staff member is inactive"
TAKEN = "somebody else has the name or the address here: an administrator binds the account"
LONGEST = 191  # characters of a subject, as allauth keeps it
LONG = f"the subject has more than the {LONGEST} characters that can be kept"
NO_SUCH_ROLE = "OIDC_ROLES names a role that there is not: `manage.py check` says which"
NO_NAME = "the provider names neither a user name nor an address nor a subject that can be one here"


def admitted(
    claims: Mapping[str, object], role: Role | None, *, issuer: str, remote: str, now: datetime
) -> SocialAccount:
    """What binds the person to a staff member, who has exactly this role from now on. Raises `Refused`.

    Who has no group any more loses the role too, so that nothing else that is open stays open.
    """
    bound = bound_to(str(claims["sub"]), issuer=issuer)
    if bound and not bound.user.is_active:
        raise Refused(INACTIVE, bound.user)
    if role is None:
        if bound:
            change_role(bound.user, None, remote=remote, now=now)
        raise Refused(NO_GROUP, bound and bound.user)
    with transaction.atomic():
        if bound is None:
            bound = bound_once(claims, role, issuer=issuer, remote=remote, now=now)
        change_role(bound.user, role, remote=remote, now=now)
    return bound


def bound_once(claims: Mapping[str, object], role: Role, *, issuer: str, remote: str, now: datetime) -> SocialAccount:
    """By this sign-in, or by another of the same person, in two windows, that was a moment faster."""
    try:
        with transaction.atomic():
            return bind(claims, role, issuer=issuer, remote=remote, now=now)
    except (IntegrityError, Refused):
        bound = bound_to(str(claims["sub"]), issuer=issuer)
        if bound is None:
            raise
        return bound


def bind(claims: Mapping[str, object], role: Role, *, issuer: str, remote: str, now: datetime) -> SocialAccount:
    """The person who signs in for the first time: to the member whom the address finds, or to a new one."""
    subject = str(claims["sub"])
    user = matching(claims, issuer=issuer)
    if user:
        values = {"before": {"openid": ""}, "after": {"openid": subject}, "reason": "the same confirmed address"}
        audit.note(_by(user, remote), Act.CHANGED, audit.thing(user), now=now, **values)
    else:
        user = hire(claims, role, remote=remote, now=now)
    return SocialAccount.objects.create(
        user=user, provider=issuer, uid=subject, extra_data={"iss": issuer, "sub": subject}
    )


def bound_to(subject: str, *, issuer: str) -> SocialAccount | None:
    return SocialAccount.objects.filter(provider=issuer, uid=subject).select_related("user").first()


def matching(claims: Mapping[str, object], *, issuer: str) -> User | None:
    """The one active member with the person's confirmed address who is bound to nobody; superusers are never it."""
    address = said.confirmed_address(claims)
    found = list(get_user_model().objects.filter(email__iexact=address)[:2]) if address else []
    if len(found) != 1 or not found[0].is_active or found[0].is_superuser:
        return None
    return None if SocialAccount.objects.filter(user=found[0], provider=issuer).exists() else found[0]


def hire(claims: Mapping[str, object], role: Role, *, remote: str, now: datetime) -> User:
    """A new staff member, who has no password here."""
    name, address = _name(claims), str(claims.get("email") or "")[:254]
    model = get_user_model()
    if model.objects.filter(username__iexact=name).exists() or (
        address and model.objects.filter(email__iexact=address).exists()
    ):
        raise Refused(TAKEN)
    user = model(username=name, email=address)
    user.first_name = str(claims.get("given_name") or "")[:150]
    user.last_name = str(claims.get("family_name") or "")[:150]
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # two at the same moment
        raise Refused(TAKEN) from error
    roles.assign(user, role)
    values = {"username": name, "role": role.value, "openid": str(claims["sub"])}
    audit.note(_by(user, remote), Act.ADDED, audit.thing(user), now=now, after=values, reason="first OpenID sign-in")
    return user


def change_role(user: User, role: Role | None, *, remote: str, now: datetime) -> None:
    """To what the groups at the provider say."""
    with transaction.atomic():
        before = roles.assign(user, role) if role else roles.withdraw(user)
        if before is role:
            return
        values = {"before": {"role": before and before.value}, "after": {"role": role and role.value}}
        why = "groups at the OpenID provider"
        audit.note(_by(user, remote), Act.CHANGED, audit.thing(user), now=now, reason=why, **values)


def _name(claims: Mapping[str, object]) -> str:
    field = get_user_model()._meta.get_field("username")
    for name in said.names_in(claims):
        try:
            field.run_validators(name)
        except ValidationError:
            continue
        return name
    raise Refused(NO_NAME)


def _by(user: User, remote: str) -> Actor:
    return Actor(user.pk, user.get_username(), remote)
