"""Searching bytes in place, compiled: the few primitives that the dialects are written with.

All positions are absolute in the block; `end` is exclusive; -1 means not found. Patterns are
arrays made by `pattern()` once, at import. Every search is linear in what it looks at.
"""

import hashlib
from pathlib import Path

import numba
import numpy as np
from numba import njit

# Compiled code is kept by the digest of all sources that go into it: numba itself looks only at
# the file of the outermost function, and would run old code after an upgrade of this one.
_SOURCES = sorted(Path(__file__).parent.glob("*.py"))
_DIGEST = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:16]
numba.config.CACHE_DIR = str(Path(__file__).parent / "__pycache__" / f"compiled-{_DIGEST}")

SPACE, COLON, COMMA, MINUS, BRACKET, CLOSE, PARENTHESIS, LESS = 32, 58, 44, 45, 91, 93, 40, 60


def pattern(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype=np.uint8).copy()


# Loops run over views that begin at 0: a place that cannot be negative costs no test for it.


@njit(cache=True, nogil=True, inline="always")
def at(block, start, end, wanted):
    """Whether `wanted` stands at `start`."""
    size = wanted.size
    if start < 0 or start + size > end:
        return False
    view = block[start : start + size]
    for place in range(size):  # noqa: SIM110 (numba compiles no generators)
        if view[place] != wanted[place]:
            return False
    return True


@njit(cache=True, nogil=True)
def find(block, start, end, wanted):
    """The first place of `wanted` from the left."""
    size = wanted.size
    if start < 0 or end - start < size:
        return -1
    view, first = block[start:end], wanted[0]
    for place in range(end - start - size + 1):
        if view[place] == first and at(block, start + place, end, wanted):
            return start + place
    return -1


@njit(cache=True, nogil=True)
def rfind(block, start, end, wanted):
    """The first place of `wanted` from the right."""
    size = wanted.size
    if start < 0 or end - start < size:
        return -1
    view, first, last = block[start:end], wanted[0], end - start - size
    for back in range(last + 1):
        if view[last - back] == first and at(block, start + last - back, end, wanted):
            return start + last - back
    return -1


@njit(cache=True, nogil=True)
def find_byte(block, start, end, wanted):
    view = block[start:end] if 0 <= start <= end else block[:0]
    for place in range(view.size):
        if view[place] == wanted:
            return start + place
    return -1


@njit(cache=True, nogil=True, inline="always")
def digits(block, start, end):
    """The number that the digits from `start` to `end` make, -1 where one is no digit."""
    value = 0
    view = block[start:end]
    for place in range(view.size):
        digit = view[place] - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@njit(cache=True, nogil=True)
def gather(block, fields, rows, field):
    """One field of the given rows (-1: none) as an Arrow string column: where each begins, the bytes
    of all one after the other, whether any is missing, and whether all are ASCII."""
    offsets = np.zeros(rows.size + 1, dtype=np.int32)
    missing = False
    for place in range(rows.size):
        row = rows[place]
        begin = fields[row, field, 0] if row >= 0 else -1
        missing |= begin < 0
        offsets[place + 1] = offsets[place] + (fields[row, field, 1] - begin if begin >= 0 else 0)
    out = np.empty(offsets[-1], dtype=np.uint8)
    high = np.uint8(0)
    for place in range(rows.size):
        size = offsets[place + 1] - offsets[place]
        if size:
            begin = fields[rows[place], field, 0]
            source, target = block[begin : begin + size], out[offsets[place] : offsets[place] + size]
            for step in range(size):
                letter = source[step]
                target[step] = letter
                high |= letter
    return offsets, out, missing, high < 128
