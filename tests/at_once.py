"""Two at work at once, each with a connection of its own, one step after the other: no test has to hit a moment."""

import threading
import time
from collections.abc import Callable

from django.db import connection, connections

PATIENCE = 600  # seconds, in which any machine comes so far


class Other:
    """Somebody who begins `act` when this is made."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act, self._result, self._error = act, None, None
        self._known, self._pid = threading.Event(), None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._known.wait(PATIENCE)

    def _run(self) -> None:
        try:
            self._pid = _pid()
            self._known.set()
            self._result = self._act()
        except Exception as error:
            self._error = error
        finally:
            self._known.set()
            connection.close()

    def until_it_waits(self) -> None:
        """Until PostgreSQL lets it wait for somebody, or it is through. Of SQLite nobody knows."""
        self._until("SELECT cardinality(pg_blocking_pids(%s)) > 0")

    def through(self) -> None:
        """It comes to its end while the test is in the middle of a transaction; PostgreSQL alone can tell."""
        self._until(f"SELECT {_pid()} = ANY (pg_blocking_pids(%s))")
        assert connection.vendor != "postgresql" or not self.at_work, "it waits for the test"

    def _until(self, blocked: str) -> None:
        if connection.vendor != "postgresql":
            return
        own = connections.create_connection("default")  # the test's own may be in a transaction that failed
        try:
            begin = time.monotonic()
            while self.at_work and not _asked(own, blocked, self._pid):
                assert time.monotonic() - begin < PATIENCE
                time.sleep(0.005)
        finally:
            own.close()

    @property
    def at_work(self) -> bool:
        return self._thread.is_alive()

    def result(self) -> object:
        """What `act` returned, once it is through. Raises what it raised, such as a deadlock."""
        self._thread.join(PATIENCE)
        assert not self.at_work
        if self._error is not None:
            raise self._error
        return self._result


class Stop:
    """Whoever comes by first stays there, until `go_on`."""

    def __init__(self) -> None:
        self._reached, self._on, self._one = threading.Event(), threading.Event(), threading.Lock()

    def come_by(self) -> None:
        if self._one.acquire(blocking=False):
            self._reached.set()
            assert self._on.wait(PATIENCE)

    def before(self, act: Callable) -> Callable:
        def stopped(*args, **values):
            self.come_by()
            return act(*args, **values)

        return stopped

    def after(self, act: Callable) -> Callable:
        def stopped(*args, **values):
            found = act(*args, **values)
            self.come_by()
            return found

        return stopped

    def reached(self) -> None:
        """Until somebody stays there."""
        assert self._reached.wait(PATIENCE)

    def go_on(self) -> None:
        self._on.set()


def _pid() -> int | None:
    connection.ensure_connection()
    return connection.connection.info.backend_pid if connection.vendor == "postgresql" else None


def _asked(one, question: str, *values: object) -> object:
    with one.cursor() as cursor:
        return cursor.execute(question, values).fetchone()[0]
