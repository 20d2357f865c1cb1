"""The world's database, and how it dies."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import psycopg
from postgresql import OPTIONS, Cluster
from waiting import until


class MortalCluster(Cluster):
    """PostgreSQL that keeps what it has committed whatever process dies (only the machine must not)."""

    options = OPTIONS | {"synchronous_commit": "on", "max_connections": "60"}

    def create(self, name: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')

    def die(self, chance: Random) -> str:
        """One of its ends, and its beginning anew."""
        way = chance.choice([self._kill_a_backend, self._stop_at_once, self._kill_the_postmaster])
        way()
        return way.__name__.strip("_").replace("_", " ")

    def _kill_a_backend(self) -> None:
        """The postmaster then ends all the others, and recovers by itself."""
        until(self._killed_a_child, "somebody who speaks to the database")

    def _killed_a_child(self) -> bool:
        for line in self._children():
            with suppress(ProcessLookupError):
                os.kill(int(line), signal.SIGKILL)
                return True
        return False

    def _children(self) -> list[str]:
        found = []
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = status.read_bytes().replace(b"\0", b" ")
                parent = (status.parent / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if words.startswith(b"postgres: postgres campaign") and int(parent) == self._postmaster():
                found.append(status.parent.name)
        return found

    def _postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def _stop_at_once(self) -> None:
        self.stop()
        self.run()

    def _kill_the_postmaster(self) -> None:
        os.kill(self._postmaster(), signal.SIGKILL)
        self._run_again()

    def _run_again(self) -> None:
        """Its orphans must have gone before."""
        end = time.monotonic() + 120
        while True:
            try:
                self.run()
                return
            except (RuntimeError, subprocess.SubprocessError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
