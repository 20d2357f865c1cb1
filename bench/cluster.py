"""A PostgreSQL server of a bench's own, as Debian configures it: unix socket only, in a folder that is removed or kept.

Only autovacuum is off: it would come at times of its own choosing. The bench cleans up itself, between what it times.
"""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def postgresql(kept: Path | None = None, *, name: str = "bench") -> Iterator[str]:
    """The address of the database `name`, empty where it is new, while the server runs.

    With `kept` the server is that of this folder, made at the first time; one that runs already goes on running.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[4]))
    if not found:
        sys.exit("PostgreSQL is not installed (Debian: apt install postgresql)")
    owner = pwd.getpwnam("postgres")
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with ExitStack() as stack:
        folder = str(kept) if kept else stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        Path(folder).mkdir(parents=True, exist_ok=True)
        if as_owner:  # it refuses to run as root
            os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [found[-1] / program, *arguments], check=True, cwd=folder, stdout=out, stderr=out, **as_owner
            )

        with open(Path(folder) / "log", "ab") as out:
            data = ["-D", f"{folder}/data"]
            if not Path(folder, "data").exists():
                run("initdb", *data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            ours = not _runs(folder)
            options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c autovacuum=off"
            if ours:
                run("pg_ctl", "start", "-w", "-t", "600", *data, "-o", options)
            try:
                server = ["-h", folder, "-U", "postgres"]
                if not _has(found[-1] / "psql", server, name):
                    run("createdb", *server, name)
                yield f"postgresql://postgres@{quote(folder, safe='')}/{name}"
            finally:
                if ours:
                    run("pg_ctl", "stop", *data, "-t", "600", "-m", "fast" if kept else "immediate")


def _runs(folder: str) -> bool:
    """Its lock file has the process, and where that listens."""
    noted = Path(folder, "data", "postmaster.pid")
    return noted.exists() and Path("/proc", noted.read_text().split()[0]).exists()


def _has(psql: Path, server: list[str], name: str) -> bool:
    asked = ["-d", "postgres", "-A", "-t", "-c", "SELECT datname FROM pg_database"]
    found = subprocess.run([psql, *server, *asked], check=True, capture_output=True, text=True)
    return name in found.stdout.split()


def backends(folder: Path) -> list[int]:
    """The processes of the server that is kept there."""
    master = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    found = [master]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == master:
                found.append(int(stat.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def drop(kept: Path, *, name: str) -> None:
    """The database of that name, where there is one."""
    if (kept / "data").exists():
        with postgresql(kept, name="postgres") as url:
            import psycopg

            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
