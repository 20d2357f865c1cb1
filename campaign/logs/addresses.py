"""Client addresses as logs spell them, folded to one spelling so that they can be compared."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

# What nearly all addresses look like, spelled as they should be: they need no parsing. `scan.all_plain_ipv4`
# is the same for a whole column.
BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
PLAIN = re.compile(rf"{BYTE}(?:\.{BYTE}){{3}}")


@lru_cache(maxsize=200_000)
def canonical_ip(text: str) -> str | None:
    """`::FFFF:192.0.2.1`, `[192.0.2.1]`, `IPv6:2001:DB8::1` in one spelling; None when it is no address."""
    if PLAIN.fullmatch(text):
        return text
    text = text.strip("[]")
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
