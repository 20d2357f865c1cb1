"""Two readers of one log file at the same time: the lock in Redis may be lost, and an operator may read by hand."""

import fcntl
import threading
from datetime import UTC, datetime
from functools import partial

import pytest
from at_once import Other, Stop
from loglines import message
from waiting import until

from campaign.logs.files import LogFile as OpenLog
from campaign.models import LogFile
from campaign.submissions import intake
from campaign.submissions.segments import Segments

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 5, 5, tzinfo=UTC)


@pytest.fixture
def log(tmp_path, settings):
    settings.SEGMENTS = tmp_path / "segments"
    path = tmp_path / "maillog"
    path.write_text("".join(message("192.0.2.7", f"a{number}@isp.example", "b@far.example") for number in range(50)))
    return path


@pytest.fixture
def waits(monkeypatch) -> threading.Event:
    """Set once a reader has found the turn taken, and is about to wait for it."""
    found, flock = threading.Event(), fcntl.flock

    def flock_that_tells(file, operation: int) -> None:
        try:
            flock(file, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            found.set()
            flock(file, operation)

    monkeypatch.setattr("campaign.submissions.segments.fcntl.flock", flock_that_tells)
    return found


def read(log) -> None:
    intake.read([log], now=NOW, year=2026)


def test_the_second_one_waits_and_then_finds_nothing_new(log, waits):
    with OpenLog(str(log)) as first, intake.segments().turn(first.inode):
        second = Other(partial(read, log))
        until(lambda: waits.is_set() or not second.at_work)
        assert waits.is_set() and second.at_work
        assert not LogFile.objects.exists()
    second.result()
    assert LogFile.objects.get().lines == log.read_text().count("\n")


def test_one_that_dies_does_not_take_away_what_the_other_has_read(log, waits, monkeypatch):
    """It would have forgotten the segments that the first one was about to remember."""
    remembers = Stop()

    def die(self, name):
        forgotten.append(name)
        raise MemoryError

    forgotten: list[str] = []
    monkeypatch.setattr(intake, "_remember", remembers.before(intake._remember))
    first = Other(partial(read, log))
    remembers.reached()
    monkeypatch.setattr(Segments, "forget", die)
    second = Other(partial(read, log))
    until(lambda: waits.is_set() or not second.at_work)
    remembers.go_on()
    first.result()
    second.result()
    assert not forgotten
    assert LogFile.objects.count() == 1


def test_turns_leave_no_file_behind_and_who_waited_has_the_file_that_the_next_one_finds(tmp_path, waits):
    """The one who waited holds a file that has been taken away: a third one would find another, and be let in."""
    segments = Segments(tmp_path, UTC)
    path = tmp_path / "turns" / "1-2"
    there = []

    def take_a_turn() -> None:
        with segments.turn("1-2"):
            there.append(path.exists())

    with segments.turn("1-2"):
        second = Other(take_a_turn)
        until(lambda: waits.is_set() or not second.at_work)
        assert waits.is_set() and not there
    second.result()
    assert there == [True]
    assert not path.exists()


def test_a_turn_that_fails_leaves_no_file_behind(tmp_path):
    segments = Segments(tmp_path, UTC)
    with pytest.raises(MemoryError), segments.turn("1-2"):
        raise MemoryError
    assert list((tmp_path / "turns").iterdir()) == []
