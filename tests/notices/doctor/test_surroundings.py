from datetime import timedelta
from pathlib import Path

import pytest
from builders import TODAY, noon
from django.utils import timezone

from notices import tasks
from notices.doctor import surroundings
from notices.doctor.finding import Finding

NOW = noon(TODAY)


def check() -> dict[str, Finding]:
    found = list(surroundings.check(now=timezone.now()))
    assert all(finding.advice or finding.verdict in {"ok", "unchecked"} for finding in found)
    return {finding.check: finding for finding in found}


@pytest.mark.django_db
def test_all_is_well(empty_redis):
    tasks.beat_the_heart()
    found = check()
    assert {name: str(each.verdict) for name, each in found.items() if name not in {"clock", "disk"}} == dict.fromkeys(
        ("database", "migrations", "redis", "beat", "folder"), "ok"
    )
    assert found["clock"].verdict in {"ok", "unchecked"}


@pytest.mark.django_db
def test_beat_and_worker_that_never_were(empty_redis):
    assert check()["beat"].verdict == "problem"


@pytest.mark.django_db
def test_a_redis_that_is_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    found = check()
    assert (found["redis"].verdict, found["beat"].verdict) == ("problem", "unchecked")


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_counted(empty_redis, monkeypatch):
    class One:
        def __init__(self, connection):
            self.loader = self
            self.graph = self

        def leaf_nodes(self):
            return []

        def migration_plan(self, targets):
            return ["one", "two"]

    monkeypatch.setattr(surroundings, "MigrationExecutor", One)
    assert check()["migrations"].said == "2 migrations are not applied."


@pytest.mark.parametrize(
    ("ago", "verdict"),
    [(10, "ok"), (89, "ok"), (100, "warning"), (299, "warning"), (301, "problem"), (None, "problem")],
)
def test_how_long_ago_beat_and_a_worker_were_at_work(ago, verdict):
    last = None if ago is None else NOW - timedelta(seconds=ago)
    assert surroundings.beat(last, now=NOW).verdict == verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"), [((0, 1), "ok"), ((0, -6), "warning"), ((7, None), "warning"), ((None, None), "unchecked")]
)
def test_clocks_are_held_against_each_other(seconds, verdict):
    others = {str(n): None if s is None else NOW + timedelta(seconds=s) for n, s in enumerate(seconds)}
    assert surroundings.clock(others, now=NOW).verdict == verdict


@pytest.mark.parametrize(("gigabytes", "verdict"), [(100, "ok"), (4.9, "warning"), (0.5, "problem")])
def test_there_must_be_room(gigabytes, verdict):
    assert surroundings.room(Path("/var"), int(gigabytes * surroundings.GB)).verdict == verdict


def test_a_folder_that_cannot_be_written(tmp_path):
    file = tmp_path / "file"
    file.write_text("no folder")
    (found,) = surroundings._folder(file)
    assert found.verdict == "problem"
    (folder, _disk) = surroundings._folder(tmp_path / "made" / "when needed")
    assert folder.verdict == "ok"
