"""Seconds to read logs beside ripgrep counting the lines that hold the same markers, in turn.

    python bench/markers.py [--lines 5000000] [--runs 3] [--data DIRECTORY]

ripgrep counts, in the same files, the lines with any of the strings by which the reading finds its facts, and does
nothing more: it is what a scan can cost at least. The reading (a warm process) also takes times, hosts and programs
of all lines, the fields of these, puts messages together and writes Parquet. `classify`, from the start
of its process to the last line of its answer, is shown beside it. Exits with 1 when the median ratio of the reading's
seconds to ripgrep's is above 10, or when a process needs 1.5 GB or more.
"""

import shutil
import sys
from statistics import median

from measuring import LIMIT_MB, classify, folder_for, lines_of, logs, options, reading, surroundings, timed

MARKERS = (": client=", ": from=<", "message-id=<", ": to=<", ": info: header ", ": removed", "Login: user=<")
AT_MOST = 10


def main() -> None:
    given = options(__doc__, runs=5)
    if not shutil.which("rg"):
        sys.exit("ripgrep is not installed (Debian: apt install ripgrep)")
    ratios, whole, peak = [], [], 0.0
    with folder_for(given.data) as folder:
        paths, segments = logs(folder, given.lines), folder / "segments"
        print(f"{sum(map(lines_of, paths)):,} lines; counted by ripgrep: {', '.join(map(repr, MARKERS))}")
        count = ["rg", "--count", "--fixed-strings", *(f"--regexp={one}" for one in MARKERS), *paths]
        reading(segments, paths)
        timed(count)
        print(f"{'run':>4} {'rg s':>6} {'CPU':>6} {'reading s':>10} {'CPU':>6} {'ratio':>6} {'classify s':>11}  ratio")
        for number in range(given.runs):
            peer, ours, all_of_it = timed(count), reading(segments, paths), timed(classify(*paths))
            ratios.append(ours.seconds / peer.seconds)
            whole.append(all_of_it.seconds / peer.seconds)
            peak = max(peak, ours.peak, all_of_it.peak)
            print(
                f"{number + 1:>4} {peer.seconds:>6.2f} {peer.cpu:>6.2f} {ours.seconds:>10.2f} {ours.cpu:>6.2f}"
                f" {ratios[-1]:>6.1f} {all_of_it.seconds:>11.2f} {whole[-1]:>6.1f}",
                flush=True,
            )
    print(f"medians: reading takes {median(ratios):.1f} times ripgrep's seconds (wanted: at most {AT_MOST})")
    print(f"classify as a whole {median(whole):.1f} times; peak memory {peak:.0f} MB; {surroundings()}")
    sys.exit(int(median(ratios) > AT_MOST or peak >= LIMIT_MB))


if __name__ == "__main__":
    main()
