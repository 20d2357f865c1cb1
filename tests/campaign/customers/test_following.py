"""A file that grows is followed through every rotation: nothing is lost, nothing counts twice."""

import gzip
import os
import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_campaign
from loglines import login, message, minutes

from campaign.customers import following
from campaign.customers.following import Follower
from campaign.models import AttributedDay, Customer, DailyCount, DailyUse, Holdout, LogFile, SourceLines
from campaign.submissions import intake

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)
HANAKO, TARO, HOME, FAR = "hanako@isp.example", "taro@isp.example", "198.51.100.7", "friend@elsewhere.example"


class Clock:
    """Two clocks: the day's, which every look moves on by a second, and that of the pauses, which waits for nobody."""

    def __init__(self) -> None:
        self.seconds = 0

    @property
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 14, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"
    monkeypatch.setattr("campaign.submissions.growing.PACKED", ())  # they would wait by another clock than the files'


@pytest.fixture
def log(tmp_path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "mail.log"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def follow(clock: Clock, *paths: Path, **given) -> Follower:
    # Files carry the real time, and the past is not looked for: since when is what the last reading says.
    return Follower(paths, now=datetime.now(UTC), clock=clock.monotonic, **given)


def look(follower: Follower, clock: Clock, times: int = 1) -> list[set[date]]:
    found = []
    for _ in range(times):
        clock.seconds += 1
        found.append(follower.step(now=clock.now, today=DAY).days)
    return found


def outcome() -> tuple:
    use = DailyUse.objects.order_by("customer__login", "submission_class")
    sources = SourceLines.objects.values_list("host", "lines")
    return (
        list(use.values_list("customer__login", "submission_class", "submissions", "confirmed", "last_at")),
        list(DailyCount.objects.order_by("submission_class").values_list("submission_class", "submissions")),
        sorted((host, sum(lines for name, lines in sources if name == host)) for host in {name for name, _ in sources}),
    )


def text(*, mails: int) -> str:
    found = [login(HANAKO, HOME), login(TARO, "198.51.100.8")]
    for number in range(1, mails):
        at = minutes(number / 2)
        found.append(message(HOME, HANAKO, FAR, at=at))
        found.append(message("198.51.100.8", TARO, FAR, at=at, sasl=TARO, tag="postfix/submission/smtpd"))
    return "".join(found)


def forget() -> None:
    for model in (DailyUse, DailyCount, LogFile, AttributedDay, Customer):
        model.objects.all().delete()
    for path in intake.segments().root.rglob("*.parquet"):
        path.unlink()


class Writer:
    """Writes a log in pieces that do not care for lines, and rotates it as logrotate would, in every way."""

    def __init__(self, log: Path, content: str, rng: random.Random) -> None:
        self.log, self.left, self.rng = log, content.encode(), rng
        self.file = log.open("ab", buffering=0)
        self.turns = 0

    def write(self) -> None:
        size = self.rng.randrange(1, 1500)
        self.file.write(self.left[:size])
        self.left = self.left[size:]

    def to_line_end(self) -> None:
        size = self.left.find(b"\n") + 1
        self.file.write(self.left[:size])
        self.left = self.left[size:]

    def rotate(self) -> None:
        self.turns += 1
        old = self.log.with_name(f"mail.log-{self.turns:03}")
        way = self.rng.choice(["rename", "rename late", "copy", "pack"])
        if way == "copy":
            self.to_line_end()
            shutil.copy2(self.log, old)
            os.truncate(self.log, 0)
            return
        self.log.rename(old)
        if way == "rename late":
            self.write()  # syslog has not been told yet
        self.to_line_end()
        self.file.close()
        self.file = self.log.open("ab", buffering=0)
        if way == "pack":
            draft = old.with_suffix(".tmp")
            draft.write_bytes(gzip.compress(old.read_bytes()))
            draft.rename(old.with_name(old.name + ".gz"))
            old.unlink()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_rotated_and_whoever_dies_the_outcome_is_that_of_the_whole_file(log, clock, seed, monkeypatch):
    rng, content = random.Random(seed), text(mails=30)
    whole = log.with_name("whole.log")
    whole.write_text(content)
    look(follow(clock, whole), clock)
    wanted = outcome()
    whole.unlink()
    forget()

    writer, follower = Writer(log, content, rng), follow(clock, log)
    while writer.left:
        writer.write()
        if rng.random() < 0.15:
            writer.rotate()
        if rng.random() < 0.5:
            look(follower, clock)
        if rng.random() < 0.1:
            die_at = rng.choice(["read", "_remember", "attribute"])
            with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
                patched.setattr(intake, die_at, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
                writer.write()
                writer.to_line_end()
                look(follower, clock, times=3)
                raise KeyboardInterrupt
            follower = follow(clock, log)
    look(follower, clock, times=20)
    assert outcome() == wanted


def test_a_line_cut_in_half_waits_for_its_other_half(log, clock):
    line = login(HANAKO, HOME)
    log.write_text(login(TARO, HOME) + line[:40])
    follower = follow(clock, log)
    look(follower, clock)
    assert SourceLines.objects.get().lines == 1
    with log.open("a") as file:
        file.write(line[40:])
    look(follower, clock)
    assert SourceLines.objects.get().lines == 2


def test_what_was_rotated_while_nobody_followed_is_read_and_older_files_are_not(log, clock):
    log.with_name("mail.log.2").write_text(login("stranger", "192.0.2.99"))
    os.utime(log.with_name("mail.log.2"), (1_700_000_000, 1_700_000_000))
    lines = text(mails=20).splitlines(keepends=True)
    log.write_text("".join(lines[:30]))
    look(follow(clock, log), clock)
    with log.open("a") as file:
        file.writelines(lines[30:60])
    log.rename(log.with_name("mail.log.1"))
    log.write_text("".join(lines[60:]))
    LogFile.objects.update(read_at=datetime.now(UTC))  # the tests' clock is another one than the files'
    look(follow(clock, log), clock)
    assert sum(LogFile.objects.values_list("lines", flat=True)) == len(lines)
    assert LogFile.objects.count() == 2


def test_between_two_attributions_there_is_a_pause_and_nothing_is_forgotten(log, clock):
    log.write_text(login(HANAKO, HOME))
    follower = follow(clock, log)
    assert look(follower, clock) == [{DAY, DAY - timedelta(days=1)}]
    with log.open("a") as file:
        file.write(message(HOME, HANAKO, FAR, at=minutes(1)))
    pause = following.PAUSE.seconds
    assert look(follower, clock, times=pause)[: pause - 1] == [set()] * (pause - 1)
    look(follower, clock)
    assert DailyUse.objects.get().submissions == 1
    assert not follower.due(now=clock.now, today=DAY)


def test_days_that_another_made_stale_or_did_not_settle_are_brought_up_to_date(log, clock):
    make_campaign(starts_on=DAY)
    log.write_text(text(mails=5))
    intake.read([log], now=clock.now)
    intake.attribute({DAY}, now=clock.now)
    assert not Holdout.objects.exists()
    follower = follow(clock, log)
    look(follower, clock)
    assert Holdout.objects.get().customer.login == HANAKO


def test_without_anything_new_there_is_nothing_to_do(log, clock):
    log.write_text(text(mails=5))
    follower = follow(clock, log)
    look(follower, clock, times=3)
    assert not follower.due(now=clock.now, today=DAY)
    with log.open("a") as file:
        file.write(login(TARO, HOME))
    assert follower.due(now=clock.now, today=DAY)
