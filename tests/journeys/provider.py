"""The whole provider of a journey: Postfix, Dovecot, the daemon that opens the relay, and the outside world."""

import subprocess
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from journeys.clients import Servers
from journeys.dovecot import Dovecot
from journeys.opener import Opener
from journeys.outside import Outside
from journeys.people import AWAY, DOMAIN, EVERYBODY, FORWARDER, HOLE, OWN_NETWORK, Afternoon
from journeys.postfix import Postfix
from ports import free_ports
from waiting import until

TIME_ZONE = "Asia/Tokyo"
LONGEST_AFTERNOON = 600  # seconds
# As customers' programs have them, in the order of the servers below.
USUAL_PORTS = {"pop3": 110, "pop3s": 995, "imap": 143, "imaps": 993, "relay": 25, "submission": 587, "smtps": 465}


class Provider:
    """Running between `with` and its end: on free ports of 127.0.0.1, or on the usual ones of `at` alone.

    `certificate` is a file with key and certificate for both servers; without it they make one that nobody trusts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        long_queue_ids: bool = False,
        time_zone: str = TIME_ZONE,
        at: str = "",
        certificate: Path | None = None,
    ):
        ports = [*free_ports(1), *USUAL_PORTS.values()] if at else free_ports(8)
        certificate = certificate or _certificate(folder / "certificate.pem")
        where = {"listen": at} if at else {}
        self.outside = Outside(ports[0])
        self.dovecot = Dovecot(
            folder / "dovecot",
            [*EVERYBODY, "eiji"],  # one of them may leave the domain out
            *ports[1:5],
            certificate=certificate,
            time_zone=time_zone,
            **where,
        )
        self.postfix = Postfix(
            folder / "postfix",
            DOMAIN,
            *ports[5:8],
            outside_port=ports[0],
            mailboxes=EVERYBODY,
            auth_socket=self.dovecot.auth_socket,
            lmtp_socket=self.dovecot.lmtp_socket,
            certificate=certificate,
            own_networks=OWN_NETWORK,
            aliases={FORWARDER: AWAY},
            long_queue_ids=long_queue_ids,
            time_zone=time_zone,
            **where,
        )
        self.opener = Opener(self.dovecot.log, self.postfix, always=(HOLE,))
        self._running = ExitStack()

    @property
    def logs(self) -> list[Path]:
        return [self.dovecot.log, self.postfix.log]

    def __enter__(self) -> "Provider":
        with ExitStack() as starting:
            for part in (self.outside, self.dovecot, self.postfix, self.opener):
                part.start()
                starting.callback(part.stop)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *error) -> None:
        self._running.close()

    def afternoon(self) -> Afternoon:
        """Let the people live through it, and wait until all their mail is where it can go."""
        wait_if_it_is_almost_midnight()
        afternoon = Afternoon(Servers(self.dovecot, self.postfix), self.opener)
        afternoon.live()
        self.wait_for_empty_queue()
        return afternoon

    def wait_for_empty_queue(self) -> None:
        def only_deferred() -> bool:
            return all('"queue_name": "deferred"' in line for line in self.postfix.waiting().splitlines())

        until(only_deferred, "the queue to empty")


def wait_if_it_is_almost_midnight() -> None:
    """An afternoon is on one day, also on a machine that needs minutes for it."""
    now = datetime.now(ZoneInfo(TIME_ZONE))
    left = 24 * 3600 - (now.hour * 3600 + now.minute * 60 + now.second)
    if left < LONGEST_AFTERNOON:
        time.sleep(left)


def _certificate(path: Path) -> Path:
    """Key and certificate in one file, for both servers."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=mail.isp.example",
    ]
    subprocess.run([*command, "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True)
    with open(path, "a") as both:
        both.write(path.with_suffix(".crt").read_text())
    return path
