"""A process of the benches that attributes all days of a folder of segments, without a database.

    python bench/attributing.py SEGMENTS SCRATCH

Says what it took, and what it counted: {"seconds": 1.2, "cpu": 2.0, "peak": MB, "counted": "..."}.
"""

import json
import resource
import sys
import time
from pathlib import Path

from reading import ROOT, ZONE, cpu

from campaign.logs.client import program_of
from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.segments import Segments

USE = (ROOT / "campaign/submissions/daily.sql").read_text()
COUNTS = "SELECT class, attribution, count(*) FROM submission GROUP BY class, attribution ORDER BY class, attribution"
RULES = Rules(local_domains={"isp.example"}, program_of=program_of)


def main() -> None:
    segments, scratch = Segments(Path(sys.argv[1]), ZONE), Path(sys.argv[2])
    scratch.mkdir(parents=True, exist_ok=True)
    began, before, counted = time.monotonic(), cpu(), []
    with connect(scratch) as con:
        for day in segments.days():
            attribute(con, segments, day, RULES)
            kinds = ", ".join(f"{count:,} {way} {sure}" for way, sure, count in con.execute(COUNTS).fetchall())
            counted.append(f"{day}: {kinds}, {con.sql(USE).to_arrow_table().num_rows:,} rows of daily use")
    seconds, used = time.monotonic() - began, cpu() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": used, "peak": peak, "counted": "; ".join(counted)}))


if __name__ == "__main__":
    main()
