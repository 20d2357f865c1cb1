"""Kills at random points of a round; which ones and where, a seed says."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

from faults.world import World
from waiting import until

STEPS_OF_A_CLIENT = ("mail", "rcpt", "begun", "named", "recorded", "replied")
STEPS_OF_THE_RELAY = ("rcpt", "begun", "named", "recorded", "replied", "queued")


class Storm:
    """Each stroke comes when the relay has taken so many more: all over the round, however fast it is.

    `meanwhile` looks after what is down, and `is_quiet` says whether nothing is on its way to the relay.
    """

    def __init__(self, world: World, seed: int, *, meanwhile: Callable[[], None], is_quiet: Callable[[], object]):
        self.world, self.chance, self.meanwhile, self.is_quiet = world, Random(seed), meanwhile, is_quiet
        self.strokes: list[str] = []
        self._begun = time.monotonic()
        self._ways: list[tuple[int, Callable[[], str | None]]] = [
            (24, self.a_sending_process),
            (8, self.a_process_at_a_step),
            (5, self.the_relay),
            (6, self.the_relay_at_a_step),
            (5, self.redis),
            (5, self.the_database if world.cluster else self.all_workers_at_once),
            (4, self.a_worker_with_its_processes),
            (2, self.the_main_process_of_a_worker),
            (1, self.beat),
        ]

    @property
    def kills(self) -> int:
        return len(self.strokes) + len(self.world.ordered_kills())

    def rage(self, kills: int, *, until_taken: int) -> None:
        """So many kills, spread until the relay has taken so many. What was ordered counts when it is done, if ever."""
        begun, before = self.world.taken(), self.kills
        step = (until_taken - begun) / kills
        weights, ways = zip(*self._ways, strict=True)
        while (done := self.kills - before) < kills:
            self._wait_for(begun + (done + self.chance.random()) * step)
            said = self.chance.choices(ways, weights)[0]()
            if said:
                self.remember(said)

    def calm(self) -> None:
        """No kill is under way any more; with Redis goes the turn that a dead reader of the logs has for a minute."""
        self._order(at="", kill="")
        self.remember(self.redis())

    def remember(self, said: str) -> None:
        self.strokes.append(f"{self.world.taken()} taken, {time.monotonic() - self._begun:.0f} s: {said}")

    def _wait_for(self, point: float) -> None:
        """All that was killed before is back by then, and at work again, however long that takes here."""
        self.meanwhile()
        until(lambda: self.world.taken() >= point or self.is_quiet(), "the next point", meanwhile=self.meanwhile)

    # --- Ways to die ----------------------------------------------------------------------

    def a_sending_process(self) -> str:
        found: list[int] = []
        until(lambda: found.extend(self._senders()) or found, "a worker to begin", meanwhile=self.meanwhile)
        return self._kill(self.chance.choice(found), "a sending process")

    def a_process_at_a_step(self) -> None:
        self._order(at=self.chance.choice(STEPS_OF_A_CLIENT), kill="client")

    def the_relay(self) -> str:
        return self._kill(self.world.processes["relay"].pid, "the relay")

    def the_relay_at_a_step(self) -> None:
        self._order(at=self.chance.choice(STEPS_OF_THE_RELAY), kill="relay")

    def redis(self) -> str:
        return self._kill(self.world.processes["redis"].pid, "Redis")

    def the_database(self) -> str:
        return f"the database: {self.world.cluster.die(self.chance)}"

    def all_workers_at_once(self) -> str:
        for name in self._workers():
            self._kill_all_of(name)
        return "all workers at once"

    def a_worker_with_its_processes(self) -> str:
        name = self.chance.choice(self._workers())
        self._kill_all_of(name)
        return f"{name} with its processes"

    def the_main_process_of_a_worker(self) -> str:
        name = self.chance.choice(self._workers())
        return self._kill(self.world.processes[name].pid, f"{name}'s main process")

    def beat(self) -> str:
        return self._kill(self.world.processes["beat"].pid, "beat")

    def _order(self, **order: str) -> None:
        until(lambda: self.world.order(**order), "the relay to take an order", meanwhile=self.meanwhile)

    def _senders(self) -> list[int]:
        return [pid for name in self._workers() for pid in self.world.members(name)]

    def _workers(self) -> list[str]:
        return [name for name in self.world.processes if name.startswith("worker")]

    def _kill_all_of(self, name: str) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.world.processes[name].pid, signal.SIGKILL)

    @staticmethod
    def _kill(pid: int, what: str) -> str:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return what
