"""Lines a second of two reading processes beside one, in turn, on the same logs cut in halves.

    python bench/workers.py [--lines 5000000] [--runs 3] [--data DIRECTORY]

One process on one core reads all files; two processes, as Celery's workers are, on a core each, read half of them
each; and one process on both cores, which has a thread for each, is shown beside them. All are started up before
the clock runs. Exits with 1 when two processes are, at the median, less than 1.7 times as fast as one, or when a
process needs 1.5 GB or more.
"""

import os
import sys
from pathlib import Path
from statistics import median

from measuring import LIMIT_MB, folder_for, logs, options, reading, surroundings

AT_LEAST = 1.7


def main() -> None:
    given = options(__doc__)
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        sys.exit("needs two cores")
    first, second = ({core} for core in cores)
    with folder_for(given.data) as folder:
        halves = [half for path in logs(folder, given.lines) for half in cut(path)]
        segments = folder / "segments"
        ways = {
            "one process, one core": lambda: reading(segments, halves, cores=[first]),
            "two processes": lambda: reading(segments, halves[::2], halves[1::2], cores=[first, second]),
            "one process, two cores": lambda: reading(segments, halves, cores=[first | second]),
        }
        reading(segments, halves)
        runs = {name: [] for name in ways}
        for _ in range(given.runs):
            for name, run in ways.items():
                runs[name].append(run())
    alone = runs["one process, one core"]
    print(f"{'':>23} {'s':>7} {'CPU s':>7} {'MB':>6} {'times as fast':>14}   (medians of {given.runs})")
    gained = {}
    for name, done in runs.items():
        gained[name] = median(one.seconds / each.seconds for one, each in zip(alone, done, strict=True))
        seconds, cpu = median(each.seconds for each in done), median(each.cpu for each in done)
        print(f"{name:>23} {seconds:>7.2f} {cpu:>7.2f} {max(each.peak for each in done):>6.0f} {gained[name]:>14.2f}")
    print(f"wanted of two processes: at least {AT_LEAST}; {surroundings()}")
    too_much = any(each.peak >= LIMIT_MB for done in runs.values() for each in done)
    sys.exit(int(gained["two processes"] < AT_LEAST or too_much))


def cut(path: Path) -> list[Path]:
    """The halves of a log as files of their own, cut between lines, made once."""
    halves = [path.with_name(f"{path.name}.{number}") for number in (1, 2)]
    if not all(half.exists() for half in halves):
        data = path.read_bytes()
        middle = data.index(b"\n", len(data) // 2) + 1
        halves[0].write_bytes(data[:middle])
        halves[1].write_bytes(data[middle:])
    return halves


if __name__ == "__main__":
    main()
