"""A private PostgreSQL cluster in a folder of its own: unix socket only, nothing kept."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

# Nothing here outlives the run, so nothing waits for the disk.
OPTIONS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NotInstalled(Exception):
    """PostgreSQL's server programs are not on this machine."""


def programs() -> Path:
    """The folder of initdb and pg_ctl: Debian's newest version, or that of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = debian[-1] if debian else shutil.which("initdb")
    if not found:
        raise NotInstalled("PostgreSQL is not installed: the suite did not run on it (Debian: postgresql)")
    return Path(found).parent


class Cluster:
    """Owned by the superuser `postgres`, who needs no password."""

    options = OPTIONS

    def __init__(self, folder: Path):
        """`folder` must not exist, and its path is in lower case, because it becomes the host of `url`."""
        self.folder = folder
        self.url = f"postgresql://postgres@{quote(str(folder), safe='')}/campaign"
        self._programs = programs()
        self._owner = {}

    def start(self) -> None:
        self.folder.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self._give_away()
        auth = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", *auth)
        self.run()

    def run(self) -> None:
        """Start the server of a cluster that was made before."""
        options = self.options | {"unix_socket_directories": str(self.folder)}
        words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        self._run("pg_ctl", "start", "-w", "-t", "300", "-o", words, "-l", self.folder / "server.log")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate")

    def _give_away(self) -> None:
        names = {user.pw_name: user for user in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        self._owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.parent.chmod(0o711)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, "-D", self.folder / "data", *arguments]
        with open(self.folder / f"{program}.log", "ab") as log:  # a pipe would wait for the server to end
            done = subprocess.run(command, stdout=log, stderr=log, cwd=self.folder, **self._owner)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n" + (self.folder / f"{program}.log").read_text())
