"""A provider of its own, made of processes that may all be killed: database, Redis, relay, workers, beat."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from faults.clock import Clock
from faults.cluster import MortalCluster
from ports import free_ports
from rounds import at
from waiting import until

from campaign import env
from campaign.sample.machine import redis_server

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BEGIN = at(1)
SENDING = {  # office hours are no subject here
    "NOTICE_FROM_HOUR": "0",
    "NOTICE_TO_HOUR": "24",
    "NOTICE_DAILY_CAP": "1000000",
    "NOTICE_LEASE_MINUTES": "2",
    "RELAY_TIMEOUT_SECONDS": "5",
}


class World:
    """Everything in one folder. What has died is started again by `look_after`, as systemd would."""

    def __init__(self, folder: Path, vendor: str, *, per_second: int, workers: int = 0):
        folder.mkdir()
        self.folder, self.vendor = folder, vendor
        self.clock = Clock(folder / "clock")
        self.clock.set(BEGIN)
        self.cluster = MortalCluster(folder / "postgresql") if vendor == "postgresql" else None
        self.database_url = self.cluster.url if self.cluster else f"sqlite:///{folder}/campaign.sqlite3"
        (self.relay_port,) = free_ports(1)
        self.environment = os.environ | SENDING | {
            "DATA": str(folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"unix://{folder}/redis.sock",
            "LOG_FILES": str(folder / "logs" / "maillog"),
            "RELAY_HOST": "127.0.0.1",
            "RELAY_PORT": str(self.relay_port),
            "NOTICE_PER_SECOND": str(per_second),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        }  # fmt: skip
        self.commands = {"redis": self._redis(), "relay": self._relay()}
        self.commands |= {f"worker{number}": self._worker(number) for number in range(workers)}
        if workers:
            self.commands["beat"] = self._celery("beat", "--pidfile=", "--loglevel", "warning")
        self.processes: dict[str, subprocess.Popen] = {}

    # --- Life ---------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        for name in names or self.commands:
            with open(self.folder / f"{name}.log", "ab") as log:
                options = {"cwd": ROOT, "env": self.environment, "start_new_session": True, "preexec_fn": _die_with_us}
                self.processes[name] = subprocess.Popen(self.commands[name], stdout=log, stderr=log, **options)

    def look_after(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)

    def end(self) -> None:
        """Also of those that lost their main process."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pid in self.members():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.cluster:
            self.cluster.stop()

    def members(self, name: str = "") -> list[int]:
        """The processes of this world; of one of its parts those that are not its main one."""
        mark = f"DATA={self.folder}\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                session = int((process / "stat").read_text().rpartition(")")[2].split()[3])
                main = self.processes[name].pid if name else 0
                if mark in (process / "environ").read_bytes() and (not name or session == main != int(process.name)):
                    found.append(int(process.name))
        return sorted(found)

    def wait_for_answers(self) -> None:
        until(lambda: self._answers("redis") and self._answers("relay"), "Redis and the relay")

    def _answers(self, name: str) -> bool:
        family, address = {
            "redis": (socket.AF_UNIX, f"{self.folder}/redis.sock"),
            "relay": (socket.AF_INET, ("127.0.0.1", self.relay_port)),
        }[name]
        with socket.socket(family) as tried:
            return tried.connect_ex(address) == 0

    def _redis(self) -> list[str]:
        options = f"--port 0 --unixsocket {self.folder}/redis.sock --dir {self.folder} --appendonly no"
        return [redis_server(), *options.split(), "--save", ""]

    def _relay(self) -> list[str]:
        words = [HERE / "relay.py", self.folder, self.relay_port]
        return [sys.executable, *map(str, words)]

    def _worker(self, number: int) -> list[str]:
        quiet = "--without-gossip --without-mingle --loglevel warning --concurrency 2"
        return self._celery("worker", "--hostname", f"worker{number}@%h", *quiet.split())

    def _celery(self, *words: str) -> list[str]:
        return self._by_the_clock("celery", *words)

    def _by_the_clock(self, *words: str) -> list[str]:
        return [sys.executable, str(HERE / "by_the_clock.py"), str(self.folder / "clock"), *words]

    # --- Doors --------------------------------------------------------------------------

    def manage(self, *words: str) -> str:
        command = self._by_the_clock("manage", *words)
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"manage.py {words}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def order(self, **order: str) -> bool:
        """Tell the relay what to do at a step of its next mail; False while it is dead."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            try:
                line.connect(f"{self.folder}/orders")
                line.sendall(json.dumps(order).encode() + b"\n")
                return line.recv(10) == b"ok\n"
            except OSError:
                return False

    def accepted(self) -> list[dict[str, str]]:
        """What the relay has taken, ever."""
        path = self.folder / "accepted.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def taken(self) -> int:
        """How many that are."""
        path = self.folder / "accepted.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def ordered_kills(self) -> list[str]:
        path = self.folder / "kills"
        return path.read_text().splitlines() if path.exists() else []

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.environment["REDIS_URL"])

    def last_words(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text()[-3000:] if path.exists() else ""

    @contextmanager
    def orm(self, blocker) -> Iterator[None]:
        """Django's models in this process speak to this world's database."""
        from django.db import connection

        before = connection.settings_dict
        connection.close()
        connection.settings_dict = before | env.database("DATABASE_URL_OF_NOBODY", default=self.database_url)
        try:
            with blocker.unblock():
                yield
        finally:
            connection.close()
            connection.settings_dict = before


def _die_with_us() -> None:
    """In the child: should the tests be killed, it is, too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
