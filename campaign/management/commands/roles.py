from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.utils import timezone

from campaign import audit, roles
from campaign.roles import Role


class Command(BaseCommand):
    help = "Bring the groups of the roles in line with the product's table, list them, or give somebody a role."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--user", metavar="NAME", help="the login of a staff member")
        parser.add_argument("--role", choices=[role.value for role in Role], help="the only role that NAME has then")

    @no_translations
    def handle(self, *, user: str | None, role: str | None, **options) -> None:
        if (user is None) != (role is None):
            raise CommandError("--user and --role go together")
        with transaction.atomic():
            roles.bring_in_line()
            if user is not None:
                self._assign(user, Role(role))
                return
        for each, names in roles.permissions().items():
            members = get_user_model().objects.filter(groups__name=each.value).order_by("username")
            self.stdout.write(f"{each}: {', '.join(names)}")
            self.stdout.write(f"  members: {', '.join(member.get_username() for member in members) or 'nobody'}")

    def _assign(self, name: str, role: Role) -> None:
        found = get_user_model().objects.filter(username=name).first()
        if found is None:
            raise CommandError(f"--user is {name!r}, wanted the login of a staff member")
        before = roles.assign(found, role)
        values = {"before": {"role": before and before.value}, "after": {"role": role.value}}
        audit.note(audit.of_command(), audit.Act.CHANGED, audit.thing(found), now=timezone.now(), **values)
        self.stdout.write(f"{name}: {before.value if before else 'no role'} -> {role.value}")
