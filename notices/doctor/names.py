"""Questions to the DNS, with the three answers that matter: these records, none, or nobody answered."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.exception
import dns.name
import dns.resolver
import dns.reversename
from dns.rdatatype import RdataType

Address = IPv4Address | IPv6Address
SECONDS = 5.0


class NoReply(Exception):
    """The DNS gave no answer that could be used: it proves nothing about the name."""


class Names:
    """A resolver; without `nameserver` the system's own, otherwise `address` or `address#port`."""

    def __init__(self, nameserver: str = "") -> None:
        self._resolver = dns.resolver.Resolver(configure=not nameserver)
        if nameserver:
            address, _, port = nameserver.partition("#")
            self._resolver.nameservers = [address]
            self._resolver.port = int(port or 53)
        self._resolver.lifetime = SECONDS
        self._resolver.timeout = SECONDS / 2

    def texts(self, name: str) -> list[str]:
        """The strings of each TXT record put together, as all of mail's uses want it."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, RdataType.TXT)]

    def addresses(self, name: str) -> list[Address]:
        found = [*self._ask(name, RdataType.A), *self._ask(name, RdataType.AAAA)]
        return [ip_address(record.address) for record in found]

    def exchanges(self, name: str) -> list[tuple[int, str]]:
        """(preference, host) of the MX records, the first to be tried first; the null MX has the host ""."""
        found = [
            (each.preference, each.exchange.to_text(omit_final_dot=True)) for each in self._ask(name, RdataType.MX)
        ]
        return sorted((preference, "" if host in {".", "@"} else host) for preference, host in found)

    def services(self, name: str) -> list[tuple[int, int, int, str]]:
        """(priority, weight, port, target) of the SRV records; the target ends with a dot, and is "." for none."""
        found = self._ask(name, RdataType.SRV)
        return sorted((each.priority, each.weight, each.port, each.target.to_text().lower()) for each in found)

    def names_of(self, address: Address) -> list[str]:
        reverse = dns.reversename.from_address(str(address))
        return [record.target.to_text(omit_final_dot=True) for record in self._ask(reverse, RdataType.PTR)]

    def _ask(self, name: str | dns.name.Name, kind: RdataType) -> list:
        """An empty list where there is no such name, or nothing of this kind. Raises `NoReply`."""
        try:
            return list(self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False))
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, ValueError, OSError) as error:
            raise NoReply(f"{name} {kind.name}: {error or type(error).__name__}") from error
