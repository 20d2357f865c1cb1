"""Ports of this machine for servers of the tests, and one where there is none."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

EIGHT = 8  # as many processes may run the suite together
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % EIGHT


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on, below those from which clients call: none is taken before its server starts."""
    found = []
    while len(found) < number:
        port = random.randrange(10_000, 30_000) // EIGHT * EIGHT + PROCESS  # of those that no other one takes
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            found += [port] * (port not in found)
    return found


@contextmanager
def nobody_listening() -> Iterator[int]:
    """A port that refuses connections, and that nobody else gets meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
