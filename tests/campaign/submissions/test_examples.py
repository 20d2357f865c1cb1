"""The example of a line that was not understood is kept as long as the line's day, however its file goes on."""

import os
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.utils import timezone

from campaign.models import LogFile, ProgramLines
from campaign.submissions import intake, reading, retention

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
MAY_4 = date(2026, 5, 4)
BARE = "no stamp here"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"
    settings.RETENTION_DAYS = 35


@pytest.fixture(params=["read again with what is added", "sealed"])
def log(request, tmp_path, monkeypatch):
    """A file whose pieces are done with at once, or read again as long as they are small."""
    if request.param == "sealed":
        monkeypatch.setattr(reading, "SEALED", 1)
    return tmp_path / "mail.log"


def add(log, *lines: str, now=NOW) -> None:
    with log.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)
    intake.read([log], now=now)


def stranger(day: int) -> str:
    return f"May {day:2d} 12:00:00 mx1 strangerd: user hanako came on {day}"


def told() -> dict[str, tuple[int, str, date | None]]:
    rows = ProgramLines.objects.values_list("program", "not_understood", "example", "example_day")
    return {name: (lines, example[:10], day) for name, lines, example, day in rows}


def in_state() -> list[str]:
    return [counts[2] for log in LogFile.objects.all() for counts in log.state["programs"].values() if counts[2]]


def test_the_example_of_a_file_that_still_grows_goes_with_its_day(log):
    add(log, stranger(4), stranger(18))
    assert told() == {"strangerd": (2, "2026-05-04", MAY_4)}
    retention.drop_before(MAY_4)
    assert told() == {"strangerd": (2, "2026-05-04", MAY_4)}
    add(log, stranger(19))
    retention.drop_before(MAY_4 + timedelta(days=1))
    assert told() == {"strangerd": (3, "", None)} and in_state() == []


def test_a_later_line_takes_its_place_and_the_old_one_does_not_come_back(log):
    add(log, stranger(4), stranger(18))
    add(log, stranger(19))
    june = datetime(2026, 6, 12, 3, 0, tzinfo=UTC)
    retention.drop_before(intake.kept_from(june))
    add(log, stranger(20), now=june)
    lines, example, day = told()["strangerd"]
    assert lines == 4 and example > "2026-05-08" and day > date(2026, 5, 8)
    assert all(example > "2026-05-08" for example in in_state())


def test_a_reading_that_knew_the_example_before_it_was_emptied_does_not_keep_it(log):
    add(log, stranger(4), stranger(18))
    add(log, stranger(19))  # with `SEALED` its state knows the first lines' example
    add(log, stranger(20), now=NOW + timedelta(days=30))
    assert not [example for example in in_state() if "2026-05-04" in example]
    assert not ProgramLines.objects.filter(example_day__lte=MAY_4).exists()


def test_lines_that_nothing_dates_are_as_old_as_their_file(log):
    add(log, BARE)
    assert told() == {"(no time stamp)": (1, "no …", timezone.localdate(NOW))}
    for days in (30, 36, 80):
        add(log, BARE, now=NOW + timedelta(days=days))
        retention.drop_before(timezone.localdate(NOW) + timedelta(days=days - 35))
    assert told() == {"(no time stamp)": (4, "", None)} and in_state() == []


def test_a_file_written_long_ago_leaves_no_example_of_lines_without_stamp(log):
    log.write_text(f"{BARE}\n")
    os.utime(log, (NOW.timestamp() - 86_400 * 36,) * 2)
    intake.read([log], now=NOW)
    assert told() == {"(no time stamp)": (1, "", None)}


def test_a_line_without_stamp_is_as_old_as_the_line_before_it(log):
    add(log, stranger(4), BARE, stranger(18))
    assert told()["(no time stamp)"][2] == MAY_4


def test_a_file_without_any_stamp_is_forgotten_by_the_day_it_was_read(log):
    add(log, BARE)
    retention.drop_before(timezone.localdate(NOW))
    assert LogFile.objects.get().last_at is None
    retention.drop_before(timezone.localdate(NOW) + timedelta(days=1))
    assert not LogFile.objects.exists()


def test_the_database_keeps_no_example_without_a_day(log):
    add(log, stranger(4))
    with pytest.raises(IntegrityError, match="no_example_without_a_day"):
        ProgramLines.objects.update(example="x", example_day=None)


def test_what_was_kept_before_examples_had_a_day_is_emptied(log):
    add(log, BARE, stranger(18))
    add(log, stranger(19))
    row = LogFile.objects.get()
    del row.state["begun"]
    row.state["programs"] = {"amavis": [3, 3, 'Subject: "my divorce"'], "dovecot": [4, 0, ""]}
    row.save()
    ProgramLines.objects.update(example='Subject: "my divorce"')
    import_module("campaign.migrations.0032_give_examples_of_lines_a_day").empty_examples(apps, None)
    assert {example for _, example, _ in told().values()} == {""} and in_state() == []
    state = LogFile.objects.get().state
    assert state["programs"] == {"amavis": [3, 3, "", 0], "dovecot": [4, 0, "", 0]} and state["begun"] == "2026-05-18"
    add(log, stranger(20))
    assert ProgramLines.objects.get(program="strangerd").not_understood >= 1
