from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, no_translations
from django.utils import timezone

from campaign import audit


class Command(BaseCommand):
    help = "Remove the audit's entries that are older than AUDIT_DAYS; what was removed is itself an entry."

    def add_arguments(self, parser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("drop-old", help="remove entries older than AUDIT_DAYS")

    @no_translations
    def handle(self, *, act: str, **options) -> None:
        now = timezone.now()
        before = now - timedelta(days=settings.AUDIT_DAYS)
        number = audit.remove_before(before, by=audit.of_command(), now=now)
        self.stdout.write(f"{number} entries from before {before:%Y-%m-%d} removed")
