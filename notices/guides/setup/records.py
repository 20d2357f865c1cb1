"""DNS records by which programs find the servers (RFC 6186, RFC 8314 section 5.1), as lines of a zone.

Without them some programs guess. `_smtp` is never among them, and what is not offered says so: a target of ".".
"""

from dataclasses import dataclass
from ipaddress import ip_address

from campaign.brands import Brand
from notices.guides.setup.servers import Server, incoming, outgoing

NAMES = {  # (with TLS at once, by STARTTLS)
    "smtp": ("_submissions", "_submission"),
    "imap": ("_imaps", "_imap"),
    "pop": ("_pop3s", "_pop3"),
}
PRIORITY = {"smtp": 0, "imap": 0, "pop": 10}
HTTPS = 443
ASKED = ("autoconfig", "autodiscover")  # the hosts of each mail domain where programs ask


@dataclass(frozen=True)
class Service:
    """One SRV record; the target "." says that there is no such service."""

    name: str
    priority: int
    weight: int
    port: int
    target: str

    def __str__(self) -> str:
        return f"{self.name} IN SRV {self.priority} {self.weight} {self.port} {self.target}"


def services(brand: Brand, domain: str) -> list[Service]:
    """SRV records (RFC 6186, 8314); a service that is not offered is said to be none."""
    offered = {_name(server): server for server in (*outgoing(brand), *incoming(brand))}
    found = []
    for service, names in NAMES.items():
        for place, name in enumerate(names):
            full = f"{name}._tcp.{domain}."
            if server := offered.get(name):
                found.append(Service(full, PRIORITY[service] + 10 * place, 1, server.port, f"{server.host}."))
            else:
                found.append(Service(full, 0, 0, 0, "."))
    found.append(Service(f"_autodiscover._tcp.{domain}.", 0, 0, HTTPS, f"autodiscover.{domain}."))
    return found


def zone(brand: Brand, domain: str, *, site_host: str) -> list[str]:
    """The lines for one domain; `site_host` is where the set-up files are served."""
    return [
        f"; {domain}: where mail programs find their servers",
        *map(str, services(brand, domain)),
        *(host_line(name, domain, site_host=site_host) for name in ASKED),
    ]


def host_line(name: str, domain: str, *, site_host: str) -> str:
    """An alias, or the address where `site_host` is one."""
    try:
        kind = "A" if ip_address(site_host).version == 4 else "AAAA"
    except ValueError:
        return f"{name}.{domain}. IN CNAME {site_host}."
    return f"{name}.{domain}. IN {kind} {site_host}"


def _name(server: Server) -> str:
    at_once, later = NAMES[server.service]
    return at_once if server.tls_at_once else later
