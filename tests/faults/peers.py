"""Which process is at the other end of a connection on this machine."""

import os
from pathlib import Path


def pid_of_peer(peer: tuple[str, int], own_port: int) -> int:
    """Raises `LookupError` when the client has gone."""
    inode = _inode(port=peer[1], remote_port=own_port)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue  # the process or its file has gone meanwhile, or is somebody else's
    raise LookupError(f"nobody has the socket {inode}")


def _inode(*, port: int, remote_port: int) -> str:
    """Of an established connection as its client sees it."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (_port(fields[1]), _port(fields[2])) == (port, remote_port):
            return fields[9]
    raise LookupError(f"no connection from port {port} to port {remote_port}")


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
