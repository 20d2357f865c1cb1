"""What an OpenID provider says about a person, as the role that follows from it."""

from collections.abc import Mapping

from campaign.roles import Role


def groups_in(claims: Mapping[str, object], name: str) -> frozenset[str]:
    """The groups in the claim `name`, a list or one word; `realm_access.roles` is also looked for step by step."""
    value = claims.get(name)
    if value is None:
        value = claims
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
    words = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(word for word in words if isinstance(word, str))


def role_of(groups: frozenset[str], roles: Mapping[str, Role]) -> Role | None:
    """The highest role that one of the groups stands for; None where none does."""
    found = {roles[group] for group in groups if group in roles}
    return next((role for role in reversed(Role) if role in found), None)


def names_in(claims: Mapping[str, object]) -> list[str]:
    """What the person may be called here, the best first: their user name, their address, their subject."""
    return [str(claims[key]) for key in ("preferred_username", "email", "sub") if claims.get(key)]


def confirmed_address(claims: Mapping[str, object]) -> str:
    """The mail address that the provider vouches for, and only with the value that the standard names; otherwise ""."""
    return str(claims.get("email") or "") if claims.get("email_verified") is True else ""
