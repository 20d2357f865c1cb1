"""The sample's staff: a person for each duty, with passwords that everybody knows. Only the sample makes them."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

DUTIES = {
    "operator": ("run_mailing", "write_text", "preview_mail", "change_desk", "export_unreachable", "clear_suppression"),
    "approver": (
        "decide_waves",
        "approve_mailing",
        "run_mailing",
        "approve_text",
        "preview_mail",
        "change_desk",
        "export_unreachable",
        "clear_suppression",
    ),
    "support": ("clear_suppression",),
}


def password_of(name: str) -> str:
    return f"sample-{name}"


def hire() -> dict[str, int]:
    """The sample's logins and their groups, made where they are missing; ids by name."""
    ids = {}
    for name, codenames in DUTIES.items():
        group, _ = Group.objects.get_or_create(name=name)
        ours = Permission.objects.filter(content_type__app_label__in=("campaign", "notices"))
        group.permissions.set(ours.filter(codename__in=codenames))
        user, new = get_user_model().objects.get_or_create(username=name)
        if new:
            user.email = f"{name}@staff.isp.example"  # where test mails may go
            user.set_password(password_of(name))
            user.save()
        user.groups.add(group)
        ids[name] = user.pk
    return ids
