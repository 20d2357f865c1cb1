"""Which files may have something new, however they are rotated."""

import gzip
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.submissions.growing import PACKING, Growing, rotated_names


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "mail.log"
    path.write_text("one\n")
    return path


def now(*, seconds: float = 0) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def growing(*paths: Path, since: datetime | None = None, patterns: tuple[str, ...] = ()) -> Growing:
    since = since or now(seconds=-3600)
    return Growing(paths, patterns=patterns, read_until={str(path): since for path in paths})


def names(found: Growing, at: datetime | None = None) -> list[str]:
    """What has changed, by name; it counts as read."""
    changed = found.changed(now=at or now())
    found.done(changed)
    return [Path(path).name for path in changed]


def test_a_file_is_read_once_and_again_when_it_has_grown(log):
    found = growing(log)
    assert names(found) == ["mail.log"]
    assert names(found) == []
    with log.open("a") as file:
        file.write("two\n")
    assert names(found) == ["mail.log"]


def test_after_a_renaming_both_are_looked_at_and_the_old_one_as_long_as_it_grows(log):
    found = growing(log)
    with log.open("a") as writer:
        assert names(found) == ["mail.log"]
        old = log.rename(log.with_name("mail.log.1"))
        log.write_text("new\n")
        assert names(found) == ["mail.log.1", "mail.log"]
        writer.write("late\n")
        writer.flush()
        assert names(found) == ["mail.log.1"]
    assert old.exists() and names(found) == []


def test_a_copy_made_before_the_file_is_cut_short_is_looked_at(log):
    found = growing(log)
    names(found)
    shutil.copy2(log, log.with_name("mail.log-20261124"))
    os.truncate(log, 0)
    assert names(found) == ["mail.log-20261124"]
    log.write_text("n\n")
    assert names(found) == ["mail.log"]


def test_what_was_rotated_away_long_ago_is_left_alone(log):
    old = log.with_name("mail.log.7")
    old.write_text("old\n")
    os.utime(old, (0, 0))
    assert names(growing(log, since=datetime(2026, 1, 1, tzinfo=UTC))) == ["mail.log"]


def test_a_packed_file_waits_until_it_is_whole(log):
    packed = log.with_name("mail.log.1.gz")
    packed.write_bytes(gzip.compress(b"one\n"))
    found = growing(log)
    assert names(found) == ["mail.log"]
    assert names(found, now(seconds=PACKING + 1)) == ["mail.log.1.gz"]


def test_a_rotation_between_the_looking_and_the_reading_is_noticed(log):
    found = growing(log)
    changed = found.changed(now=now())
    log.rename(log.with_name("mail.log.1"))
    log.write_text("new\n")  # this one was read
    found.done(changed)
    assert names(found) == ["mail.log.1", "mail.log"]


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path):
    found = growing(tmp_path / "sub" / "mail.log")
    assert names(found) == []
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mail.log").write_text("one\n")
    assert names(found) == ["mail.log"]


def test_folders_and_patterns_bring_what_is_new_in_them(tmp_path, log):
    by_folder, by_pattern = growing(tmp_path), growing(patterns=(f"{tmp_path}/*.log",))
    assert names(by_folder) == names(by_pattern) == ["mail.log"]
    (tmp_path / "more.log").write_text("one\n")
    (tmp_path / "notes").write_text("one\n")
    (tmp_path / "folder.log").mkdir()
    assert names(by_folder) == ["more.log", "notes"]
    assert names(by_pattern) == ["more.log"]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("mail.log.1", True),
        ("mail.log.2.gz", True),
        ("mail.log-20261124", True),
        ("mail.log-20261124.xz", True),
        ("mail-20261124.log", True),
        ("mail-20261124.log.gz", True),
        ("mail.1.log", True),
        ("mail.log.old", True),
        ("mail.log", False),
        ("mail.login", False),
        ("mail-relay.log", False),
        ("maillog.1", False),
        ("xmail.log.1", False),
    ],
)
def test_names_that_rotation_makes(name, is_one):
    assert bool(rotated_names("/var/log/mail.log").fullmatch(f"/var/log/{name}")) is is_one
