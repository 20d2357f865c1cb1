"""journald's JSON export: what becomes of its fields, and of what is damaged."""

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.logs.journal import is_journal, plain

AT = 1_777_896_000_000_123
STAMP = "2026-05-04T12:00:00.000123Z"
ENTRY = {
    "__CURSOR": "s=6b4b",
    "__REALTIME_TIMESTAMP": str(AT),
    "_HOSTNAME": "mx1",
    "SYSLOG_IDENTIFIER": "postfix/smtpd",
    "SYSLOG_PID": "812",
    "MESSAGE": "connect from x[192.0.2.1]",
}


def lines(text: str | bytes) -> str:
    return plain(np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8)).tobytes().decode()


def line(**fields) -> str:
    return lines(json.dumps({name: value for name, value in (ENTRY | fields).items() if value is not ...}))


def test_an_entry_becomes_the_line_that_syslog_would_have_written():
    assert line() == f"{STAMP} mx1 postfix/smtpd[812]: connect from x[192.0.2.1]"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        # the time of sending is nearer to what happened than that of the journal
        ({"_SOURCE_REALTIME_TIMESTAMP": str(AT - 23)}, "2026-05-04T12:00:00.000100Z mx1 postfix/smtpd[812]: "),
        ({"__REALTIME_TIMESTAMP": "1777896000000000"}, "2026-05-04T12:00:00.000000Z mx1 postfix/smtpd[812]: "),
        ({"__REALTIME_TIMESTAMP": "1709251199999999"}, "2024-02-29T23:59:59.999999Z mx1 postfix/smtpd[812]: "),
        ({"SYSLOG_PID": ..., "_PID": "99"}, f"{STAMP} mx1 postfix/smtpd[99]: "),
        ({"_PID": "99"}, f"{STAMP} mx1 postfix/smtpd[812]: "),
        ({"SYSLOG_PID": ...}, f"{STAMP} mx1 postfix/smtpd: "),
        ({"SYSLOG_PID": "8 1"}, f"{STAMP} mx1 postfix/smtpd: "),
        ({"SYSLOG_IDENTIFIER": ..., "_COMM": "smtpd"}, f"{STAMP} mx1 smtpd[812]: "),
        ({"SYSLOG_IDENTIFIER": ["dovecot", "other"]}, f"{STAMP} mx1 dovecot[812]: "),
        ({"SYSLOG_IDENTIFIER": "a b: c"}, f"{STAMP} mx1 a?b??c[812]: "),
        ({"_HOSTNAME": ...}, f"{STAMP} postfix/smtpd[812]: "),
        ({"_HOSTNAME": "mx1 x: "}, f"{STAMP} mx1?x?? postfix/smtpd[812]: "),
    ],
)
def test_the_head_is_made_of_the_fields(fields, found):
    assert line(**fields) == found + "connect from x[192.0.2.1]"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("one\ntwo\n", "one?two?"),
        ([111, 107, 10, 102], "ok?f"),
        (["first", "second"], "first"),
        ([[111, 107], "second"], "ok"),
        ("日本", "日本"),
        ("\ud800", "?"),
        ("{}", "{}"),
    ],
)
def test_the_text_is_the_message_in_one_line(message, text):
    assert line(MESSAGE=message) == f"{STAMP} mx1 postfix/smtpd[812]: {text}"


def test_bytes_that_are_no_utf_8_are_handed_on():
    block = np.frombuffer(json.dumps(ENTRY | {"MESSAGE": [111, 255]}).encode(), np.uint8)
    assert plain(block).tobytes().endswith(b": o\xff")


@pytest.mark.parametrize(
    "fields",
    [
        {"MESSAGE": None},  # longer than 4096 bytes, and exported without --all
        {"MESSAGE": ...},
        {"MESSAGE": 5},
        {"MESSAGE": 10**12},
        {"MESSAGE": {"a": "b"}},
        {"MESSAGE": [300]},
        {"MESSAGE": [111, "x"]},
        {"MESSAGE": [{}]},
        {"SYSLOG_IDENTIFIER": ...},
        {"__REALTIME_TIMESTAMP": ...},
        {"__REALTIME_TIMESTAMP": "soon"},
        {"__REALTIME_TIMESTAMP": "9" * 30},
        {"__REALTIME_TIMESTAMP": "9" * 9000},
    ],
)
def test_an_entry_without_what_it_needs_stays_as_it_is(fields):
    text = json.dumps({name: value for name, value in (ENTRY | fields).items() if value is not ...})
    assert lines(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", "{]", '{"MESSAGE": "', "{" * 10_000, '{"a":' + "[" * 100_000, "May  4 12:00:00 mx1 dovecot: x", "[1]",
     '"x"', "{\x00}", "{" + "\x00" * 7, "7" * 9000],
)  # fmt: skip
def test_a_damaged_line_stays_as_it_is_among_the_others(text):
    good = json.dumps(ENTRY)
    assert lines(f"{good}\n{text}\n{good}\n") == f"{line()}\n{text}\n{line()}\n"


def test_a_file_is_an_export_when_it_begins_like_one():
    assert is_journal(json.dumps(ENTRY).encode())
    assert not is_journal(b"May  4 12:00:00 mx1 dovecot: {}\n")
    assert not is_journal(b"")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(st.one_of(
    st.binary(max_size=40),
    st.fixed_dictionaries({name: VALUES for name in ENTRY}).map(json.dumps).map(str.encode),
    st.fixed_dictionaries({"MESSAGE": VALUES}).map(lambda given: json.dumps(ENTRY | given).encode()),
), min_size=1, max_size=5))  # fmt: skip
def test_any_bytes_keep_the_number_of_their_lines(parts):
    block = np.frombuffer(b"\n".join(parts) + b"\n", np.uint8)
    assert np.count_nonzero(plain(block) == 10) == np.count_nonzero(block == 10)


@pytest.mark.parametrize("piece", ['{"a":', "[", "{", '"\\', "9", "\\u0000"])
def test_a_line_of_a_megabyte_costs_no_time(piece):
    text = '{"MESSAGE":' + piece * (1_000_000 // len(piece))
    began = time.process_time()
    assert lines(text) == text
    assert time.process_time() - began < 0.5
