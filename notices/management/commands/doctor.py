"""`doctor`: what to put right before the first round, and whenever mail does not arrive."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser, no_translations
from django.utils import timezone

from campaign import brands
from notices.doctor import profiles, relay, report, sender, surroundings
from notices.doctor.finding import Finding
from notices.doctor.names import Address, Names


class Command(BaseCommand):
    help = (
        "Check what the mail stands on: SPF, DKIM, DMARC, the relay's name, its TLS and what it takes, where bounces "
        "go, the signature of profiles, database, Redis, beat, clock and disk. Nothing is sent. Exit status 1 where "
        "there is a problem."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object with all findings, for programs")
        parser.add_argument(
            "--nameserver", default="", metavar="ADDRESS[#PORT]", help="ask this one instead of the system's"
        )

    @no_translations  # as all commands of the shell
    def handle(self, *args: object, **options: object) -> None:
        findings = self._findings(str(options["nameserver"]))
        report.tell(findings, out=self.stdout, style=self.style, for_programs=bool(options["json"]))

    def _findings(self, nameserver: str) -> Iterator[Finding]:
        now = timezone.now()
        yield from surroundings.check(now=now)
        yield from relay.check(now=now)
        yield from profiles.check(now=now)
        senders = [settings.NOTICE_FROM, *(brand.notice_from for brand in brands.brands())]
        yield from sender.check(Names(nameserver), senders=senders, addresses=_relay_addresses())


def _relay_addresses() -> list[Address]:
    """Those that the setting names; without it the relay's own, where these can be seen from outside."""
    if settings.RELAY_ADDRESSES:
        named = [address for network in settings.RELAY_ADDRESSES for address in _of(network)]
        return named[: sender.MOST_ADDRESSES]
    try:
        found = socket.getaddrinfo(settings.RELAY_HOST, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    addresses = {ip_address(entry[4][0].partition("%")[0]) for entry in found}
    return sorted((address for address in addresses if address.is_global), key=str)


def _of(network) -> list[Address]:
    if network.num_addresses > sender.MOST_ADDRESSES:
        return [network[1]]
    return list(network) if network.num_addresses <= 2 else list(network.hosts())
