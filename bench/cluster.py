"""A PostgreSQL server of a bench's own, as Debian configures it: unix socket only, in a folder that is removed.

Only autovacuum is off: it would come at times of its own choosing. The bench cleans up itself, between what it times.
"""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database `bench`, while the server runs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[4]))
    if not found:
        sys.exit("PostgreSQL is not installed (Debian: apt install postgresql)")
    owner = pwd.getpwnam("postgres")
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if as_owner:  # it refuses to run as root
            os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [found[-1] / program, *arguments], check=True, cwd=folder, stdout=out, stderr=out, **as_owner
            )

        with open(Path(folder) / "log", "ab") as out:
            data = ["-D", f"{folder}/data"]
            run("initdb", *data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c autovacuum=off"
            run("pg_ctl", "start", "-w", *data, "-o", options)
            try:
                run("createdb", "-h", folder, "-U", "postgres", "bench")
                yield f"postgresql://postgres@{quote(folder, safe='')}/bench"
            finally:
                run("pg_ctl", "stop", *data, "-m", "immediate")
