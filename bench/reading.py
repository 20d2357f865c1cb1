"""A process of the benches that reads logs into segments, as `ingest` does, without a database.

    python bench/reading.py SEGMENTS --cores 0,1 FILE...

Says that it is ready, waits for a line, reads, and says what it took: {"cpu": seconds, "peak": MB}.
"""

import argparse
import json
import os
import resource
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from campaign.logs.files import LogFile  # noqa: E402
from campaign.submissions import warm  # noqa: E402
from campaign.submissions.reading import Place, Reading, read_file  # noqa: E402
from campaign.submissions.segments import Segments  # noqa: E402

ZONE = ZoneInfo("Asia/Tokyo")
HOW = Reading(zone=ZONE, local_domains={"isp.example"}, latest=2**62, today=date(2026, 12, 31), year=2026)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("segments", type=Path)
    options.add_argument("files", nargs="+")
    options.add_argument("--cores", default="")
    given = options.parse_args()
    if given.cores:
        os.sched_setaffinity(0, [int(core) for core in given.cores.split(",")])
    warm.main()
    print("ready", flush=True)
    sys.stdin.readline()
    before = cpu()
    for path in given.files:
        with LogFile(path) as log:
            report = read_file(log, HOW, Segments(given.segments, ZONE), place=Place(), last_line_too=True)
        if report.problems or any(count.not_understood for count in report.programs.values()):
            sys.exit("\n".join(report.lines_for_people()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": cpu() - before, "peak": peak}), flush=True)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
