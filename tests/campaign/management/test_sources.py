import json
from datetime import timedelta

import pytest
from builders import TODAY, noon
from desk import make_source
from django.core.management import call_command
from django.utils import timezone

from campaign.models import ClockReading

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_all_that_the_page_shows_is_told_as_json(capsys):
    make_source("mx1", "postfix", until=NOW - timedelta(minutes=2), without=range(200, 230))
    ClockReading.objects.create(day=TODAY, host="pop1", against="mx1", seconds=240, votes=80)
    call_command("sources", "--json")
    found = json.loads(capsys.readouterr().out)
    [source] = found["sources"]
    assert (source["host"], source["program"], source["state"]) == ("mx1", "postfix", "speaks")
    assert (source["lag_seconds"], source["file"]) == (120, "/var/log/mx1-postfix.log")
    assert [(gap["hours"], gap["missed_lines"]) for gap in source["gaps"]] == [(30, 3000)]
    assert found["wrong_clocks"] == [
        {"host": "pop1", "seconds_ahead": 240, "against": ["mx1"], "setting": "CLOCK_OFFSETS=pop1:-240"}
    ]
    assert found["clock_readings"] == [{"host": "pop1", "against": "mx1", "seconds_ahead": 240, "customers": 80}]


def test_a_late_source_ends_with_exit_status_1(capsys):
    make_source("mx1", "postfix", until=NOW)
    make_source("pop1", "dovecot", until=NOW - timedelta(hours=3))
    with pytest.raises(SystemExit) as ended:
        call_command("sources")
    assert ended.value.code == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:5] == ["pop1", "dovecot", "late", "2026-11-24", "09:00:00"]
    assert second.split()[:3] == ["mx1", "postfix", "speaks"]
