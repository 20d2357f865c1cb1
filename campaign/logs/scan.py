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


@njit(cache=True, nogil=True, inline="always")
def at(block, start, end, wanted):
    """Whether `wanted` stands at `start`."""
    size = wanted.size
    if start < 0 or start + size > end:
        return False
    for place in range(size):  # noqa: SIM110 (numba compiles no generators)
        if block[start + place] != wanted[place]:
            return False
    return True


@njit(cache=True, nogil=True)
def find(block, start, end, wanted):
    """The first place of `wanted` from the left."""
    first = wanted[0]
    for place in range(start, end - wanted.size + 1):
        if block[place] == first and at(block, place, end, wanted):
            return place
    return -1


@njit(cache=True, nogil=True)
def rfind(block, start, end, wanted):
    """The first place of `wanted` from the right."""
    first = wanted[0]
    for place in range(end - wanted.size, start - 1, -1):
        if block[place] == first and at(block, place, end, wanted):
            return place
    return -1


@njit(cache=True, nogil=True, inline="always")
def find_byte(block, start, end, wanted):
    for place in range(start, end):
        if block[place] == wanted:
            return place
    return -1


@njit(cache=True, nogil=True, inline="always")
def digits(block, start, end):
    """The number that the digits from `start` to `end` make, -1 where one is no digit."""
    value = 0
    for place in range(start, end):
        digit = block[place] - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@njit(cache=True, nogil=True)
def gather(block, starts, ends):
    """The bytes of all spans one after the other, and where each begins: an Arrow string column."""
    offsets = np.zeros(starts.size + 1, dtype=np.int32)
    for row in range(starts.size):
        offsets[row + 1] = offsets[row] + max(ends[row] - starts[row], 0)
    out = np.empty(offsets[-1], dtype=np.uint8)
    for row in range(starts.size):
        size = offsets[row + 1] - offsets[row]
        begin, target = starts[row], offsets[row]
        for place in range(size):
            out[target + place] = block[begin + place]
    return offsets, out
