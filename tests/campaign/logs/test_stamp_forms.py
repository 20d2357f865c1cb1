"""Time stamps as programs write them, and the moments that they say."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.stamp_forms import ABSOLUTE, LOCAL, NO_STAMP, WITHOUT_YEAR, own_stamp, stamp_at
from campaign.logs.stamps import SECOND, micros


def read(text: str | bytes, form=stamp_at) -> tuple[int, int, int, bytes]:
    raw = text.encode() if isinstance(text, str) else text
    kind, value, day, after = form(np.frombuffer(raw, np.uint8), 0, len(raw))[:4]
    return kind, value, day, raw[after:]


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def of_day(hour: int, minute: int, second: int) -> int:
    return ((hour * 60 + minute) * 60 + second) * SECOND


@pytest.mark.parametrize(
    ("text", "time", "month", "day"),
    [
        ("May  4 09:00:01", of_day(9, 0, 1), 5, 4),
        ("May 04 09:00:01", of_day(9, 0, 1), 5, 4),  # journald, Dovecot, Postfix's own maillog_file
        ("Dec 31 23:59:59", of_day(23, 59, 59), 12, 31),
        ("Jan  1 00:00:00", 0, 1, 1),
        ("Feb 29 12:00:00", of_day(12, 0, 0), 2, 29),  # the year decides later
        ("Jun 30 23:59:60", of_day(24, 0, 0), 6, 30),  # a leap second
    ],
)
def test_a_stamp_without_year(text, time, month, day):
    assert read(f"{text} host") == (WITHOUT_YEAR, time, month * 32 + day, b"host")


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("2026-05-04T09:00:00Z", ABSOLUTE, "2026-05-04 09:00:00"),
        ("2026-05-04T09:00:00+09:00", ABSOLUTE, "2026-05-04 00:00:00"),
        ("2026-05-04T09:00:00+0900", ABSOLUTE, "2026-05-04 00:00:00"),  # journalctl -o short-iso
        ("2026-05-04T09:00:00-03:30", ABSOLUTE, "2026-05-04 12:30:00"),
        ("2026-05-04T09:00:00", LOCAL, "2026-05-04 09:00:00"),
        ("2026-05-04T09:00:00.5", LOCAL, "2026-05-04 09:00:00.500000"),
        ("2026-05-04T09:00:00.123456+09:00", ABSOLUTE, "2026-05-04 00:00:00.123456"),
        ("2026-05-04T09:00:00.1234567891Z", ABSOLUTE, "2026-05-04 09:00:00.123456"),
        ("2026-05-04T09:00:00,123Z", ABSOLUTE, "2026-05-04 09:00:00.123000"),
        ("2026-01-01T00:00:00+09:00", ABSOLUTE, "2025-12-31 15:00:00"),
        ("2024-02-29T23:59:60Z", ABSOLUTE, "2024-03-01 00:00:00"),
        ("2000-02-29T00:00:00Z", ABSOLUTE, "2000-02-29 00:00:00"),
    ],
)
def test_a_stamp_of_rfc_3339(text, kind, moment):
    assert read(f"{text} host") == (kind, at(moment), 0, b"host")


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("2026-05-04 09:00:00", LOCAL, "2026-05-04 09:00:00"),
        ("2026-05-04 09:00:00.123", LOCAL, "2026-05-04 09:00:00.123000"),
        ("2026-05-04 09:00:00 +0900", ABSOLUTE, "2026-05-04 00:00:00"),
        ("2026-05-04 09:00:00.123 -0330", ABSOLUTE, "2026-05-04 12:30:00.123000"),
        ("2026/05/04 09:00:00", LOCAL, "2026-05-04 09:00:00"),
        ("2024-02-29 23:59:60", LOCAL, "2024-03-01 00:00:00"),
    ],
)
def test_a_stamp_with_a_blank_between_date_and_clock(text, kind, moment):
    assert read(f"{text} text", own_stamp) == (kind, at(moment), 0, b"text")


def test_tai64n_is_ten_seconds_ahead_of_utc_and_knows_no_leap_seconds():
    """2^62 + 10 + the seconds of the machine's clock: what libtai's tai_now() makes of it."""
    for moment in ("1970-01-01 00:00:00", "1999-12-31 23:59:59", "2026-05-04 09:00:00"):
        label = f"@{2**62 + 10 + at(moment) // SECOND:016x}{123456789:08x}"
        assert read(f"{label} text", own_stamp) == (ABSOLUTE, at(moment) + 123456, 0, b"text")


@pytest.mark.parametrize(
    "text",
    ["May  4 09:00", "May 4 09:00:00", "Mai  4 09:00:00", "may  4 09:00:00", "May  0 09:00:00", "May 32 09:00:00",
     "May  4 24:00:00", "May  4 09:60:00", "May  4 09:00:61", "May  4 09-00-00", "2026-13-04T09:00:00Z",
     "2026-00-04T09:00:00Z", "2026-02-29T09:00:00Z", "1900-02-29T09:00:00Z", "2026-05-04T09:00:00+99:00",
     "2026-05-04T09:00:00+09", "2026-05-04T09:00:00X", "2026-05/04T09:00:00Z", "1969-12-31T09:00:00Z"],
)  # fmt: skip
def test_what_is_no_stamp(text):
    assert read(f"{text} host")[0] == NO_STAMP


@pytest.mark.parametrize(
    "text",
    ["2026/05-04 09:00:00", "2026.05.04 09:00:00", "2026-02-30 09:00:00", "2026-05-04 25:00:00", "2026-05-04 09:00:00X",
     "@3fffffffffffffff00000000", "@40000000690967faffffffff", "@4000000069g967fa00000000", "@ffffffffffffffff00000000",
     "@7fffffffffffffff00000000", "@400000006909f7fa0000000"],
)  # fmt: skip
def test_what_is_no_stamp_of_a_program_either(text):
    assert read(f"{text} text", own_stamp)[0] == NO_STAMP


LETTERS = st.sampled_from([*b"0123456789 -:T/.,+Z@aMay\xff"])


@given(st.lists(LETTERS, max_size=40).map(bytes), st.sampled_from([b"", b" ", b"0" * 30, b"00 ", b":00:00 x", b"Z x"]))
def test_nothing_behind_the_line_is_read(line, behind):
    alone, inside = np.frombuffer(line, np.uint8), np.frombuffer(line + behind, np.uint8)
    for form in (stamp_at, own_stamp):
        assert form(alone, 0, len(line)) == form(inside, 0, len(line))
