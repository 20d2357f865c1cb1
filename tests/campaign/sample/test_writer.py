import gzip
from datetime import date

import pytest

from campaign.sample.state import State, load
from campaign.sample.writer import Writer

LINES = ["May 12 10:00:01 mx1 postfix/smtpd[2]: b", "May 12 10:00:00 mx1 postfix/smtpd[1]: a"]


@pytest.fixture
def state():
    return State(1, 10, "2026-05-01", "2026-06-01", 0)


def test_lines_are_written_in_time_order_and_the_state_says_how_far(tmp_path, state):
    Writer(tmp_path, state).append(LINES, [], until=7, journal=3)
    assert (tmp_path / "logs/maillog").read_text().splitlines() == LINES[::-1]
    kept = load(tmp_path)
    assert (kept.until, kept.journal, kept.mail_size) == (7, 3, sum(len(line) + 1 for line in LINES))


def test_what_a_dead_run_left_half_written_is_cut_off(tmp_path, state):
    writer = Writer(tmp_path, state)
    writer.append(LINES, [], until=7, journal=0)
    whole = (tmp_path / "logs/maillog").read_bytes()
    with open(tmp_path / "logs/maillog", "ab") as file:
        file.write(b"May 12 10:00:02 mx1 postf")
    Writer(tmp_path, load(tmp_path))
    assert (tmp_path / "logs/maillog").read_bytes() == whole


def test_rotation_packs_the_month_and_begins_new_files(tmp_path, state):
    writer = Writer(tmp_path, state)
    writer.append(LINES, LINES, until=7, journal=0)
    before = (tmp_path / "logs/maillog").read_bytes()
    writer.rotate(date(2026, 6, 1))
    assert gzip.decompress((tmp_path / "logs/maillog-20260601.gz").read_bytes()) == before
    assert (tmp_path / "logs/maillog").read_bytes() == b""
    writer.append(LINES[:1], [], until=8, journal=0)
    assert (tmp_path / "logs/maillog").read_text() == LINES[0] + "\n"


def test_rotation_that_died_half_way_is_done_again(tmp_path, state):
    writer = Writer(tmp_path, state)
    writer.append(LINES, LINES, until=7, journal=0)
    saved = load(tmp_path)
    writer._pack(tmp_path / "logs/maillog", tmp_path / "logs/maillog-20260601.gz")
    Writer(tmp_path, saved).rotate(date(2026, 6, 1))
    assert gzip.decompress((tmp_path / "logs/maillog-20260601.gz").read_bytes()).decode().splitlines() == LINES[::-1]
