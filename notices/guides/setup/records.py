"""DNS records by which programs find the servers (RFC 6186, RFC 8314 section 5.1), as lines of a zone.

Without them some programs guess. `_smtp` is never among them, and what is not offered says so: a target of ".".
"""

from campaign.brands import Brand
from notices.guides.setup.servers import Server, incoming, outgoing

NAMES = {  # (with TLS at once, by STARTTLS)
    "smtp": ("_submissions", "_submission"),
    "imap": ("_imaps", "_imap"),
    "pop": ("_pop3s", "_pop3"),
}
PRIORITY = {"smtp": 0, "imap": 0, "pop": 10}


def zone(brand: Brand, domain: str, *, site_host: str) -> list[str]:
    """The lines for one domain; `site_host` is where the set-up files are served."""
    servers = (*outgoing(brand), *incoming(brand))
    offered = {_name(server): server for server in servers}
    lines = [f"; {domain}: where mail programs find their servers"]
    for service, names in NAMES.items():
        for place, name in enumerate(names):
            server = offered.get(name)
            data = f"{PRIORITY[service] + 10 * place} 1 {server.port} {server.host}." if server else "0 0 0 ."
            lines.append(f"{name}._tcp.{domain}. IN SRV {data}")
    lines += [f"{name}.{domain}. IN CNAME {site_host}." for name in ("autoconfig", "autodiscover")]
    lines.append(f"_autodiscover._tcp.{domain}. IN SRV 0 0 443 autodiscover.{domain}.")
    return lines


def _name(server: Server) -> str:
    at_once, later = NAMES[server.service]
    return at_once if server.tls_at_once else later
