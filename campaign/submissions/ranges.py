"""Which line and which range of addresses a client lies in."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import duckdb
import pyarrow as pa

Network = IPv4Network | IPv6Network
RANGE_BITS = {4: 24, 6: 48}  # by the version of IP: mostly one customer's site or one pool of a provider


def range_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one."""
    return _network(address, RANGE_BITS[6]) if ":" in address else f"{address.rpartition('.')[0]}.0/{RANGE_BITS[4]}"


def line_of(address: str) -> str:
    """What stays with a line: an IPv4 address, the /64 of an IPv6 one."""
    return _network(address, 64) if ":" in address else address


def _network(address: str, bits: int) -> str:
    return str(ip_network((address, bits), strict=False))


def locate(con: duckdb.DuckDBPyConnection, classes: Iterable[str], networks: Iterable[Network] = ()) -> int:
    """Leaves a table `place` (ip, line, range, inside) of all clients with submissions of these classes; how many.

    `inside` says whether one of the networks holds the address.
    """
    query = "SELECT DISTINCT ip FROM submission WHERE list_contains(?, class)"
    clients = [ip for (ip,) in con.execute(query, [list(classes)]).fetchall()]
    wanted = tuple(networks)
    rows = {
        "ip": pa.array(clients, pa.string()),
        "line": pa.array(map(line_of, clients), pa.string()),
        "range": pa.array(map(range_of, clients), pa.string()),
        "inside": pa.array((bool(wanted) and _inside(ip, wanted) for ip in clients), pa.bool_()),
    }
    con.register("located", pa.table(rows))
    con.execute("CREATE OR REPLACE TEMP TABLE place AS SELECT * FROM located")
    con.unregister("located")
    return len(clients)


def _inside(text: str, networks: tuple[Network, ...]) -> bool:
    address = ip_address(text)
    return any(address in network for network in networks)
