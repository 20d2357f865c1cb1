from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from campaign import audit
from campaign.customers.directory import NotImported, import_file

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Import the list of customers: login,addresses,language,name,contact_address,contract. All or nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8, with a header; safe to import again")

    def handle(self, *, file: Path, **options) -> None:
        try:
            with transaction.atomic():
                done = import_file(file)
                on = audit.Thing("customers", what=str(file))
                audit.note(audit.of_command(), audit.Act.CHANGED, on, now=timezone.now(), after=asdict(done))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        except NotImported as refused:
            raise CommandError(_message(refused.mistakes)) from refused
        self.stdout.write(
            f"{file}: {done.new} new customers, {done.changed} changed, {done.unchanged} as before; "
            f"{done.addresses_added} addresses added, {done.addresses_removed} removed"
        )


def _message(mistakes: list[str]) -> str:
    more = len(mistakes) - MOST_SHOWN
    lines = mistakes[:MOST_SHOWN] + ([f"and {more} more"] if more > 0 else [])
    return "\n".join([*lines, "Nothing was imported."])
