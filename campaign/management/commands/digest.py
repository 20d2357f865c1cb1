"""`manage.py digest`: the numbers by mail, for scripts and for a look."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction
from django.utils import timezone, translation

from campaign import audit
from campaign.dashboard import digest
from campaign.models import Digest, DigestWish, Language

ACTS = ("send", "show", "list", "on", "off")


class Command(BaseCommand):
    help = "Mail this week's numbers to who wants them, show the text, tell who gets it, or switch it on and off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=ACTS)
        parser.add_argument("--user", metavar="NAME", help="for on and off: the staff login")
        parser.add_argument("--language", choices=Language.values, default=Language.JAPANESE.value)

    @no_translations
    def handle(self, *args, act: str, user: str | None, language: str, **options) -> None:
        {"send": self.send, "show": self.show, "list": self.list, "on": self.on, "off": self.off}[act](user, language)

    def send(self, user: str | None, language: str) -> None:
        self.stdout.write(f"sent: {digest.send_due(now=timezone.now())}")

    def show(self, user: str | None, language: str) -> None:
        sheets = digest.sheets_in(language, now=timezone.now())
        if not sheets:
            raise CommandError("There is nothing to tell yet: a whole week of logs has to be read first.")
        with translation.override(language):
            self.stdout.write(f"{digest.subject(sheets)}\n\n{digest.text(sheets)}")

    def list(self, user: str | None, language: str) -> None:
        wishes = DigestWish.objects.select_related("user").order_by("user__username")
        if not wishes:
            self.stdout.write("Nobody gets the numbers by mail. `digest on --user NAME` switches it on.")
        for wish in wishes:
            last = Digest.objects.filter(recipient=wish.user_id).order_by("-week").first()
            told = f"{last.week}: {last.state} {last.reply}".rstrip() if last else "none yet"
            self.stdout.write(f"{wish.user.get_username()} <{wish.user.email}> {wish.language}: {told}")

    def on(self, user: str | None, language: str) -> None:
        found, now = _user(user), timezone.now()
        if wrong := digest.why_not(found):
            raise CommandError(wrong)
        with transaction.atomic():
            given = {"language": language}
            DigestWish.objects.update_or_create(user=found, defaults=given, create_defaults=given | {"since": now})
            audit.note(audit.of_command(), audit.Act.ADDED, _thing(found), now=now, after=given)
        self.stdout.write(f"{found.get_username()}: from the next Monday on, in {language}")

    def off(self, user: str | None, language: str) -> None:
        found = _user(user)
        with transaction.atomic():
            if DigestWish.objects.filter(user=found).delete()[0]:
                audit.note(audit.of_command(), audit.Act.REMOVED, _thing(found), now=timezone.now())
        self.stdout.write(f"{found.get_username()}: switched off")


def _thing(user) -> audit.Thing:
    return audit.Thing("digest", str(user.pk), user.get_username())


def _user(name: str | None):
    if not name:
        raise CommandError("Name the staff member with --user.")
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user
