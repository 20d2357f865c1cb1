"""The sample's staff: a person for each role, with passwords that everybody knows. Only the sample makes them."""

from django.contrib.auth import get_user_model

from campaign import roles
from campaign.roles import Role


def password_of(name: str) -> str:
    return f"sample-{name}"


def hire() -> dict[str, int]:
    """The sample's logins, named after their roles, made where they are missing; ids by name."""
    ids = {}
    roles.bring_in_line()
    for role in Role:
        user, new = get_user_model().objects.get_or_create(username=role.value)
        if new:
            user.email = f"{role}@staff.isp.example"  # where test mails may go
            user.set_password(password_of(role))
            user.save()
        if roles.of(user) is not role:
            roles.assign(user, role)
        ids[role.value] = user.pk
    return ids
