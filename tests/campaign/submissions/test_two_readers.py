"""Two readers of one log file at the same time: the lock in Redis may be lost, and an operator may read by hand."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from loglines import message

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


def test_the_second_one_waits_and_then_finds_nothing_new(log):
    second = threading.Thread(target=lambda: (intake.read([log], now=NOW, year=2026), connection.close()))
    with OpenLog(str(log)) as first, intake.segments().turn(first.inode):
        second.start()
        second.join(0.5)
        assert second.is_alive()
        assert not LogFile.objects.exists()
    second.join(120)
    assert LogFile.objects.get().lines == log.read_text().count("\n")


def test_one_that_dies_does_not_take_away_what_the_other_has_read(log, monkeypatch):
    """It would have forgotten the segments that the first one was about to remember."""
    began, go_on = threading.Event(), threading.Event()
    remember = intake._remember

    def slowly(*words):
        began.set()
        assert go_on.wait(120)
        remember(*words)

    def die(self, name):
        forgotten.append(name)
        raise KeyboardInterrupt

    forgotten: list[str] = []
    monkeypatch.setattr(intake, "_remember", slowly)
    first = threading.Thread(target=lambda: (intake.read([log], now=NOW, year=2026), connection.close()))
    first.start()
    assert began.wait(120)
    monkeypatch.setattr(Segments, "forget", die)
    second = threading.Thread(target=lambda: (intake.read([log], now=NOW, year=2026), connection.close()))
    second.start()
    second.join(0.5)
    go_on.set()
    first.join(120)
    second.join(120)
    assert not forgotten
    assert LogFile.objects.count() == 1
