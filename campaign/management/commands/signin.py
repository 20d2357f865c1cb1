from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from campaign import audit, roles
from campaign.dashboard.signin import factor, reset


class Command(BaseCommand):
    help = (
        "List how staff sign in, take a lost second factor away, or bind somebody to a subject at the OpenID provider."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--user", metavar="NAME", help="the login of a staff member")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--reset-factor", action="store_true", help="NAME sets up a new one at the next sign-in")
        act.add_argument("--subject", metavar="SUB", help="the OpenID provider's key of NAME; '' for none any more")

    @no_translations
    def handle(self, *, user: str | None, reset_factor: bool, subject: str | None, **options) -> None:
        if user is None:
            if reset_factor or subject is not None:
                raise CommandError("--reset-factor and --subject need --user")
            return self._list()
        found = get_user_model().objects.filter(username=user).first()
        if found is None:
            raise CommandError(f"--user is {user!r}, wanted the login of a staff member")
        if subject is not None:
            return self._bind(found, subject)
        if not reset_factor:
            raise CommandError("--user needs --reset-factor or --subject")
        done = reset.reset_factor(found, by=audit.of_command(), now=timezone.now())
        self.stdout.write(f"{user}: {'the second factor is taken away' if done else 'had no second factor'}")

    def _bind(self, user: User, subject: str) -> None:
        if not settings.OIDC_ISSUER:
            raise CommandError("OIDC_ISSUER is empty, wanted the provider to which the subject belongs")
        try:
            values = {"issuer": settings.OIDC_ISSUER, "by": audit.of_command(), "now": timezone.now()}
            before = reset.bind(user, subject, **values)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.get_username()}: {before or 'no subject'} -> {subject or 'no subject'}")

    def _list(self) -> None:
        for user in get_user_model().objects.order_by("username"):
            role = roles.of(user)
            ways = ["password"] if user.has_usable_password() else []
            ways += ["second factor"] if factor.has_factor(user) else []
            subject = reset.subject_of(user, issuer=settings.OIDC_ISSUER)
            ways += [f"OpenID {subject}"] if subject else []
            state = "" if user.is_active else " (inactive)"
            self.stdout.write(f"{user.get_username()}{state}: {role or 'no role'}; {', '.join(ways) or 'no way in'}")
