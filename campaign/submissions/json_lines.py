"""Submissions as JSON lines, compiled: a million of them are written while a library writes a tenth.

    {"time":"2026-11-24T09:00:00+09:00","host":"mx1",...,"auth_failed":false}

RFC 8259: what must be escaped is, all else stands as it is, in UTF-8.
"""

import numpy as np
import pyarrow as pa

from campaign.logs.scan import memcpy, njit, pattern
from campaign.logs.stamps import DAY, SECOND

TEXTS = ("host", "queue_id", "message_id", "class", "user", "attribution", "client_ip", "client_program")
KEYS = tuple(pattern(f',"{name}":') for name in TEXTS)
TIME, FAILED, NULL = pattern('{"time":"'), pattern(',"auth_failed":'), pattern("null")
TRUE, FALSE = pattern("true}\n"), pattern("false}\n")
HEX = pattern("0123456789abcdef")
AROUND = 60 + sum(key.size + 4 for key in KEYS) + FAILED.size + FALSE.size  # bytes of a line that are no text


def written(batch: pa.RecordBatch, offsets: list[tuple[int, int, str]]) -> memoryview:
    """One line for each row. `batch` has `moment` (microseconds), the columns of TEXTS, and `auth_failed`;
    `offsets` is (from when, shift, name) of the zone, in time order, the first before all moments."""
    columns = [_spans(batch.column(name)) for name in TEXTS]
    room = sum(6 * data.size for data, _, _ in columns) + AROUND * batch.num_rows
    out = np.empty(room, np.uint8)  # costs nothing where nothing is written
    names = np.array([list(name.encode()) for _, _, name in offsets], np.uint8)
    size = _write(
        out,
        batch.column("moment").to_numpy(),
        np.array([since for since, _, _ in offsets], np.int64),
        np.array([shift for _, shift, _ in offsets], np.int64),
        names,
        *(tuple(part) for part in zip(*columns, strict=True)),
        batch.column("auth_failed").to_numpy(zero_copy_only=False),
    )
    return memoryview(out)[:size]


def _spans(column: pa.StringArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bytes of a column, where each text begins, and which rows have one."""
    _, starts, data = column.buffers()
    begin = np.frombuffer(starts, np.int32)[column.offset : column.offset + len(column) + 1]
    texts = np.frombuffer(data if data and data.size else b"-", np.uint8)
    return texts, begin, column.is_valid().to_numpy(zero_copy_only=False)


@njit(cache=True, nogil=True)
def _write(out, moments, since, shift, names, data, begin, there, failed):
    place = 0
    for row in range(moments.size):
        zone = since.size - 1
        while zone > 0 and since[zone] > moments[row]:
            zone -= 1
        place = _put(out, place, TIME)
        place = _stamp(out, place, moments[row] + shift[zone])
        place = _put(out, place, names[zone])
        out[place] = 34
        place += 1
        for column in range(len(KEYS)):
            place = _put(out, place, KEYS[column])
            if there[column][row]:
                place = _text(out, place, data[column], begin[column][row], begin[column][row + 1])
            else:
                place = _put(out, place, NULL)
        place = _put(out, place, FAILED)
        place = _put(out, place, TRUE if failed[row] else FALSE)
    return place


@njit(cache=True, nogil=True, inline="always")
def _put(out, place, text):
    memcpy(out.ctypes.data + np.uintp(place), text.ctypes.data, np.uintp(text.size))
    return place + text.size


@njit(cache=True, nogil=True)
def _text(out, place, data, start, end):
    out[place] = 34
    place += 1
    for letter in data[start:end]:
        if letter == 34 or letter == 92:
            out[place], out[place + 1] = 92, letter
            place += 2
        elif letter < 32:
            out[place], out[place + 1], out[place + 2], out[place + 3] = 92, 117, 48, 48
            out[place + 4], out[place + 5] = HEX[letter >> 4], HEX[letter & 15]
            place += 6
        else:
            out[place] = letter
            place += 1
    out[place] = 34
    return place + 1


@njit(cache=True, nogil=True)
def _stamp(out, place, local):
    """`2026-11-24T09:00:00`, with a fraction only where there is one."""
    day, time = local // DAY, local % DAY
    # Days since 1970 to the Gregorian calendar, in years that begin with March.
    era_day = day + 719468
    era = era_day // 146097
    of_era = era_day - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * of_year + 2) // 153
    year = era * 400 + year_of_era + (1 if month >= 10 else 0)
    second = time // SECOND
    place = _digits(out, place, year, 4, 45)
    place = _digits(out, place, month + 3 if month < 10 else month - 9, 2, 45)
    place = _digits(out, place, of_year - (153 * month + 2) // 5 + 1, 2, 84)
    place = _digits(out, place, second // 3600, 2, 58)
    place = _digits(out, place, second // 60 % 60, 2, 58)
    fraction = time % SECOND
    place = _digits(out, place, second % 60, 2, 46)
    return _digits(out, place, fraction, 6, 0) - 1 if fraction else place - 1


@njit(cache=True, nogil=True, inline="always")
def _digits(out, place, number, width, behind):
    for step in range(width - 1, -1, -1):
        out[place + step] = 48 + number % 10
        number //= 10
    out[place + width] = behind
    return place + width + 1
