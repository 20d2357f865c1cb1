"""What the benches of log reading share: their options, logs made once, and processes that are timed."""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MB = 1500
A_DAY = 1_000_000  # lines of Postfix


@dataclass(frozen=True)
class Run:
    """Of one or more processes: seconds from begin to end, seconds of processor time, the largest memory in MB."""

    seconds: float
    cpu: float
    peak: float


def options(doc: str, *, lines: int = 5_000_000, runs: int = 3) -> argparse.Namespace:
    found = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--lines", type=int, default=lines, help="of Postfix; of Dovecot come two with five of them")
    found.add_argument("--runs", type=int, default=runs)
    found.add_argument("--data", type=Path, help="where the logs are kept; by default they are removed")
    return found.parse_args()


@contextmanager
def folder_for(data: Path | None) -> Iterator[Path]:
    """The folder for logs, and for what is written on the way."""
    with tempfile.TemporaryDirectory(prefix="bench-") as own:
        folder = (data or Path(own)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def logs(folder: Path, lines: int, *more: str, name: str = "lines") -> list[Path]:
    """The mail log and the login log of so many lines of Postfix, a million a day, made once."""
    place = folder / f"{lines}-{name}"
    if not (place / "done").exists():
        size = ["--lines", str(lines), "--days", str(lines / A_DAY), *more]
        subprocess.run([sys.executable, "bench/generate.py", place, *size], cwd=ROOT, check=True)
        (place / "done").touch()
    return [place / "maillog", place / "dovecot.log"]


def packed(path: Path) -> Path:
    """The same file as gzip makes it, made once."""
    found = path.with_name(path.name + ".gz")
    if not found.exists():
        unfinished = path.with_name(path.name + ".unfinished")
        with path.open("rb") as plain, gzip.open(unfinished, "wb", compresslevel=6) as out:
            shutil.copyfileobj(plain, out, 1 << 20)
        unfinished.rename(found)
    return found


def lines_of(path: Path) -> int:
    """How many lines a file has; leaves it in the page cache."""
    with path.open("rb") as file:
        return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 24), b""))


def timed(words: list[str | Path], *, good: tuple[int, ...] = (0,)) -> Run:
    """One process from its start to its end."""
    began = time.monotonic()
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
    while process.stdout.read(1 << 20):  # a pipe, since GNU and other tools do less for the null device
        pass
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in good:
        sys.exit(f"{words[0]} ended with status {process.returncode}")
    return Run(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def classify(*paths: Path) -> list[str | Path]:
    mail, logins = paths
    given = ["--smtp-log", mail, "--login-log", logins, "--local-domain", "isp.example", "--year", "2026"]
    return [sys.executable, "manage.py", "classify", *given]


def reading(segments: Path, *shares: list[Path], cores: list[set[int]] | None = None) -> Run:
    """A process for each share of the log files reads them into `segments`, which is emptied first.

    Timed from when all of them have started up; `cores` are those that each may use.
    """
    shutil.rmtree(segments, ignore_errors=True)
    cores = cores or [os.sched_getaffinity(0)] * len(shares)
    words = [sys.executable, "bench/reading.py", segments]
    processes = []
    for share, allowed in zip(shares, cores, strict=True):
        on = ",".join(map(str, sorted(allowed)))
        command = [*words, "--cores", on, *share]
        processes.append(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for process in processes:
        process.stdout.readline()
    began = time.monotonic()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.stdout.readline() for process in processes]
    seconds = time.monotonic() - began
    for process in processes:
        process.communicate()
    if any(process.returncode for process in processes):
        sys.exit("bench/reading.py failed")
    used = [json.loads(line) for line in said]
    return Run(seconds, sum(one["cpu"] for one in used), max(one["peak"] for one in used))


def surroundings() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
