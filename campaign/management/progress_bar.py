"""A line that moves while a person watches, and nothing at all where nobody does."""

import time


class ProgressBar:
    """`total` in the same unit as what `advance()` gets; without it only the amount is shown."""

    def __init__(self, stream, what: str, *, unit: str, total: int | None = None, scale: int = 1) -> None:
        self.stream, self.what, self.unit, self.total, self.scale = stream, what, unit, total, scale
        self.done = 0
        self._shown_at = 0.0
        self._watched = bool(getattr(stream, "isatty", lambda: False)())

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._watched and self._shown_at:
            self._show()
            self.stream.write("\n", ending="")

    def advance(self, amount: int) -> None:
        self.done += amount
        if self._watched and time.monotonic() - self._shown_at > 0.2:
            self._show()

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        text = f"{self.what} {self.done // self.scale} {self.unit}"
        if self.total:
            filled = 30 * self.done // self.total
            text = f"{self.what} [{'#' * filled}{'.' * (30 - filled)}] {self.done} of {self.total} {self.unit}"
        self.stream.write(f"\r{text}", ending="")
        self.stream.flush()
