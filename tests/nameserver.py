"""A real name server on loopback, for tests: it knows what it is told, and can be told to be broken."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class Zone:
    """`add("isp.example", "TXT", "v=spf1 -all")`; a name in `broken` answers SERVFAIL."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.address = ""  # as `manage.py doctor --nameserver` wants it

    def add(self, name: str, kind: str, *values: str) -> "Zone":
        texts = [f'"{value}"' if kind == "TXT" and not value.startswith('"') else value for value in values]
        self.records[name.lower(), kind] = texts
        return self

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(question.name, 60, dns.rdataclass.IN, kind, *found))
        elif not any(known == name for known, _kind in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


@contextmanager
def serving(zone: Zone) -> Iterator[Zone]:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            socket.sendto(zone.answer(dns.message.from_wire(data)).to_wire(), self.client_address)

    with ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        zone.address = f"127.0.0.1#{server.server_address[1]}"
        try:
            yield zone
        finally:
            server.shutdown()
            thread.join()
