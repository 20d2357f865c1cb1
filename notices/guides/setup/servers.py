"""What every set-up file tells of a brand's servers; each form only spells it its own way.

The order is the preference (RFC 8314: TLS from the first byte before STARTTLS). Nothing here can send without
a password: a file that tells programs to would undo the campaign.
"""

from dataclasses import dataclass
from typing import Literal

from campaign.brands import Brand

IMPLICIT_TLS = {465: "smtp", 993: "imap", 995: "pop"}  # RFC 8314; on every other port it begins in clear
Service = Literal["pop", "imap", "smtp"]


@dataclass(frozen=True)
class Server:
    service: Service
    host: str
    port: int

    @property
    def tls_at_once(self) -> bool:
        return IMPLICIT_TLS.get(self.port) == self.service


def incoming(brand: Brand) -> tuple[Server, ...]:
    """POP before IMAP: these customers have their mail by POP, and an IMAP account beside it is another one."""
    offered = (Server("pop", brand.pop_host, brand.pop_port), Server("imap", brand.imap_host, brand.imap_port))
    return tuple(server for server in offered if server.host and server.port)


def outgoing(brand: Brand) -> tuple[Server, ...]:
    """The port that is encrypted at once comes first."""
    ports = dict.fromkeys(port for port in (brand.smtp_port, brand.other_smtp_port) if port)
    found = [Server("smtp", brand.smtp_host, port) for port in ports]
    return tuple(sorted(found, key=lambda server: not server.tls_at_once))


def user_name(brand: Brand, address: str) -> str:
    """What the customer with this address enters as user name."""
    return address if brand.login == "address" else address.rpartition("@")[0]
