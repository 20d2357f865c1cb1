"""Searching bytes in place, compiled: the few primitives that the dialects are written with.

All positions are absolute in the block; `end` is exclusive; -1 means not found. Patterns are
arrays made by `pattern()` once, at import. Every search is linear in what it looks at.
"""

import hashlib
from pathlib import Path

import numba
import numpy as np
from numba import njit, types

# Compiled code is kept by the digest of all sources that go into it: numba itself looks only at
# the file of the outermost function, and would run old code after an upgrade of this one. Whoever
# compiles takes `njit` from here, so that this is set before.
_SOURCES = sorted(Path(__file__).parent.glob("*.py"))
_DIGEST = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:16]
numba.config.CACHE_DIR = str(Path(__file__).parent / "__pycache__" / f"compiled-{_DIGEST}")

# The C library's own searches look at 32 bytes at a time.
_SEARCH = types.uintp(types.uintp, types.int32, types.uintp)
memchr, memrchr = types.ExternalFunction("memchr", _SEARCH), types.ExternalFunction("memrchr", _SEARCH)
memcmp = types.ExternalFunction("memcmp", types.int32(types.uintp, types.uintp, types.uintp))
memcpy = types.ExternalFunction("memcpy", types.uintp(types.uintp, types.uintp, types.uintp))

SPACE, COLON, COMMA, MINUS, BRACKET, CLOSE, PARENTHESIS, LESS, EQUALS = 32, 58, 44, 45, 91, 93, 40, 60, 61


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


@njit(cache=True, nogil=True, inline="always")
def find_byte(block, start, end, wanted):
    """The first place of a byte from the left."""
    if start < 0 or start >= end:
        return -1
    base = block.ctypes.data
    found = memchr(base + np.uintp(start), wanted, np.uintp(end - start))
    return np.int64(found - base) if found else -1


@njit(cache=True, nogil=True, inline="always")
def rfind_byte(block, start, end, wanted):
    """The first place of a byte from the right."""
    if start < 0 or start >= end:
        return -1
    base = block.ctypes.data
    found = memrchr(base + np.uintp(start), wanted, np.uintp(end - start))
    return np.int64(found - base) if found else -1


@njit(cache=True, nogil=True)
def find(block, start, end, wanted):
    """The first place of `wanted` from the left."""
    place = find_byte(block, start, end - wanted.size + 1, wanted[0])
    while place >= 0 and not at(block, place, end, wanted):
        place = find_byte(block, place + 1, end - wanted.size + 1, wanted[0])
    return place


@njit(cache=True, nogil=True)
def rfind(block, start, end, wanted):
    """The first place of `wanted` from the right."""
    place = rfind_byte(block, start, end - wanted.size + 1, wanted[0])
    while place >= 0 and not at(block, place, end, wanted):
        place = rfind_byte(block, start, place, wanted[0])
    return place


@njit(cache=True, nogil=True)
def line_ends(block, found):
    """Where each line feed is, into `found`; returns how many there are."""
    count, place = 0, find_byte(block, 0, block.size, 10)
    while place >= 0:
        found[count] = place
        count += 1
        place = find_byte(block, place + 1, block.size, 10)
    return count


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
    source, target = block.ctypes.data, out.ctypes.data
    for place in range(rows.size):
        size = offsets[place + 1] - offsets[place]
        if size:
            memcpy(target + np.uintp(offsets[place]), source + np.uintp(fields[rows[place], field, 0]), np.uintp(size))
    high = np.uint8(0)
    for letter in out:
        high |= letter
    return offsets, out, missing, high < 128


@njit(cache=True, nogil=True)
def all_plain_ipv4(data, begin):
    """Whether every text is an IPv4 address, spelled as it should be: four numbers up to 255, no zero in front."""
    for place in range(begin.size - 1):
        number, digits_, dots = 0, 0, 0
        for letter in data[begin[place] : begin[place + 1]]:
            if letter == 46:
                if digits_ == 0:
                    return False
                number, digits_, dots = 0, 0, dots + 1
            elif 48 <= letter <= 57 and not (digits_ and number == 0):
                number, digits_ = number * 10 + letter - 48, digits_ + 1
                if number > 255:
                    return False
            else:
                return False
        if dots != 3 or digits_ == 0:
            return False
    return True
