"""Lines a second of `classify` and of Debian's pflogsumm, in turn, on the same generated log.

    python bench/classify.py [--lines 5000000] [--runs 3] [--data DIRECTORY]

`classify` reads the login log (two lines to five of Postfix) as well, and joins the two;
pflogsumm can only read the mail log. Lines a second count what each has read; the ratio of
seconds alone is printed beside it. Exits with 1 when the median ratio of lines a second is
below 10, or when `classify` needs 1.5 GB or more, or more for a log of twice as many days.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
WANTED = 10
LIMIT_MB = 1500


def generated(folder: Path, lines: int) -> Path:
    """The logs of so many lines of Postfix, a million a day, made once."""
    place = folder / f"{lines}-lines"
    if not (place / "done").exists():
        size = ["--lines", str(lines), "--days", str(lines / 1_000_000)]
        subprocess.run([sys.executable, "bench/generate.py", place, *size], cwd=ROOT, check=True)
        (place / "done").touch()
    return place


def lines_of(path: Path) -> int:
    """How many lines a file has; leaves it in the page cache, for both."""
    with path.open("rb") as file:
        return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 24), b""))


def timed(words: list[str]) -> tuple[float, float]:
    """Seconds, and the largest memory of the process in MB."""
    began = time.monotonic()
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{words[0]} ended with status {status}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def classify(place: Path) -> list[str]:
    logs = ["--login-log", str(place / "dovecot.log"), "--smtp-log", str(place / "maillog")]
    return [sys.executable, "manage.py", "classify", *logs, "--local-domain", "isp.example", "--year", "2026"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=5_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--data", type=Path)
    given = options.parse_args()
    if not shutil.which("pflogsumm"):
        sys.exit("pflogsumm is not installed (Debian: apt install pflogsumm)")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.data or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        place, double = generated(folder, given.lines), generated(folder, 2 * given.lines)
        mail, both = lines_of(place / "maillog"), lines_of(place / "maillog") + lines_of(place / "dovecot.log")
        peer = ["pflogsumm", str(place / "maillog")]
        timed(classify(place))
        ours, theirs, memory = [], [], 0.0
        print(f"{both:,} lines for classify, {mail:,} of them for pflogsumm")
        print(f"{'run':>4} {'classify s':>11} {'pflogsumm s':>12} {'seconds':>8} {'lines/s':>8}")
        for run in range(given.runs):
            seconds, peak = timed(classify(place))
            ours.append(seconds)
            memory = max(memory, peak)
            theirs.append(timed(peer)[0])
            ratio = theirs[-1] / ours[-1]
            print(f"{run + 1:>4} {ours[-1]:>11.2f} {theirs[-1]:>12.2f} {ratio:>8.1f} {ratio * both / mail:>8.1f}")
        seconds_ratio = median(their / our for our, their in zip(ours, theirs, strict=True))
        ratio = seconds_ratio * both / mail
        _, double_memory = timed(classify(double))
    rate, peer_rate = both / median(ours), mail / median(theirs)
    print(f"medians: classify {rate:,.0f} lines/s, pflogsumm {peer_rate:,.0f} lines/s")
    print(f"ratio of seconds {seconds_ratio:.1f}, of lines a second {ratio:.1f}")
    print(f"peak memory: {memory:.0f} MB, with twice the days {double_memory:.0f} MB")
    grows = double_memory > 1.25 * memory
    sys.exit(int(ratio < WANTED or max(memory, double_memory) >= LIMIT_MB or grows))


if __name__ == "__main__":
    main()
