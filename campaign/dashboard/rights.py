"""What a permission lets people do, in words, and what is told of one that somebody lacks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, Permission, User
from django.utils.translation import gettext as _

from campaign import roles
from campaign.roles import TITLES, Role

NAMED = 5  # people whom one may ask; more are no help

WORDS: dict[str, Callable[[], str]] = {
    roles.NUMBERS: lambda: _("see numbers without customers"),
    roles.PEOPLE: lambda: _("see customers"),
    roles.AUDIT: lambda: _("read the audit"),
    roles.USERS: lambda: _("use the administration"),
    "auth.add_user": lambda: _("add staff"),
    "campaign.add_bulkchange": lambda: _("change many customers at once"),
    "campaign.add_contact": lambda: _("record contacts"),
    "campaign.add_exemption": lambda: _("exempt customers"),
    "campaign.add_note": lambda: _("write notes about customers"),
    "campaign.add_relayacknowledgement": lambda: _("silence the alarm of an unexplained relay"),
    "campaign.add_shadowrun": lambda: _("ask for a trial cut-off"),
    "campaign.add_tagging": lambda: _("tag customers"),
    "campaign.answer_callback": lambda: _("call customers back"),
    "campaign.change_campaign": lambda: _("move the cut-off date"),
    "campaign.change_desk": lambda: _("enter what the help desk can take"),
    "campaign.change_exemption": lambda: _("change exemptions"),
    "campaign.decide_waves": lambda: _("decide the waves"),
    "campaign.export_audit": lambda: _("save the audit as a file"),
    "campaign.export_customer": lambda: _("save lists of customers as a file"),
    "notices.add_mute": lambda: _("stop a customer's reminders"),
    "notices.approve_mailing": lambda: _("approve mailings"),
    "notices.approve_text": lambda: _("approve texts"),
    "notices.clear_suppression": lambda: _("let mail go to an address again"),
    "notices.export_unreachable": lambda: _("save whom no mail reaches as a file"),
    "notices.preview_mail": lambda: _("see the mail to a customer before it goes out"),
    "notices.run_mailing": lambda: _("plan, start, pause and cancel mailings"),
    "notices.send_guide": lambda: _("mail the guide to a customer"),
    "notices.write_text": lambda: _("write texts"),
}
OF_DJANGO: dict[str, Callable[[], str]] = {
    "add": lambda: _("add: %(records)s"),
    "change": lambda: _("change: %(records)s"),
    "delete": lambda: _("delete: %(records)s"),
    "view": lambda: _("see: %(records)s"),
}


def words(permission: str) -> str:
    """Of one that a role has."""
    return WORDS[permission]()


def title(permission: Permission) -> str:
    """Of any permission there is, also of those that no role has: Django keeps their names in English."""
    content = permission.content_type
    name = f"{content.app_label}.{permission.codename}"
    if name in WORDS:
        return words(name)
    act, model = permission.codename.split("_", 1)[0], content.model_class()
    if act in OF_DJANGO and model is not None:
        return OF_DJANGO[act]() % {"records": model._meta.verbose_name_plural}
    return permission.name


@dataclass(frozen=True)
class Lacking:
    """A right that somebody does not have, and the first role that has it; "" where none has."""

    may: str
    role: str


def lacking(user: AbstractUser, needs: Iterable[object]) -> list[Lacking]:
    """Of what a page or a step needs; what is no permission of a role is left out."""
    missing = [need for need in needs if need in WORDS and not user.has_perm(str(need))]
    return [Lacking(words(str(need)), _first_role(str(need))) for need in missing]


def _first_role(permission: str) -> str:
    return next((TITLES[role]() for role, names in roles.permissions().items() if permission in names), "")


def role_title(user: AbstractUser) -> str:
    """The highest; "" for who has none."""
    role = roles.of(user) if user.is_authenticated else None
    return TITLES[role]() if role else ""


def whom_to_ask() -> list[str]:
    """The administrators at work, by name; only staff are shown this."""
    found = User.objects.filter(groups__name=Role.ADMINISTRATOR.value, is_active=True).order_by("username")
    return [user.get_full_name() or user.get_username() for user in found[:NAMED]]
