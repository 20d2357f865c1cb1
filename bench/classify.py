"""Lines a second of `classify` and of Debian's pflogsumm, in turn, on the same generated log.

    python bench/classify.py [--lines 5000000] [--runs 3] [--data DIRECTORY]

`classify` reads the login log (two lines to five of Postfix) as well, and joins the two;
pflogsumm can only read the mail log. Lines a second count what each has read; the ratio of
seconds alone is printed beside it. Exits with 1 when the median ratio of lines a second is
below 25, or when `classify` needs 1.5 GB or more, or more for a log of twice as many days.
"""

import shutil
import sys
from statistics import median

from measuring import LIMIT_MB, classify, folder_for, lines_of, logs, options, surroundings, timed

WANTED = 25


def main() -> None:
    given = options(__doc__)
    if not shutil.which("pflogsumm"):
        sys.exit("pflogsumm is not installed (Debian: apt install pflogsumm)")
    with folder_for(given.data) as folder:
        paths, double = logs(folder, given.lines), logs(folder, 2 * given.lines)
        mail, both = lines_of(paths[0]), sum(map(lines_of, paths))
        timed(classify(*paths))
        ours, theirs, memory = [], [], 0.0
        print(f"{both:,} lines for classify, {mail:,} of them for pflogsumm")
        print(f"{'run':>4} {'classify s':>11} {'CPU':>6} {'pflogsumm s':>12} {'CPU':>6} {'seconds':>8} {'lines/s':>8}")
        for run in range(given.runs):
            mine, peer = timed(classify(*paths)), timed(["pflogsumm", paths[0]])
            ours.append(mine.seconds)
            theirs.append(peer.seconds)
            memory = max(memory, mine.peak)
            ratio = theirs[-1] / ours[-1]
            times = f"{ours[-1]:>11.2f} {mine.cpu:>6.2f} {theirs[-1]:>12.2f} {peer.cpu:>6.2f}"
            print(f"{run + 1:>4} {times} {ratio:>8.1f} {ratio * both / mail:>8.1f}", flush=True)
        seconds_ratio = median(their / our for our, their in zip(ours, theirs, strict=True))
        ratio = seconds_ratio * both / mail
        double_memory = timed(classify(*double)).peak
    rate, peer_rate = both / median(ours), mail / median(theirs)
    print(f"medians: classify {rate:,.0f} lines/s, pflogsumm {peer_rate:,.0f} lines/s")
    print(f"ratio of seconds {seconds_ratio:.1f}, of lines a second {ratio:.1f}")
    print(f"peak memory: {memory:.0f} MB, with twice the days {double_memory:.0f} MB; {surroundings()}")
    grows = double_memory > 1.25 * memory
    sys.exit(int(ratio < WANTED or max(memory, double_memory) >= LIMIT_MB or grows))


if __name__ == "__main__":
    main()
