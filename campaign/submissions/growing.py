"""Log files that grow and are rotated: which of them may have something new.

Nothing is assumed about how a file is rotated. One is looked at again whenever its place on the
disk, its size or its times differ from when it was last read, under whatever name; what it holds
tells the reading whether it is new (campaign/submissions/intake.py).
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime
from glob import glob
from pathlib import Path
from typing import NamedTuple

PACKED = (".gz", ".xz", ".zst", ".bz2")
PACKING = 10  # seconds; a packed file that changed since then may not be whole yet, and is no news


class Sign(NamedTuple):
    """Differs whenever a file may have been written to, replaced or renamed."""

    device: int
    inode: int
    size: int
    written_ns: int
    changed_ns: int


class Growing:
    """Files, folders of files, and patterns of names (`glob`); what of them does not exist yet is waited for.

    With a file go those that rotation made of it in its folder, as far as they were written to after
    `read_until` of its path.
    """

    def __init__(
        self, paths: Iterable[str | Path] = (), *, patterns: Iterable[str] = (), read_until: dict[str, datetime]
    ) -> None:
        self.paths = [os.path.abspath(path) for path in paths]
        self.patterns = tuple(patterns)
        self.read_until = read_until
        self._read: dict[tuple[int, int], Sign] = {}

    def changed(self, *, now: datetime) -> dict[str, Sign]:
        """The files to read, rotated ones before the one that grows. One that is just being packed waits."""
        packing = (now.timestamp() - PACKING) * 1e9
        found = {
            path: sign
            for path, sign in self._files()
            if sign.size and not (path.endswith(PACKED) and sign.changed_ns > packing)
        }
        present = {(sign.device, sign.inode) for sign in found.values()}
        self._read = {place: sign for place, sign in self._read.items() if place in present}
        return {path: sign for path, sign in found.items() if self._read.get((sign.device, sign.inode)) != sign}

    def done(self, read: dict[str, Sign]) -> None:
        """These were read; whatever came since `changed()` shows as another change."""
        for path, sign in read.items():
            now = _sign(path)
            # Where rotation came between the looking and the reading it was another file that was read.
            if now and (now.device, now.inode) == (sign.device, sign.inode):
                self._read[sign.device, sign.inode] = sign

    def _files(self) -> Iterator[tuple[str, Sign]]:
        seen = set()
        for path in self._names():
            if path not in seen and (sign := _sign(path)):
                seen.add(path)
                yield path, sign

    def _names(self) -> Iterator[str]:
        for path in self.paths:
            if os.path.isdir(path):
                yield from sorted(entry.path for entry in _entries(path))
            else:
                yield from sorted(self._rotated(path))
                yield path
        for pattern in self.patterns:
            yield from sorted(glob(pattern, recursive=True))

    def _rotated(self, path: str) -> Iterator[str]:
        since, its_names = self.read_until[path].timestamp() * 1e9, rotated_names(path)
        for entry in _entries(os.path.dirname(path)):
            if its_names.fullmatch(entry.path) and entry.path not in self.paths:
                sign = _sign(entry.path)
                if sign and sign.written_ns >= since:
                    yield entry.path


def rotated_names(path: str) -> re.Pattern[str]:
    """What rotation makes of a path: `mail.log.1`, `mail.log-20261124.gz`, `mail-20261124.log`."""
    stem, extension = map(re.escape, os.path.splitext(path))
    return re.compile(rf"{stem}{extension}[.-][^/]+|{stem}[.-]\d[^/]*{extension}(\.\w+)?")


def _entries(folder: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []  # not there yet, or for a moment


def _sign(path: str) -> Sign | None:
    """None where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Sign(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
