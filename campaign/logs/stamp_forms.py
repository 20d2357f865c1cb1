"""The forms of time stamps at the begin of a line, compiled.

    Nov  4 09:00:00                          RFC 3164; the day padded by a blank or a zero
    2026-11-04T09:00:00.123456+09:00         RFC 3339
"""

import numpy as np
from numba import njit

from campaign.logs.scan import COLON, MINUS, SPACE, digits
from campaign.logs.stamps import DAY, SECOND

NO_STAMP, WITHOUT_YEAR, LOCAL, ABSOLUTE = 0, 1, 2, 3
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTH_NAMES = np.array([[ord(letter) for letter in name] for name in MONTHS], dtype=np.uint8)


@njit(cache=True, nogil=True)
def stamp_at(block, start, end):
    """(kind, value, month * 32 + day, where the text behind the stamp begins)"""
    if end - start > 16 and block[start + 3] == SPACE and block[start + 15] == SPACE:
        return _rfc3164(block, start)
    if end - start > 20 and block[start + 4] == MINUS and block[start + 10] == 84:
        return _rfc3339(block, start, end)
    return NO_STAMP, 0, 0, start


@njit(cache=True, nogil=True)
def _rfc3164(block, start):
    month = 0
    for place in range(12):
        names = MONTH_NAMES[place]
        if block[start] == names[0] and block[start + 1] == names[1] and block[start + 2] == names[2]:
            month = place + 1
            break
    day_start = start + 5 if block[start + 4] == SPACE else start + 4
    day = digits(block, day_start, start + 6)
    time = _clock(block, start + 7)
    if month == 0 or day < 1 or day > 31 or time < 0 or block[start + 6] != SPACE:
        return NO_STAMP, 0, 0, start
    return WITHOUT_YEAR, time, month * 32 + day, start + 16


@njit(cache=True, nogil=True)
def _clock(block, start):
    """Microseconds of the day for `hh:mm:ss`, -1 when it is none; :60 is a leap second."""
    hour, minute, second = digits(block, start, start + 2), digits(block, start + 3, start + 5), 0
    second = digits(block, start + 6, start + 8)
    if block[start + 2] != COLON or block[start + 5] != COLON:
        return -1
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60:
        return -1
    return ((hour * 60 + minute) * 60 + second) * SECOND


@njit(cache=True, nogil=True)
def _rfc3339(block, start, end):
    year, month = digits(block, start, start + 4), digits(block, start + 5, start + 7)
    day, time = digits(block, start + 8, start + 10), _clock(block, start + 11)
    if year < 1970 or month < 1 or month > 12 or day < 1 or day > _days_in(year, month) or time < 0:
        return NO_STAMP, 0, 0, start
    place, fraction, scale = start + 19, 0, SECOND
    if place < end and (block[place] == 46 or block[place] == 44):
        place += 1
        while place < end and 48 <= block[place] <= 57:
            scale //= 10
            fraction += (block[place] - 48) * scale
            place += 1
    moment = _days(year, month, day) * DAY + time + fraction
    if place < end and block[place] == SPACE:
        return LOCAL, moment, 0, place + 1
    if place + 1 < end and block[place] == 90 and block[place + 1] == SPACE:
        return ABSOLUTE, moment, 0, place + 2
    sign = 1 if block[place] == 43 else -1
    minutes_at = place + 4 if place + 3 < end and block[place + 3] == COLON else place + 3
    after = minutes_at + 2
    if after >= end or block[after] != SPACE or (block[place] != 43 and block[place] != MINUS):
        return NO_STAMP, 0, 0, start
    hours, minutes = digits(block, place + 1, place + 3), digits(block, minutes_at, after)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return NO_STAMP, 0, 0, start
    return ABSOLUTE, moment - sign * (hours * 60 + minutes) * 60 * SECOND, 0, after + 1


@njit(cache=True, nogil=True)
def _days_in(year, month):
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@njit(cache=True, nogil=True)
def _days(year, month, day):
    """Days since 1970-01-01 in the Gregorian calendar."""
    if month <= 2:
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - 719468
