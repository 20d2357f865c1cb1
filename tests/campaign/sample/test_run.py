"""The whole product as `make run` starts it, with a provider of a hundred customers."""

import gzip
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from ports import free_ports
from waiting import until

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"SAMPLE_CUSTOMERS": "120", "SAMPLE_DAYS": "65"}
PATIENCE = 600  # seconds


class Run:
    def __init__(self, data: Path) -> None:
        self.data, (self.port,) = data, free_ports(1)
        self.output = data.parent / f"output-{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = kept | SMALL | {"DATA": str(data), "PORT": str(self.port)}
        command = [sys.executable, "manage.py", "run"]
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def until(self, text: str) -> None:
        self._wait(lambda: text in self.output.read_text(), text)

    def _wait(self, is_so: Callable[[], object], what: str) -> None:
        def must_live() -> None:
            assert self.process.poll() is None, "it has ended"

        try:
            until(is_so, what, seconds=PATIENCE, meanwhile=must_live)
        except AssertionError:
            print(self.output.read_text())
            raise

    def until_some(self, query: str) -> None:
        self._wait(lambda: ask(self.data, query), query)

    def living(self) -> list[int]:
        """Every process that was started with this run's DATA or works in it."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                # Redis writes its title over its environment.
                if f"DATA={self.data}\0".encode() in (place / "environ").read_bytes() or self.is_redis(place):
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    def is_redis(self, place: Path) -> bool:
        return b"redis-server" in (place / "cmdline").read_bytes() and place.joinpath("cwd").readlink() == self.data

    def until_nothing_lives(self) -> None:
        """Also what was killed takes a moment to be gone."""
        until(lambda: not self.living(), "all of it to end", seconds=PATIENCE)

    def ends_with(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def runs(tmp_path):
    """Starts runs in one DATA; whatever is left of them is ended."""
    started = []

    def start() -> Run:
        started.append(Run(tmp_path / "data"))
        return started[-1]

    yield start
    for run in started:
        for number in run.living():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        run.process.wait(60)


def ask(data: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(data / "campaign.sqlite3")) as database:
        return database.execute(query).fetchall()


def lines_of(data: Path) -> list[str]:
    """All mail lines, the months put away included."""
    found = []
    for path in sorted((data / "sample/logs").glob("maillog-*.gz")):
        found += gzip.decompress(path.read_bytes()).decode().splitlines()
    return found + (data / "sample/logs/maillog").read_text().splitlines()


def test_a_run_killed_in_the_middle_goes_on_with_nothing_twice_and_nothing_lost_and_ends_as_a_whole(runs):
    first = runs()
    first.until("lines written and read")
    first.ends_with(signal.SIGKILL)
    first.until_nothing_lives()

    second = runs()
    second.until("The history is complete")
    with urllib.request.urlopen(f"http://127.0.0.1:{second.port}/staff/login/") as page:
        assert page.status == 200
    data = second.data
    second.until_some("SELECT * FROM notices_lift")
    second.until_some("SELECT * FROM notices_funnelcounts")
    second.until_some("SELECT * FROM notices_forecast")
    assert second.ends_with(signal.SIGTERM) == 0
    second.until_nothing_lives()
    assert ask(data, "SELECT DISTINCT wave FROM notices_wavenotices ORDER BY wave")[:3] == [(1,), (2,), (3,)]
    accepted = [ident for (ident,) in ask(data, "SELECT message_id FROM notices_notice WHERE state = 'accepted'")]
    logged = re.findall(r"message-id=<(notice\.[^>]+)>", "\n".join(lines_of(data)))
    assert sorted(logged) == sorted(accepted) != []
    clients = [line for line in lines_of(data) if ": client=" in line]
    assert len(clients) == len(set(clients))
    days = ask(data, "SELECT count(*) FROM campaign_coverage")[0][0]
    assert days >= 2 * 65
    assert ask(data, "SELECT count(*) FROM notices_mailing WHERE state = 'planned'") != [(0,)]


def test_when_one_process_dies_all_end_and_the_run_fails(runs):
    run = runs()
    run.until("The pages are up")
    redis = [number for number in run.living() if run.is_redis(Path(f"/proc/{number}"))]
    assert len(redis) == 1
    os.kill(redis[0], signal.SIGKILL)
    assert run.process.wait(PATIENCE) != 0
    said = run.output.read_text()
    assert "redis ended by itself" in said, said
    run.until_nothing_lives()
