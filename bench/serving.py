"""The product's web server as the deployment starts it, asked over HTTP; what it and the database used for that."""

import os
import shlex
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

UNIT = Path(__file__).resolve().parent.parent / "deploy" / "campaign-web.service"


@contextmanager
def served(data: Path) -> Iterator[int]:
    """The port, while Redis and gunicorn run with the database of our own environment."""
    from campaign.sample import machine
    from campaign.sample.processes import Family
    from campaign.sample.relay import free_port

    here, output = machine.place(data, free_port()), []
    family = Family(machine.environment(here, os.environ), output.append)
    try:
        family.start("redis", *machine.redis(here))
        family.start("web", *_command(here.port))
        family.wait(lambda: _answers(here.port))
        yield here.port
    except BaseException:
        print(*output[-20:], sep="\n")
        raise
    finally:
        family.end()
        machine.leave(here)


def _command(port: int) -> list[str]:
    """That of the deployment, from the environment that runs this."""
    import sys

    line = next(line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart="))
    program, *words = shlex.split(line.removeprefix("ExecStart="))
    words[words.index("--bind") + 1] = f"127.0.0.1:{port}"
    return [sys.executable, "-m", Path(program).name, *words, "--log-level", "warning"]


def _answers(port: int) -> bool:
    try:
        ask(port, "/staff/login/", "")
    except OSError:
        return False
    return True


def session() -> str:
    """The cookie of somebody of the support who has just logged in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username="support"))
    return client.cookies["sessionid"].OutputString().partition(";")[0]


def ask(port: int, address: str, cookie: str) -> float:
    """A request on a connection of its own; milliseconds until the last byte is here."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "en"})
    response = connection.getresponse()
    response.read()
    connection.close()
    taken = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise SystemExit(f"{address}: answered {response.status}")
    return taken


def workers() -> list[int]:
    """The processes of our gunicorn that answer."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    masters = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return [pid for pid, parent in parents.items() if parent in masters]


Work = dict[int, float]


def work(processes: Iterable[int]) -> Work:
    """Milliseconds of processor time that each has used; they do not depend on what else runs here."""
    total: Work = {}
    for pid in processes:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                total[pid] = total.get(pid, 0) + int(task.read_text().split()[0]) / 1e6
    return total


def since(before: Work, now: Work) -> float:
    """Milliseconds of those that are there now; what has ended meanwhile is not known."""
    return sum(used - before.get(pid, 0) for pid, used in now.items())


def memory(processes: Iterable[int], line: str = "VmHWM") -> list[int]:
    """The largest resident set of each so far, in MB, with what they share."""
    found = []
    for pid in processes:
        with suppress(OSError):
            status = Path(f"/proc/{pid}/status").read_text().splitlines()
            found += [int(each.split()[1]) // 1024 for each in status if each.startswith(f"{line}:")]
    return found
