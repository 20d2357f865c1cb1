"""Classified submissions as JSON, one object a line, in time order; needs no database."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from campaign.submissions.attribution import Rules, attribute, connect
from campaign.submissions.days import offsets_of
from campaign.submissions.json_lines import written
from campaign.submissions.segments import Segments

BATCH = 20_000
IN_MEMORY = 64 << 20  # bytes of a day's lines; more of them wait in a file
AT_ONCE = 2  # days attributed at the same time; each needs up to the attribution's limit of memory

QUERY = """
SELECT moment, host, queue_id, message_id, class, "user", attribution, ip AS client_ip, client_program, auth_failed
FROM submission ORDER BY moment, host, queue_id, started, line
"""


def listed(segments: Segments, rules: Rules, *, scratch: Path) -> Iterator[IO[bytes]]:
    """All submissions, a file of many lines at a time; `scratch` is a folder for what does not fit into memory."""
    days = segments.days()
    with ThreadPoolExecutor(AT_ONCE) as workers:
        waiting: deque[Future[IO[bytes]]] = deque()
        for day in days:
            waiting.append(workers.submit(_day, segments, rules, day, scratch, alone=len(days) == 1))
            if len(waiting) > AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _day(segments: Segments, rules: Rules, day: date, scratch: Path, *, alone: bool) -> IO[bytes]:
    folder = scratch / day.isoformat()
    folder.mkdir()
    lines = SpooledTemporaryFile(IN_MEMORY, dir=scratch)  # noqa: SIM115 (whoever takes it closes it)
    offsets = offsets_of(day, segments.zone)
    with connect(folder) as con:
        if not alone:
            con.execute("SET threads = 1")  # days side by side leave nothing to wait for
        attribute(con, segments, day, rules)
        for batch in con.sql(QUERY).to_arrow_reader(BATCH):
            lines.write(written(batch, offsets))
    lines.seek(0)
    return lines
