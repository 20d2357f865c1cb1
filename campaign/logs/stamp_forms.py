"""The forms of time stamps, compiled. Those that most lines begin with:

    Nov  4 09:00:00                          RFC 3164; the day padded by a blank or a zero
    2026-11-04T09:00:00.123456+09:00         RFC 3339; without a zone it is local time

and, by `own_stamp`, those of programs that write files of their own:

    2026-11-04 09:00:00.123 +0900            Exim, Dovecot 1.x; fraction and zone may be missing
    2026/11/04 09:00:00                      nginx
    @400000006909f7fa00000000                TAI64N (multilog)
"""

import numpy as np

from campaign.logs.scan import COLON, MINUS, SPACE, digits, njit
from campaign.logs.stamps import DAY, SECOND

NO_STAMP, WITHOUT_YEAR, LOCAL, ABSOLUTE = 0, 1, 2, 3
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTH_NAMES = np.array([[ord(letter) for letter in name] for name in MONTHS], dtype=np.uint8)
AT_SIGN, SLASH, PLUS, POINT, COMMA_SIGN, LETTER_T, LETTER_Z = 64, 47, 43, 46, 44, 84, 90
# multilog writes the machine's clock plus 10 seconds, the lead of TAI over UTC in 1970, and no leap
# seconds: so does tai_now() of libtai, and so the same 10 are taken off again.
TAI_1970 = (1 << 62) + 10
YEAR_10000 = 253_402_300_800


@njit(cache=True, nogil=True)
def stamp_at(block, start, end):
    """(kind, value, month * 32 + day, where the text behind the stamp begins)"""
    if end - start > 16 and block[start + 3] == SPACE and block[start + 15] == SPACE:
        return _rfc3164(block, start)
    if end - start > 20 and block[start + 4] == MINUS and block[start + 10] == LETTER_T:
        return _rfc3339(block, start, end)
    return NO_STAMP, 0, 0, start


@njit(cache=True, nogil=True)
def own_stamp(block, start, end):
    """Like `stamp_at`, and the digits of the fraction: for what programs write to files of their own."""
    if end - start > 26 and block[start] == AT_SIGN:
        return (*_tai64n(block, start), 9)
    if end - start > 20 and block[start + 10] == SPACE and block[start + 4] == block[start + 7]:
        return _blank_between(block, start, end)
    return NO_STAMP, 0, 0, start, 0


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
def _date_and_clock(block, start):
    """Microseconds since 1970 for `yyyy-mm-dd hh:mm:ss`, whatever stands between; -1 when it is none."""
    year, month = digits(block, start, start + 4), digits(block, start + 5, start + 7)
    day, time = digits(block, start + 8, start + 10), _clock(block, start + 11)
    if year < 1970 or month < 1 or month > 12 or day < 1 or day > _days_in(year, month) or time < 0:
        return -1
    return _days(year, month, day) * DAY + time


@njit(cache=True, nogil=True)
def _fraction(block, start, end):
    """The microseconds that `.123` at `start` says, and where it ends; none is 0."""
    place, fraction, scale = start, 0, SECOND
    if place < end and (block[place] == POINT or block[place] == COMMA_SIGN):
        place += 1
        while place < end and 48 <= block[place] <= 57:
            scale //= 10
            fraction += (block[place] - 48) * scale
            place += 1
    return fraction, place


@njit(cache=True, nogil=True)
def _zone(block, start, end):
    """The minutes that `+09:00` or `+0900` and a blank at `start` say, and where the text behind begins: -1
    when this is none."""
    minutes_at = start + 4 if start + 3 < end and block[start + 3] == COLON else start + 3
    after = minutes_at + 2
    if after >= end or block[after] != SPACE or (block[start] != PLUS and block[start] != MINUS):
        return 0, -1
    hours, minutes = digits(block, start + 1, start + 3), digits(block, minutes_at, after)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return 0, -1
    total = hours * 60 + minutes
    return total if block[start] == PLUS else -total, after + 1


@njit(cache=True, nogil=True)
def _rfc3339(block, start, end):
    moment = _date_and_clock(block, start) if block[start + 7] == MINUS else -1
    if moment < 0:
        return NO_STAMP, 0, 0, start
    fraction, place = _fraction(block, start + 19, end)
    moment += fraction
    if place < end and block[place] == SPACE:
        return LOCAL, moment, 0, place + 1
    if place + 1 < end and block[place] == LETTER_Z and block[place + 1] == SPACE:
        return ABSOLUTE, moment, 0, place + 2
    minutes, after = _zone(block, place, end)
    if after < 0:
        return NO_STAMP, 0, 0, start
    return ABSOLUTE, moment - minutes * 60 * SECOND, 0, after


@njit(cache=True, nogil=True)
def _blank_between(block, start, end):
    separator = block[start + 4]
    moment = _date_and_clock(block, start) if separator in (MINUS, SLASH) else -1
    fraction, place = _fraction(block, start + 19, end)
    if moment < 0 or place >= end or block[place] != SPACE:
        return NO_STAMP, 0, 0, start, 0
    moment += fraction
    minutes, after = _zone(block, place + 1, end)
    size = max(place - start - 20, 0)
    if after < 0:
        return LOCAL, moment, 0, place + 1, size
    return ABSOLUTE, moment - minutes * 60 * SECOND, 0, after, size


@njit(cache=True, nogil=True)
def _tai64n(block, start):
    """`@` and 24 hexadecimal digits: seconds, nanoseconds."""
    seconds, nanoseconds = _hexadecimal(block, start + 1, start + 17), _hexadecimal(block, start + 17, start + 25)
    moment = seconds - TAI_1970
    if moment < 0 or moment >= YEAR_10000 or not 0 <= nanoseconds < 1_000_000_000 or block[start + 25] != SPACE:
        return NO_STAMP, 0, 0, start
    return ABSOLUTE, moment * SECOND + nanoseconds // 1000, 0, start + 26


@njit(cache=True, nogil=True)
def _hexadecimal(block, start, end):
    """The number that at most 16 digits make, -1 where one is no digit or it is 2^63 or more."""
    value = 0
    for letter in block[start:end]:
        low = letter | 32
        digit = letter - 48 if letter < 58 else low - 87 if low < 103 else -1
        if digit < 0 or digit > 15 or (letter > 57 and digit < 10) or value >= 1 << 59:
            return -1
        value = value * 16 + digit
    return value


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
