"""What the operator is told of each source: how far it is read, what is missing, whether it is late."""

import gzip
import random
from datetime import UTC, datetime

import pytest
from loglines import login, message, minutes

from campaign.models import LogFile, SourceLines
from campaign.submissions import intake, reading

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
HANAKO, HOME, FAR = "hanako@isp.example", "198.51.100.7", "friend@elsewhere.example"
HOUR = int(datetime(2026, 5, 4, 3, tzinfo=UTC).timestamp()) // 3600


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


@pytest.fixture
def text() -> str:
    return "".join(
        login(HANAKO, HOME, minutes(number)) + message(HOME, HANAKO, FAR, at=minutes(number + 1))
        for number in range(0, 120, 10)
    )


def known() -> dict[str, tuple]:
    rows = SourceLines.objects.order_by("host", "program").values_list("host", "lines", "hours")
    return {host: (lines, hours) for host, lines, hours in rows}


WANTED = {"mx1": (60, {str(HOUR): 30, str(HOUR + 1): 30}), "pop1": (12, {str(HOUR): 6, str(HOUR + 1): 6})}


def test_the_same_file_again_renamed_or_compressed_doubles_nothing(tmp_path, text):
    log = tmp_path / "mail.log"
    log.write_text(text)
    intake.read([log, log], now=NOW)
    assert known() == WANTED
    (tmp_path / "mail.log.1.gz").write_bytes(gzip.compress(log.read_bytes()))
    intake.read([log, log.rename(tmp_path / "mail.log.1"), tmp_path / "mail.log.1.gz"], now=NOW)
    assert known() == WANTED


@pytest.mark.parametrize("sealed", [1, 2000, 4 << 20])
def test_a_growing_file_counts_each_line_once(tmp_path, text, monkeypatch, sealed):
    monkeypatch.setattr(reading, "SEALED", sealed)  # how much of it is never read again
    rng, place, log = random.Random(sealed), 0, tmp_path / "mail.log"
    while place < len(text):
        step = rng.randrange(1, 900)
        with log.open("a") as file:
            file.write(text[place : place + step])
        place += step
        intake.read([log], now=NOW)
    assert known() == WANTED


def test_what_a_crash_leaves_in_a_log_is_kept_in_any_database(tmp_path):
    (tmp_path / "mail.log").write_bytes(
        b"\0" * 40 + b"\n" + b"May  4 12:00:00 m\0x st\0range: hello\n" + login("u", HOME).encode()
    )
    intake.read([tmp_path / "mail.log"], now=NOW)
    assert LogFile.objects.get().lines == 3
    assert SourceLines.objects.filter(host="m\N{REPLACEMENT CHARACTER}x").exists()
