"""The product on loopback as mail programs see it: a name server, and a web server with a trusted certificate."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import web_front
from authority import Authority
from django.core.wsgi import get_wsgi_application
from nameserver import Zone
from nameserver import serving as names_served

from campaign import brands
from notices.doctor import https, names, setup
from notices.guides.setup import records

HOSTS = ("autoconfig.isp.example", "autodiscover.isp.example")


class Fronted:
    """`front` may be told to answer otherwise, and `zone` to know less."""

    def __init__(self, zone: Zone, front: web_front.Front) -> None:
        self.zone, self.front = zone, front


def publish(zone: Zone) -> None:
    """All that `setup_records` prints; the hosts are this machine."""
    for record in records.services(brands.main_brand(), "isp.example"):
        data = f"{record.priority} {record.weight} {record.port} {record.target}"
        zone.add(record.name.rstrip("."), "SRV", data)
    for host in HOSTS:
        zone.add(host, "A", "127.0.0.1")


@contextmanager
def fronted(folder: Path, monkeypatch, *, hosts: tuple[str, ...] = HOSTS, days: int = 60) -> Iterator[Fronted]:
    authority = Authority(folder / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with product() as upstream, names_served(Zone()) as zone:
        front = web_front.Front(upstream)
        with web_front.serving(front, authority.issue(*hosts, days=days)):
            monkeypatch.setattr(setup, "HTTPS_PORT", front.port)
            for asking in (names, https):  # no test waits so long, and a busy machine may answer late
                monkeypatch.setattr(asking, "SECONDS", 60.0)
            publish(zone)
            yield Fronted(zone, front)


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *values: object) -> None:
        """The front has a log."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def product() -> Iterator[tuple[str, int]]:
    """The product's own application on a free port; it needs no database for what programs ask."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield "127.0.0.1", server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
