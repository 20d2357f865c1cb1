"""Writes the two hosts' log files as syslog and logrotate would, and never a line twice.

`logs/maillog` and `logs/dovecot.log` grow; at the turn of a month they become
`NAME-YYYYMMDD.gz`, named by the first day of the new month. The state is saved before a
write and after it; a run that died in between cuts the files back to the sizes in the
state, and the same bytes are written again.
"""

import os
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from pathlib import Path

from isal import igzip

from campaign.sample.state import State, save

STAMP = itemgetter(slice(0, 15))  # within one day stamps sort as text
MAIL, LOGINS = "maillog", "dovecot.log"


class Writer:
    def __init__(self, folder: Path, state: State) -> None:
        self.folder, self.state = folder, state
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._cut_back(MAIL, state.mail_size)
        self._cut_back(LOGINS, state.login_size)

    @property
    def growing(self) -> list[Path]:
        return [self.logs / MAIL, self.logs / LOGINS]

    def _cut_back(self, name: str, size: int) -> None:
        with open(self.logs / name, "ab") as file:
            file.truncate(size)

    def append(self, mail: Sequence[str], logins: Sequence[str], *, until: int, journal: int) -> None:
        """Lines of one day, in any order between acts; `until` and `journal` say what is now written."""
        self.state = self.state.having(
            until=until,
            journal=journal,
            mail_size=self._write(MAIL, self.state.mail_size, mail),
            login_size=self._write(LOGINS, self.state.login_size, logins),
        )
        save(self.folder, self.state)

    def _write(self, name: str, size: int, lines: Sequence[str]) -> int:
        if not lines:
            return size
        text = "\n".join(sorted(lines, key=STAMP)) + "\n"
        file = os.open(self.logs / name, os.O_WRONLY | os.O_APPEND)
        try:
            left = memoryview(text.encode())
            while left:  # one call, unless the disk is full
                left = left[os.write(file, left) :]
            return os.fstat(file).st_size
        finally:
            os.close(file)

    def rotate(self, first: date) -> None:
        """Puts the finished month away, once; `first` is the first day of the new one."""
        if self.state.rotated == first.isoformat():
            return
        for name in (MAIL, LOGINS):
            self._pack(self.logs / name, self.logs / f"{name}-{first:%Y%m%d}.gz")
        self.state = self.state.having(mail_size=0, login_size=0, rotated=first.isoformat())
        save(self.folder, self.state)
        for name in (MAIL, LOGINS):
            # A new file, not a shorter one: whoever reads the old one keeps what was in it.
            (self.logs / name).unlink()
            (self.logs / name).touch()

    @staticmethod
    def _pack(source: Path, target: Path) -> None:
        draft = target.with_name(f".{target.name}.new")
        with open(source, "rb") as plain, igzip.open(draft, "wb", compresslevel=1) as packed:
            while block := plain.read(1 << 20):
                packed.write(block)
        os.utime(draft, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
        os.replace(draft, target)

    def dated(self, moment: float) -> None:
        """The files' modification times, as they were when the history was news."""
        for path in self.growing:
            os.utime(path, (moment, moment))
