"""The small daemon of a POP-before-SMTP installation: reads the POP server's log, opens the relay for a while."""

import re
import threading
import time
from pathlib import Path

from journeys.postfix import Postfix
from waiting import until

OPEN_SECONDS = 30 * 60
# Written here once more, not taken from the product: it stands for the provider's own software.
LOGIN = re.compile(r"^\w{3} \d\d [\d:]{8} (?:pop3|imap)-login: Info: Login: user=<[^>]*>, method=\w+, rip=([\d.]+),")


class Opener:
    """While it runs, an address is let through the relay port from its login on, for half an hour."""

    def __init__(self, log: Path, postfix: Postfix, always: tuple[str, ...] = ()):
        self._log, self._postfix, self._always = log, postfix, always
        self._open: dict[str, float] = {}
        self._written: list[str] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="opener")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def wait_for(self, address: str) -> None:
        until(lambda: address in self._written, f"the relay to open for {address}")

    def _run(self) -> None:
        with open(self._log) as log:
            while not self._stopped.wait(0.05):
                for line in log:
                    if login := LOGIN.match(line):
                        self._open[login[1]] = time.monotonic() + OPEN_SECONDS
                self._write()

    def _write(self) -> None:
        now = time.monotonic()
        addresses = sorted({*self._always, *(address for address, until in self._open.items() if until > now)})
        if addresses != self._written:
            self._postfix.permit(addresses)
            self._written = addresses
