"""Everything of one machine under one roof: Redis, web, worker, beat and the sample, started and ended together.

A child that ends ends the whole; nothing is restarted silently. Each child leads a
process group of its own, so that whatever it started ends with it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

PATIENCE = 20.0  # seconds for a child to end by itself
WIDTH = 9
SET_PARENT_DEATH_SIGNAL = 1  # of Linux's prctl(2)
LIBRARY = ctypes.CDLL(None)
Say = Callable[[str], None]


class Ended(Exception):
    """A child ended on its own: its name and exit status."""


class Child:
    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], say: Say) -> None:
        self.name, self._say = name, say
        self._process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid()),
        )
        self._reader = threading.Thread(target=self._pass_on, name=f"output of {name}", daemon=True)
        self._reader.start()

    def _pass_on(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._say(f"{self.name:{WIDTH}}| {line.decode(errors='replace').rstrip()}")

    @property
    def status(self) -> int | None:
        """None while it lives."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        # Its leader alone: a worker's own children end when it has finished with them.
        if self.status is None:
            self._process.send_signal(signal.SIGTERM)

    def end(self, *, until: float) -> None:
        """Waits until that moment of the monotonic clock, then ends the whole group."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(until - time.monotonic(), 0.1))
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(PATIENCE)


def die_with_parent(parent: int) -> None:
    """Runs in the child: it also ends when its parent is killed without a word (Linux)."""
    if sys.platform == "linux":
        LIBRARY.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before that
            os._exit(1)


class Family:
    """The children, in the order of their start; they end in the other order."""

    def __init__(self, environment: Mapping[str, str], say: Say) -> None:
        self._environment, self._say = dict(environment), say
        self._children: list[Child] = []
        self._ending = threading.Event()

    def start(self, name: str, *command: str, **environment: str) -> Child:
        child = Child(name, command, self._environment | environment, self._say)
        self._children.append(child)
        return child

    def run(self, name: str, *command: str) -> None:
        """To its end. Raises `Ended` when that was no success."""
        child = self.start(name, *command)
        self._children.remove(child)
        try:
            while child.status is None and not self._ending.wait(0.05):
                pass
        finally:
            child.ask_to_end()
            child.end(until=time.monotonic() + PATIENCE)
        if child.status and not self._ending.is_set():
            raise Ended(f"{name} failed with exit status {child.status}")

    def wait(self, ready: Callable[[], bool]) -> bool:
        """Until `ready` holds; False when the family is to end. Raises `Ended` when a child ended."""
        while not self._ending.wait(0.2):
            self._check()
            if ready():
                return True
        return False

    def _check(self) -> None:
        for child in self._children:
            if child.status is not None:
                raise Ended(f"{child.name} ended by itself with exit status {child.status}")

    def ask_to_end(self, *_signal: object) -> None:
        """Also a signal's handler; asked again, it waits no longer."""
        if self._ending.is_set():
            for child in self._children:
                with suppress(ProcessLookupError):
                    os.killpg(child._process.pid, signal.SIGKILL)
        self._ending.set()

    def end(self) -> None:
        self._ending.set()
        until = time.monotonic() + PATIENCE
        redis, others = self._children[:1], self._children[1:]
        # Redis last: the others say good-bye to it.
        for group in (others[::-1], redis):
            for child in group:
                child.ask_to_end()
            for child in group:
                child.end(until=until)
        self._children.clear()
