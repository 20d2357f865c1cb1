"""Events in Parquet files, by stream and day, named by what they were read from.

    ROOT/logins/day=2026-11-24/NAME-OFFSET.parquet
    ROOT/messages/day=2026-11-24/NAME-OFFSET.parquet
    ROOT/sessions/day=2026-11-24/NAME-OFFSET.parquet

NAME is the digest of the log file's first bytes. The same bytes read again overwrite the
same files, so nothing is ever there twice.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from campaign.logs.events import SCHEMAS, Events
from campaign.submissions.days import days_between, start_of

WITH_DICTIONARY = ["kind", "host", "mta", "status", "code", "service"]


class Segments:
    """The event files below one folder; days are those of `zone`.

    LZ4 takes twice the room of zstd and half its time, which every reading and attribution pays;
    `passing` files, read once and thrown away, are not compressed at all.
    """

    def __init__(self, root: Path, zone: ZoneInfo, *, passing: bool = False) -> None:
        self.root = root
        self.zone = zone
        self.compression = "none" if passing else "lz4"

    def write(self, events: Events, *, name: str, offset: int, keep_from: date = date.min) -> set[tuple[str, date]]:
        """Stores the events of one block, but for days before `keep_from`.

        Returns which streams and days it has events of, also those that were not stored.
        """
        found = set()
        for stream, table in events.tables().items():
            for day, part in self._by_day(table):
                if day >= keep_from:
                    self._write(part, self._path(stream, day, name, offset))
                found.add((stream, day))
        return found

    def _by_day(self, table: pa.Table) -> Iterable[tuple[date, pa.Table]]:
        if not table.num_rows:
            return
        bounds = pc.min_max(table["moment"]).as_py()
        days = list(days_between(bounds["min"], bounds["max"], self.zone))
        if len(days) == 1:
            yield days[0], table
            return
        places = (
            np.searchsorted([start_of(day, self.zone) for day in days], table["moment"].to_numpy(), side="right") - 1
        )
        for place in np.unique(places):
            yield days[place], table.filter(pa.array(places == place))

    def _path(self, stream: str, day: date, name: str, offset: int) -> Path:
        return self.root / stream / f"day={day.isoformat()}" / f"{name[:32]}-{offset:015}.parquet"

    def _write(self, table: pa.Table, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Readers see a whole file or none; a name of its own keeps two writers of the same bytes apart.
        unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
        dictionaries = [name for name in WITH_DICTIONARY if name in table.column_names]
        pq.write_table(
            table,
            unfinished,
            compression=self.compression,
            use_dictionary=dictionaries,
            write_statistics=["moment", "pid"],
        )
        unfinished.replace(path)

    @contextmanager
    def turn(self, inode: str) -> Iterator[None]:
        """One reader of a log file at a time, on all machines that share these files; it ends with the process."""
        folder = self.root / "turns"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / inode
        while True:
            with open(path, "w") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                if not _is_still(path, turn.fileno()):
                    continue  # who had the turn before has taken the file away, and others wait at another
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)  # before the lock ends: logs come and go, and their inodes with them
                return

    def forget(self, name: str) -> None:
        """Removes all events of one file: it is about to be read again from its begin."""
        for path in self.root.glob(f"*/day=*/{name[:32]}-*.parquet"):
            path.unlink(missing_ok=True)

    def files(self, stream: str, days: Iterable[date]) -> list[str]:
        """The event files of these days, in a fixed order."""
        found = []
        for day in sorted(set(days)):
            found += sorted(str(path) for path in (self.root / stream / f"day={day.isoformat()}").glob("*.parquet"))
        return found

    def held(self, stream: str, days: Iterable[date], folder: Path) -> list[str]:
        """The same files as links of our own in `folder`, which is emptied first: NUMBER-NAME-OFFSET.parquet.

        The last piece of a growing log is replaced whenever lines come; who reads it in the
        meantime keeps the one that it began with.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        found = []
        for number, path in enumerate(self.files(stream, days)):
            link = folder / f"{number:06}-{Path(path).name}"
            with suppress(FileNotFoundError):  # past the retention since a moment
                try:
                    os.link(path, link)
                except FileNotFoundError:
                    raise
                except OSError:  # the segments are on another file system
                    shutil.copyfile(path, link)
                found.append(str(link))
        return found

    def days(self) -> list[date]:
        """Every day that has events of any stream."""
        names = {path.name.removeprefix("day=") for path in self.root.glob("*/day=*")}
        return sorted(date.fromisoformat(name) for name in names)

    def drop_before(self, day: date) -> list[date]:
        """Removes the events of all days before `day`; returns these days."""
        dropped = [old for old in self.days() if old < day]
        for old in dropped:
            for stream in SCHEMAS:
                shutil.rmtree(self.root / stream / f"day={old.isoformat()}", ignore_errors=True)
        return dropped


def _is_still(path: Path, opened: int) -> bool:
    """Whether the opened file is the one that the path names now."""
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except FileNotFoundError:
        return False
