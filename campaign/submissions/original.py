"""The text of a line as the log has it, where its file is still there: renamed and packed as it may be.

Only lines that name no recipient are ever looked up, and each is read once more before it is
shown: it must say what was kept of it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from campaign.logs import journal
from campaign.logs.dialects import DIALECTS, Reader
from campaign.logs.events import Events
from campaign.logs.files import STANDARD_INPUT, Unreadable
from campaign.logs.files import LogFile as OpenLog
from campaign.logs.lines import LINE_FEED
from campaign.logs.redaction import ADDRESS, readable
from campaign.logs.stamps import SECOND, micros
from campaign.models import LogFile
from campaign.submissions.proof import Line, Said

# Programs whose line about an accepted message names no recipient and no subject.
SPARING = {"postfix", "sendmail"}
SIBLINGS = 500  # files looked at for one that was renamed
FOREVER = 2**62


@dataclass(frozen=True)
class Original:
    """`text` with what is not the customer's made unreadable; `file` is the name that it has now."""

    text: str
    file: str


def originals(
    lines: Iterable[Line], *, zone: ZoneInfo, names: Collection[str], bytes_at_most: int = FOREVER
) -> dict[Line, Original]:
    """The lines whose text is still to be had. Mail addresses but those among `names` are blanked out.

    Of each file no more than `bytes_at_most` (unpacked) are read: who waits for a page sees what was kept instead.
    """
    by_segment: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_segment[line.segment].append(line)
    known = LogFile.objects.filter(segment__in=by_segment).exclude(segment="")
    found = {}
    for row in known:
        wanted = by_segment[row.segment]
        for path in _places(row):
            texts = _texts(path, row, {line.number for line in wanted}, bytes_at_most)
            if texts is None:
                continue
            for line in wanted:
                text = texts.get(line.number)
                if text is not None and _says(text, line, zone):
                    found[line] = Original(shown(text, names), Path(path).name)
            break
    return found


def _places(row: LogFile) -> Iterator[Path]:
    """Where the file may be now: under the name it was last read by, or one that rotation gave it."""
    if row.name == STANDARD_INPUT:
        return
    path = Path(row.name)
    yield path
    stem = re.split(r"[.-]\d", path.name, maxsplit=1)[0]
    try:
        names = sorted(one.name for one in path.parent.iterdir() if one.name.startswith(stem))
    except OSError:
        return
    yield from (path.parent / name for name in names[:SIBLINGS] if name != path.name)


def _texts(path: Path, row: LogFile, numbers: set[int], bytes_at_most: int) -> dict[int, bytes] | None:
    """The lines with these numbers; None where this is another file."""
    if not path.is_file():
        return None
    try:
        with OpenLog(str(path)) as log:
            if log.fingerprint(row.digest_length).digest != row.digest:
                return None
            return _numbered(log, numbers, bytes_at_most)
    except Unreadable:
        return None


def _numbered(log: OpenLog, numbers: set[int], bytes_at_most: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    left, line = sorted(numbers), 1
    try:
        for block in log.blocks(last_line_too=True):
            behind = line + int(np.count_nonzero(block.data == LINE_FEED)) + int(block.data[-1] != LINE_FEED)
            if left[0] < behind:
                ends = np.append(np.flatnonzero(block.data == LINE_FEED), block.data.size)
            while left and left[0] < behind:
                number = left.pop(0)
                begin = ends[number - line - 1] + 1 if number > line else 0
                found[number] = journal.plain(block.data[begin : ends[number - line]]).tobytes()
            line = behind
            if not left or block.offset > bytes_at_most:
                break
    except Unreadable:
        pass  # what came before the damage is good
    return found


def _says(text: bytes, line: Line, zone: ZoneInfo) -> bool:
    """Whether the text, read again, says what was kept of it, and nothing that is nobody's business."""
    block = np.frombuffer(bytearray(text + b"\n"), np.uint8)  # for bytes, all searches would be compiled once more
    local = line.at.astimezone(zone)
    reader = Reader(zone=zone, local_domains=(), latest=FOREVER, written_on=local.date(), year=local.year)
    heads, times = reader.heads(block)
    events, _ = reader.events(block, heads, times, line.number)
    speakers = {
        dialect.__name__.rpartition(".")[2] for dialect in DIALECTS for tag in heads.tags if dialect.claims(tag)
    }
    if line.said == Said.ACCEPTED and not speakers <= SPARING:
        return False
    return any(_same(row, line) for row in _rows(events, line.said))


def _rows(events: Events, said: Said) -> list[dict]:
    tables = events.tables()
    if said == Said.ACCEPTED:
        return [row | {"moment": row["accepted"], "user": row["sasl_user"]} for row in tables["messages"].to_pylist()]
    if said == Said.LOGIN:
        return tables["logins"].to_pylist()
    return [row for row in tables["sessions"].to_pylist() if row["kind"] == said.value]


def _same(row: dict, line: Line) -> bool:
    return (
        row["moment"] == micros(line.at) - settings.CLOCK_OFFSETS.get(line.host, 0) * SECOND
        and row["host"] == line.host
        and row["ip"] == line.ip
        and row["user"] == line.user
        and (row.get("queue_id") or "") == line.queue_id
    )


def shown(text: bytes, names: Collection[str]) -> str:
    """A log line for a person's eyes: without addresses that are not among `names`."""
    own = {name.lower() for name in names}
    plain = readable(text.decode("utf-8", "replace"))
    return ADDRESS.sub(lambda found: found.group() if found.group().lower() in own else "…@…", plain)
