"""Seconds for logs packed by gzip beside the same logs plain, in turn.

    python bench/compressed.py [--lines 5000000] [--runs 3] [--data DIRECTORY]

Once for the reading alone (a warm process, lines into segments), once for the whole of `classify`.
Exits with 1 when a median ratio is above 1.3, or when a process needs 1.5 GB or more.
"""

import sys
from pathlib import Path
from statistics import median

from measuring import LIMIT_MB, Run, classify, folder_for, lines_of, logs, options, packed, reading, surroundings, timed

AT_MOST = 1.3


def main() -> None:
    given = options(__doc__)
    with folder_for(given.data) as folder:
        plain = logs(folder, given.lines)
        small = [packed(path) for path in plain]
        print(f"{sum(map(lines_of, plain)):,} lines, {_megabytes(plain):,.0f} MB, packed {_megabytes(small):,.0f} MB")
        segments = folder / "segments"
        sound = [
            compared("reading", given.runs, lambda paths: reading(segments, paths), plain, small),
            compared("classify", given.runs, lambda paths: timed(classify(*paths)), plain, small),
        ]
    print(surroundings())
    sys.exit(int(not all(sound)))


def compared(name: str, runs: int, run, plain: list[Path], small: list[Path]) -> bool:
    """Prints each run; whether the target is met."""
    run(plain)
    pairs: list[tuple[Run, Run]] = []
    print(f"{name:>9} {'plain s':>8} {'gzip s':>8} {'ratio':>6} {'plain CPU':>10} {'gzip CPU':>9} {'MB':>6}")
    for number in range(runs):
        a, b = run(plain), run(small)
        pairs.append((a, b))
        times = f"{a.seconds:>8.2f} {b.seconds:>8.2f} {b.seconds / a.seconds:>6.2f}"
        print(f"{number + 1:>9} {times} {a.cpu:>10.2f} {b.cpu:>9.2f} {max(a.peak, b.peak):>6.0f}", flush=True)
    ratio = median(b.seconds / a.seconds for a, b in pairs)
    print(f"{name}: gzip takes {ratio:.2f} times the seconds at the median (wanted: at most {AT_MOST})")
    return ratio <= AT_MOST and max(one.peak for pair in pairs for one in pair) < LIMIT_MB


def _megabytes(paths: list[Path]) -> float:
    return sum(path.stat().st_size for path in paths) / 1e6


if __name__ == "__main__":
    main()
