"""Processes that share the pipeline's work while the history is built: one for each core.

Attributing days and sending notices are made to be done by several at once; here it makes
use of all cores while the months before today go by.
"""

import os
import signal
from collections.abc import Collection
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context

from campaign.sample.processes import die_with_parent

# Days that one process attributes in one go: opening its database for each would cost more.
SHARE = 8


class Hands:
    """A context manager; `attribute` begins work, `wait` and `attributed` wait for it."""

    def __init__(self, count: int | None = None) -> None:
        self._count = count or os.cpu_count() or 1
        self._pool = ProcessPoolExecutor(
            self._count, mp_context=get_context("spawn"), initializer=_begin, initargs=(os.getpid(),)
        )
        self._days: set[date] = set()
        self._work: list[Future] = [self._pool.submit(_get_ready)]

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def attribute(self, days: Collection[date], *, now: datetime) -> None:
        wanted = sorted(days)
        self._days.update(wanted)
        for begin in range(0, len(wanted), SHARE):
            self._work.append(self._pool.submit(_attribute, wanted[begin : begin + SHARE], now))

    def wait(self) -> None:
        """Until all that was begun is done. Raises what went wrong with it."""
        while self._work:
            self._work.pop().result()

    def attributed(self) -> set[date]:
        """The days since the last call, when all of them are done."""
        self.wait()
        days, self._days = self._days, set()
        return days

    def send(self, day: date) -> int:
        """How many notices the relay accepted on that day of the past."""
        return sum(work.result() for work in [self._pool.submit(_send, day) for _ in range(self._count)])


def _begin(parent: int) -> None:
    """Runs first in each process."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    import django

    django.setup()


def _get_ready() -> None:
    """What takes long to load, before it is needed."""
    from campaign.sample import rounds
    from campaign.submissions import intake

    assert rounds and intake


def _attribute(days: list[date], now: datetime) -> None:
    from campaign.submissions import intake

    intake.attribute(days, now=now)


def _send(day: date) -> int:
    from django.utils import timezone

    from campaign.sample import rounds

    return rounds.send(day, zone=timezone.get_default_timezone())
