"""The web server in front, with TLS, as nginx stands before the product: it passes the host's name on."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PASSED_ON = ("Content-Type", "User-Agent", "Accept", "Accept-Language")
KEPT = ("Content-Type", "Cache-Control", "Location", "Set-Cookie")


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    body: bytes = b""


@dataclass
class Front:
    """`instead` are replies by path that come in place of the product's; `asked` is what was asked for."""

    upstream: tuple[str, int]
    instead: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def reply(self, method: str, host: str, path: str, headers: dict[str, str], body: bytes) -> tuple[Reply, dict]:
        self.asked.append(f"{method} https://{host}{path}")
        if changed := self.instead.get(path.partition("?")[0]):
            return changed, {"Content-Type": changed.content_type}
        connection = http.client.HTTPConnection(*self.upstream, timeout=120)
        try:
            connection.request(method, path, body or None, headers | {"Host": host, "X-Forwarded-Proto": "https"})
            response = connection.getresponse()
            told = {name: response.headers[name] for name in KEPT if name in response.headers}
            return Reply(response.status, told.get("Content-Type", ""), response.read()), told
        finally:
            connection.close()


@contextmanager
def serving(front: Front, certificate: Path) -> Iterator[Front]:
    """On a port of its own of 127.0.0.1, with key and certificate of one file."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            reply, told = front.reply(self.command, self.headers["Host"], self.path, headers, body)
            self.send_response(reply.status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, format: str, *values: object) -> None:
            """`asked` is the log."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request, client_address) -> None:
            """The handshake is in the connection's own thread; a client may break it off, as who distrusts does."""
            try:
                with context.wrap_socket(request, server_side=True) as connection:
                    self.RequestHandlerClass(connection, client_address, self)
            except OSError as error:
                front.asked.append(f"broken off: {error}")

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        front.port = server.server_address[1]
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
