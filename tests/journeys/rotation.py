"""What a journey does with real log files: move them into the past, and take what came after a moment."""

import gzip
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from journeys.provider import TIME_ZONE

STAMP = re.compile(rb"^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)", re.MULTILINE)
FORM = "%b %d %H:%M:%S"


def earlier(log: Path, target: Path, *, days: int, now: datetime) -> Path:
    """The same lines as if logged `days` ago, in `target`, packed as logrotate leaves them."""
    year = now.astimezone(ZoneInfo(TIME_ZONE)).year

    def moved(stamp: re.Match) -> bytes:
        then = datetime.strptime(f"{year} {stamp[1].decode()}", f"%Y {FORM}") - timedelta(days=days)
        return then.strftime(FORM).encode()

    target.mkdir(exist_ok=True)
    packed = target / f"{log.name}.{days}.gz"
    packed.write_bytes(gzip.compress(STAMP.sub(moved, log.read_bytes())))
    rotated_at = (now - timedelta(days=days)).timestamp()
    os.utime(packed, (rotated_at, rotated_at))  # from it a reader learns the year, which no line has
    return packed


class Cut:
    """Remembers where the logs end now; later `rest` gives what was added, as new files."""

    def __init__(self, logs: list[Path], target: Path):
        self._ends = {log: log.stat().st_size for log in logs}
        self._target = target

    def rest(self) -> list[Path]:
        self._target.mkdir(exist_ok=True)
        files = []
        for log, end in self._ends.items():
            files.append(self._target / log.name)
            files[-1].write_bytes(log.read_bytes()[end:])
        return files
