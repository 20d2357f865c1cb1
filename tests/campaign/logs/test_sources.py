"""Lines by host, program and hour, however the file is cut into blocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from loglines import NOON, login, message, minutes, smtpd

from campaign.logs import sources
from campaign.logs.dialects import Reader
from campaign.logs.sources import HOUR, OTHERS, Source, SourceCount, add_all
from campaign.logs.stamps import micros

NOON_UTC = micros(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))


def count(*blocks: str, latest: int = 2**62) -> dict[Source, SourceCount]:
    reader = Reader(zone=ZoneInfo("Asia/Tokyo"), local_domains=(), latest=latest, written_on=date(2026, 6, 1))
    found: dict[Source, SourceCount] = {}
    for text in blocks:
        block = np.frombuffer(text.encode(), np.uint8)
        add_all(found, reader.events(block, *reader.heads(block), 1)[0].sources)
    return found


def test_all_daemons_of_one_postfix_are_one_source_and_a_second_instance_another():
    found = count(
        message("192.0.2.1", "u@isp.example", "x@y.example")
        + message("192.0.2.1", "u@isp.example", "x@y.example", tag="postfix-out/smtpd")
        + login("u", "192.0.2.1")
    )
    assert {name: one.lines for name, one in found.items()} == {
        ("mx1", "postfix"): 5,
        ("mx1", "postfix-out"): 5,
        ("pop1", "dovecot"): 1,
    }


def test_hours_first_and_last_line_do_not_depend_on_order_or_cuts():
    lines = [login("u", "192.0.2.1", at=minutes(number)) for number in (0, 59, 61, 60, 200)]
    whole = count("".join(lines))
    hour = NOON_UTC // HOUR
    assert whole == {
        ("pop1", "dovecot"): SourceCount(
            5, 0, NOON_UTC, NOON_UTC + 200 * 60_000_000, {hour: 2, hour + 1: 2, hour + 3: 1}
        )
    }
    assert count(*lines) == count(*reversed(lines)) == whole


def test_stamps_all_over_the_years_count_the_same_the_slow_way(monkeypatch):
    text = "".join(login("u", "192.0.2.1", NOON - timedelta(days=days)) for days in (90, 60, 30, 0))
    quick = count(text)
    monkeypatch.setattr(sources, "DENSE", 0)
    assert count(text) == quick


def test_lines_not_understood_are_counted_and_lines_of_the_future_are_not():
    strange = smtpd("hello", tag="strangerd") + login("u", "192.0.2.1") + login("u", "192.0.2.1", minutes(60))
    found = count(strange, latest=NOON_UTC + 60_000_000)
    assert found[Source("mx1", "strangerd")].not_understood == 1
    assert found[Source("pop1", "dovecot")].lines == 1


def test_a_file_of_countless_hosts_does_not_fill_the_memory():
    found = count("".join(smtpd("hello", tag="x", host=f"h{number}") for number in range(500)))
    assert len(found) == sources.AT_MOST + 1
    assert sum(one.lines for one in found.values()) == 500
    assert found[Source(OTHERS, OTHERS)].lines == 500 - sources.AT_MOST


@pytest.mark.parametrize("text", ["", "\n", "no stamp at all\n"])
def test_without_a_stamp_there_is_no_source(text):
    assert count(text) == {}
