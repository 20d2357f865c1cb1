"""`setup_records`: what to publish so that mail programs find their settings, and whether it has worked."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from campaign import brands
from campaign.brands import Brand
from notices.doctor import report, setup
from notices.doctor.names import Names
from notices.guides.setup import mozilla, records


class Command(BaseCommand):
    help = (
        "Print the DNS records by which mail programs find the settings of each mail domain; or, with --check, ask the "
        "DNS and both hosts of each domain as programs do (exit status 1 where there is a problem); or, with --ispdb, "
        "write the files for Thunderbird's public database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--domain", default="", metavar="D", help="this mail domain alone")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="look whether all is published and answers")
        what.add_argument("--ispdb", type=Path, metavar="FOLDER", help="write <domain>.xml of each brand there")
        parser.add_argument("--json", action="store_true", help="with --check: one JSON object, for programs")
        parser.add_argument(
            "--nameserver",
            default="",
            metavar="ADDRESS[#PORT]",
            help="with --check: ask this one instead of the system's",
        )

    @no_translations  # as all commands of the shell
    def handle(self, *args: object, **options: object) -> None:
        chosen = _chosen(str(options["domain"]))
        if options["check"]:
            self._check(chosen, Names(str(options["nameserver"])), as_json=bool(options["json"]))
        elif options["ispdb"]:
            self._write(chosen, options["ispdb"])
        else:
            for brand, domain in chosen:
                self.stdout.write("\n".join(records.zone(brand, domain, site_host=brand.host)) + "\n")

    def _check(self, chosen: list[tuple[Brand, str]], names: Names, *, as_json: bool) -> None:
        now = timezone.now()
        findings = [found for brand, domain in chosen for found in setup.check(names, brand, domain, now=now)]
        report.tell(findings, out=self.stdout, style=self.style, for_programs=as_json)

    def _write(self, chosen: list[tuple[Brand, str]], folder: Path) -> None:
        """One file a brand, with all its domains: the database makes one of each by itself."""
        for brand in dict.fromkeys(brand for brand, _domain in chosen):
            path = folder / f"{brand.domains[0]}.xml"
            try:
                path.write_bytes(mozilla.config(brand))
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}") from error
            self.stdout.write(f"{path}: {', '.join(brand.domains)}")


def _chosen(domain: str) -> list[tuple[Brand, str]]:
    everything = [(brand, each) for brand in brands.brands() for each in brand.domains]
    found = [(brand, each) for brand, each in everything if domain.lower().rstrip(".") in ("", each)]
    if not found:
        ours = ", ".join(each for _brand, each in everything)
        raise CommandError(f"--domain is {domain!r}, wanted one of {ours}")
    return found
