"""Seconds to attribute a busy day beside the seconds to read its logs, in turn.

    python bench/attribution.py [--submissions 1000000] [--runs 3] [--data DIRECTORY]

The day has so many messages, each an unauthenticated submission (the only ones that need to be looked up among the
logins), and two logins for each: 8 lines of Postfix and 2 of Dovecot a message. Reading makes
segments of them in a warm process; attributing goes from the segments to the day's counts and daily use.
Exits with 1 when the median ratio of seconds is above a quarter, or when a process needs 1.5 GB or more.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from measuring import LIMIT_MB, ROOT, Run, folder_for, lines_of, logs, reading, surroundings

AT_MOST = 0.25
LINES_A_MESSAGE = 8.1  # a few are put off and tried again


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--submissions", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--data", type=Path, help="where the logs are kept; by default they are removed")
    given = options.parse_args()
    ratios, peak = [], 0.0
    with folder_for(given.data) as folder:
        lines = round(given.submissions * LINES_A_MESSAGE)
        paths = logs(folder, lines, "--days", "1", "--all-legacy", name="legacy-lines")
        segments = folder / "segments"
        reading(segments, paths)
        print(f"{sum(map(lines_of, paths)):,} lines")
        print(
            f"{'run':>4} {'reading s':>10} {'CPU':>6} {'MB':>6} {'attribution s':>14} {'CPU':>6} {'MB':>6} {'ratio':>6}"
        )
        for number in range(given.runs):
            read = reading(segments, paths)
            attributed, counted = attributing(segments, folder / "scratch")
            ratios.append(attributed.seconds / read.seconds)
            peak = max(peak, read.peak, attributed.peak)
            print(
                f"{number + 1:>4} {read.seconds:>10.2f} {read.cpu:>6.2f} {read.peak:>6.0f} {attributed.seconds:>14.2f}"
                f" {attributed.cpu:>6.2f} {attributed.peak:>6.0f} {ratios[-1]:>6.2f}",
                flush=True,
            )
    print(f"what came out: {counted}")
    print(f"attribution takes {median(ratios):.2f} of the reading at the median (wanted: at most {AT_MOST})")
    print(surroundings())
    sys.exit(int(median(ratios) > AT_MOST or peak >= LIMIT_MB))


def attributing(segments: Path, scratch: Path) -> tuple[Run, str]:
    """The work of a process of its own, without its start, and what it counted."""
    words = [sys.executable, "bench/attributing.py", segments, scratch]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    said = json.loads(done.stdout)
    return Run(said["seconds"], said["cpu"], said["peak"]), said["counted"]


if __name__ == "__main__":
    main()
