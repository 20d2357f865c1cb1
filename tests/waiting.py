"""Waiting for what other threads and processes do: for as long as a busy machine may take, and not for ever."""

import time
from collections.abc import Callable

PATIENCE = 300  # seconds


def until(
    is_so: Callable[[], object],
    what: str = "what never happened",
    *,
    seconds: float = PATIENCE,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds:.0f} seconds in vain for {what}"
        meanwhile()
        time.sleep(0.05)
