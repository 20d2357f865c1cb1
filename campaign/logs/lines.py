"""The head of every line: time, host, program and pid, for a block of whole lines at once.

    Nov  4 09:00:00 host tag[pid]: text            RFC 3164; the day padded by a blank or a zero
    2026-11-04T09:00:00.123456+09:00 host tag[pid]: text      RFC 3339
    Nov  4 09:00:00 tag: text                      a program's own file: no host

Only the head is trusted; all behind `text` was written by strangers.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from campaign.logs.scan import BRACKET, CLOSE, COLON, LESS, PARENTHESIS, SPACE, digits, find_byte, line_ends
from campaign.logs.stamp_forms import NO_STAMP, WITHOUT_YEAR, stamp_at

LINE_FEED, CARRIAGE_RETURN = 10, 13
NAMES_AT_MOST = 1000  # different hosts, and different tags, in one block; the last one means "others"


class Heads(NamedTuple):
    """One entry a line. `value` is microseconds: of the day (WITHOUT_YEAR), of local time
    since 1970 (LOCAL) or since 1970 in UTC (ABSOLUTE). `day` is month * 32 + day of a stamp
    without year. `host` and `tag` are places in the lists of names beside."""

    start: np.ndarray
    end: np.ndarray
    stamp: np.ndarray
    value: np.ndarray
    day: np.ndarray
    host: np.ndarray
    tag: np.ndarray
    pid: np.ndarray
    text: np.ndarray
    hosts: list[str]
    tags: list[str]


def heads(block: np.ndarray) -> Heads:
    """Reads the heads of all lines in `block` (uint8); a last line may lack its line end."""
    room = np.empty(block.size + 1, np.int64)  # costs nothing where nothing is written
    lines = line_ends(block, room)
    if block.size and block[-1] != LINE_FEED:
        room[lines] = block.size
        lines += 1
    ends = room[:lines].copy()
    starts = np.empty(lines, np.int64)
    starts[:1], starts[1:] = 0, ends[:-1] + 1
    columns = {
        "stamp": np.zeros(lines, np.int8),
        "value": np.zeros(lines, np.int64),
        "day": np.zeros(lines, np.int16),
        "host": np.zeros(lines, np.int32),
        "tag": np.zeros(lines, np.int32),
        "pid": np.zeros(lines, np.int64),
        "text": np.zeros(lines, np.int64),
    }
    host_spans, tag_spans = np.zeros((NAMES_AT_MOST, 2), np.int64), np.zeros((NAMES_AT_MOST, 2), np.int64)
    hosts, tags = _heads(block, starts, ends, host_spans, tag_spans, **columns)
    return Heads(starts, ends, **columns, hosts=_names(block, host_spans, hosts), tags=_names(block, tag_spans, tags))


def _names(block: np.ndarray, spans: np.ndarray, known: int) -> list[str]:
    names = [bytes(block[start:end]).decode("utf-8", "replace") for start, end in spans[:known]]
    return [*names, "(others)"] if known == NAMES_AT_MOST - 1 else names


@njit(cache=True, nogil=True)
def _heads(block, starts, ends, host_spans, tag_spans, stamp, value, day, host, tag, pid, text):
    hosts = tags = 0
    kind, moment, month_day, width = NO_STAMP, 0, 0, 0
    for line in range(starts.size):
        start, end = starts[line], ends[line]
        if end > start and block[end - 1] == CARRIAGE_RETURN:
            end -= 1
            ends[line] = end
        # Most lines have the stamp of the line before.
        if kind != WITHOUT_YEAR or not _same(block, start, starts[line - 1], width, end):
            kind, moment, month_day, after = stamp_at(block, start, end)
            width = after - start
        after = start + width
        if kind == NO_STAMP:
            continue
        host_end = find_byte(block, after, end, SPACE)
        host_end = end if host_end < 0 else host_end
        if host_end > after and block[host_end - 1] == COLON:  # no host: what stands here is the tag
            tag_start, host_end = after, after
        else:
            tag_start = host_end + 1
        colon = tag_start
        while colon < end and block[colon] != COLON and block[colon] != SPACE:
            colon += 1
        if colon >= end or block[colon] != COLON:
            colon = tag_start  # no program: "last message repeated 3 times"
        tag_end, number = _tag(block, tag_start, colon)
        stamp[line], value[line], day[line], pid[line] = kind, moment, month_day, number
        text[line] = min(colon + 2, end) if colon > tag_start else end
        host[line], hosts = _name(block, host_spans, hosts, after, host_end)
        tag[line], tags = _name(block, tag_spans, tags, tag_start, tag_end)
    return hosts, tags


@njit(cache=True, nogil=True, inline="always")
def _tag(block, start, end):
    """Where the program's name ends in `name[pid]` or `name(user)<session>`, and the pid (0 without one)."""
    for place in range(start, end):
        if block[place] == BRACKET or block[place] == PARENTHESIS or block[place] == LESS:
            short = block[place] == BRACKET and block[end - 1] == CLOSE and end - place < 14
            return place, max(digits(block, place + 1, end - 1), 0) if short else 0
    return end, 0


@njit(cache=True, nogil=True, inline="always")
def _same(block, start, other, size, end):
    """Whether the `size` bytes at both places are the same, and do not reach beyond `end`."""
    if start + size > end:
        return False
    one, two = block[start : start + size], block[other : other + size]
    for place in range(size):  # noqa: SIM110 (numba compiles no generators)
        if one[place] != two[place]:
            return False
    return True


@njit(cache=True, nogil=True)
def _name(block, spans, known, start, end):
    """The place of a name in the list of names known so far, and how many are known now."""
    size = end - start
    for place in range(known):
        begin = spans[place, 0]
        if spans[place, 1] - begin == size and _same(block, start, begin, size, end):
            return place, known
    if known == spans.shape[0] - 1:
        return known, known
    spans[known, 0], spans[known, 1] = start, end
    return known, known + 1
