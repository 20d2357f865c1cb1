"""The head of every line: time, host, program and pid, for a block of whole lines at once.

    Nov  4 09:00:00 host tag[pid]: text            RFC 3164; the day padded by a blank or a zero
    2026-11-04T09:00:00.123456+09:00 host tag[pid]: text      RFC 3339
    Nov  4 09:00:00 tag: text                      a program's own file: no host

Lines that begin otherwise are asked for their head once more (`head_forms.py`). Only the head is
trusted; all behind `text` was written by strangers.
"""

from typing import NamedTuple

import numpy as np

from campaign.logs.head_forms import rare_head
from campaign.logs.head_parts import own_name, program, unwrapped
from campaign.logs.own_heads import doubled
from campaign.logs.scan import BRACKET, COLON, SPACE, find_byte, line_ends, memcmp, njit
from campaign.logs.stamp_forms import NO_STAMP, WITHOUT_YEAR, stamp_at

LINE_FEED, CARRIAGE_RETURN, LETTER_M = 10, 13, 109
DOUBLED = {"exim", "exim4", "nginx"}  # programs that write their own head behind syslog's
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
    known = _heads(block, starts, ends, host_spans, tag_spans, **columns)
    unnamed = np.flatnonzero(tag_spans[: known[1], 0] == tag_spans[: known[1], 1])
    odd = columns["stamp"] == NO_STAMP
    if unnamed.size:
        odd |= columns["tag"] == unnamed[0]
    if odd.any():
        known = _rare_heads(block, starts, ends, host_spans, tag_spans, *known, np.flatnonzero(odd), **columns)
    hosts, tags = _names(block, host_spans, known[0]), _names(block, tag_spans, known[1])
    twice = [place for place, name in enumerate(tags) if name in DOUBLED]
    if twice:
        rows = np.flatnonzero(np.isin(columns["tag"], twice) & (columns["stamp"] != NO_STAMP))
        _skip_doubled(block, rows, columns["text"], ends, columns["pid"])
    return Heads(starts, ends, **columns, hosts=hosts, tags=tags)


def _names(block: np.ndarray, spans: np.ndarray, known: int) -> list[str]:
    names = [
        bytes(block[start:end]).decode("utf-8", "replace") if start >= 0 else own_name(start)
        for start, end in spans[:known]
    ]
    return [*names, "(others)"] if known == NAMES_AT_MOST - 1 else names


@njit(cache=True, nogil=True)
def _heads(block, starts, ends, host_spans, tag_spans, stamp, value, day, host, tag, pid, text):
    hosts = tags = 0
    kind, moment, month_day, width = NO_STAMP, 0, 0, 0
    last, last_size, last_host = 0, -1, 0  # the host of the line before, with the blank behind it, and its place
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
        same_host = last_size > 0 and _same(block, after, last, last_size, end)
        if same_host:
            host_end, tag_start = after + last_size - 1, after + last_size
        else:
            host_end = find_byte(block, after, end, SPACE)
            host_end = end if host_end < 0 else host_end
            tag_start = host_end + 1
            if host_end > after and block[host_end - 1] == COLON:  # no host: what stands here is the tag
                tag_start, host_end = after, after
            last, last_size = after, host_end + 1 - after if host_end > after else -1
        colon = tag_start
        while colon < end and block[colon] != COLON and block[colon] != SPACE:
            colon += 1
        if colon >= end or block[colon] != COLON:
            colon = tag_start  # no program
        tag_end, number = program(block, tag_start, colon)
        stamp[line], value[line], day[line], pid[line] = kind, moment, month_day, number
        begin = min(colon + 2, end) if colon > tag_start else end
        text[line] = begin
        if begin < end and (block[begin] == BRACKET or block[begin] == LETTER_M):
            text[line], ends[line] = unwrapped(block, begin, end)
        if not same_host:
            last_host, hosts = _name(block, host_spans, hosts, after, host_end)
        host[line] = last_host
        tag[line], tags = _name(block, tag_spans, tags, tag_start, tag_end)
    return hosts, tags


@njit(cache=True, nogil=True)
def _rare_heads(block, starts, ends, host_spans, tag_spans, hosts, tags, rows, stamp, value, day, host, tag, pid, text):
    """The heads of `rows`, where `_heads` found none or no program's name."""
    for line in rows:
        (kind, moment, month_day), places = rare_head(block, starts[line], ends[line])
        if kind == NO_STAMP:
            continue
        stamp[line], value[line], day[line], pid[line] = kind, moment, month_day, places[4]
        text[line], ends[line] = places[5], places[6]
        host[line], hosts = _name(block, host_spans, hosts, places[0], places[1])
        if places[2] >= 0:
            tag[line], tags = _name(block, tag_spans, tags, places[2], places[3])
        else:
            tag[line], tags = _own_name(tag_spans, tags, places[2], places[3])
    return hosts, tags


@njit(cache=True, nogil=True)
def _own_name(spans, known, start, end):
    """Like `_name`, for a name that stands in no line."""
    for place in range(known):
        if spans[place, 0] == start:
            return place, known
    if known == spans.shape[0] - 1:
        return known, known
    spans[known, 0], spans[known, 1] = start, end
    return known, known + 1


@njit(cache=True, nogil=True)
def _skip_doubled(block, rows, text, ends, pid):
    for line in rows:
        text[line], number = doubled(block, text[line], ends[line])
        pid[line] = number or pid[line]


@njit(cache=True, nogil=True, inline="always")
def _same(block, start, other, size, end):
    """Whether the `size` bytes at both places are the same, and do not reach beyond `end`."""
    base = block.ctypes.data
    return start + size <= end and memcmp(base + np.uintp(start), base + np.uintp(other), np.uintp(size)) == 0


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
