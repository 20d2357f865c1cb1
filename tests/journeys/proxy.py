"""The way of a mail program to the web: a proxy that knows a few hosts and refuses the rest of the Internet."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Proxy:
    """`hosts` says where each host's https really is; what is not among them is refused, and noted."""

    def __init__(self, hosts: dict[str, tuple[str, int]]) -> None:
        self.hosts = hosts
        self.refused: list[str] = []
        self.port = 0


@contextmanager
def serving(proxy: Proxy) -> Iterator[Proxy]:
    class Handler(StreamRequestHandler):
        timeout = 120

        def handle(self) -> None:
            asked = self.rfile.readline().decode("latin-1").split()
            while self.rfile.readline().strip():
                pass
            method, target = asked[:2] if len(asked) == 3 else ("", "")
            host, _, port = target.partition(":")
            if method != "CONNECT" or port != "443" or host not in proxy.hosts:
                proxy.refused.append(f"{method} {target}")
                self.wfile.write(b"HTTP/1.1 502 Not from here\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(proxy.hosts[host], timeout=120) as server:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(server, self.connection), daemon=True)
                back.start()
                _pass_on(self.connection, server)
                back.join()

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        proxy.port = server.server_address[1]
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends or either is gone, as connections end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()
