"""What each role may: the one table, which the groups of the same names are brought in line with.

Each role may what the one before it may, and more. Django makes permissions after the migrations
(`post_migrate`), so the groups are made then too, see `campaign/apps.py`.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import accumulate

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext as _

NUMBERS = "campaign.view_campaign"  # pages without personal data
PEOPLE = "campaign.view_customer"  # pages that show customers, their addresses, or IP addresses
AUDIT = "campaign.view_auditentry"
USERS = "auth.change_user"  # the administration at /staff/admin/


class Role(StrEnum):
    """In the order in which each may more than the one before."""

    VIEWER = "viewer"
    SUPPORT = "support"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


TITLES: dict[Role, Callable[[], str]] = {
    Role.VIEWER: lambda: _("Viewer"),
    Role.SUPPORT: lambda: _("Support"),
    Role.OPERATOR: lambda: _("Operator"),
    Role.APPROVER: lambda: _("Approver"),
    Role.ADMINISTRATOR: lambda: _("Administrator"),
}

MORE: dict[Role, tuple[str, ...]] = {  # than the role before
    Role.VIEWER: (NUMBERS,),
    Role.SUPPORT: (
        PEOPLE,
        "campaign.add_contact",
        "campaign.add_note",
        "campaign.add_tagging",
        "campaign.add_exemption",
        "campaign.answer_callback",
        "notices.add_mute",
        "notices.send_guide",
        "notices.clear_suppression",
    ),
    Role.OPERATOR: (
        "notices.run_mailing",
        "notices.write_text",
        "notices.preview_mail",
        "notices.export_unreachable",
        "campaign.export_customer",
        "campaign.add_bulkchange",
        "campaign.change_desk",
        "campaign.add_shadowrun",
        "campaign.add_relayacknowledgement",
    ),
    Role.APPROVER: (
        "notices.approve_mailing",
        "notices.approve_text",
        "campaign.decide_waves",
    ),
    Role.ADMINISTRATOR: (
        AUDIT,
        "campaign.export_audit",
        "auth.add_user",
        USERS,
        "campaign.change_campaign",
        "campaign.change_exemption",
    ),
}


class NoSuchPermission(LookupError):
    """The table names a permission that no model has."""


def permissions() -> dict[Role, tuple[str, ...]]:
    """All that each role may, as `notices.run_mailing`."""
    return dict(zip(Role, accumulate(MORE[role] for role in Role), strict=True))


def bring_in_line() -> dict[Role, Group]:
    """The five groups, with exactly what the table says; other groups are nobody's business here."""
    known = _known({name for names in permissions().values() for name in names})
    groups = {}
    for role, names in permissions().items():
        groups[role], _made = Group.objects.get_or_create(name=role.value)
        groups[role].permissions.set(known[name] for name in names)
    return groups


def _known(names: Iterable[str]) -> dict[str, Permission]:
    wanted = models.Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= models.Q(content_type__app_label=app, codename=codename)
    found = Permission.objects.filter(wanted).select_related("content_type")
    known = {f"{each.content_type.app_label}.{each.codename}": each for each in found}
    if missing := sorted(set(names) - set(known)):
        raise NoSuchPermission(", ".join(missing))
    return known


def of(user: models.Model) -> Role | None:
    """The highest of a user's roles; None for who has none of ours."""
    names = set(user.groups.values_list("name", flat=True))
    return next((role for role in reversed(Role) if role.value in names), None)


def assign(user: models.Model, role: Role) -> Role | None:
    """The user has this role alone from now on; returns the one before. Groups that are not ours stay."""
    before = withdraw(user)
    user.groups.add(Group.objects.get(name=role.value))
    return before


def withdraw(user: models.Model) -> Role | None:
    """The user has none of our roles from now on; returns the highest there was. Groups that are not ours stay."""
    before = of(user)
    user.groups.remove(*Group.objects.filter(name__in=[each.value for each in Role]))
    return before
