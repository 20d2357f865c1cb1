"""The clock of a login server is measured by its customers' mail: within 30 seconds, or not at all."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from loglines import NOON, login, message

from campaign.models import ClockReading
from campaign.submissions import clocks, intake
from campaign.submissions.skew import Reading, WrongClock, wrong_clocks

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
FAR = "friend@elsewhere.example"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.SEGMENTS = tmp_path / "segments"


def customer(rng: random.Random, number: int, ahead: float, *, pop: str, mx: str) -> list[tuple[datetime, str]]:
    """A day of one customer; the login server's clock is `ahead` minutes. Some programs collect all the time."""
    user, ip = f"u{number}@isp.example", f"198.51.{number // 250}.{number % 250 + 1}"
    begin = NOON + timedelta(seconds=rng.uniform(-3, 3) * 3600)
    polls = rng.random() < 0.3
    logins = [begin + timedelta(minutes=m) for m in (range(0, 180, 10) if polls else (0, 55, 130))]
    lines = []
    for at in logins:
        stamped = at + timedelta(minutes=ahead)
        lines.append((stamped, login(user, ip, stamped, host=pop)))
    sent = rng.choice(logins) + timedelta(seconds=rng.uniform(300, 6000) if polls else rng.expovariate(1 / 60))
    sasl = user if rng.random() < 0.5 else ""
    return [*lines, (sent, message(ip, user, FAR, at=sent, sasl=sasl, host=mx))]


def read(tmp_path, seed: int, ahead: dict[str, float], *, people: int, mx: tuple[str, ...] = ("mx1",)) -> None:
    rng, lines = random.Random(seed), []
    for number in range(people):
        pop = rng.choice(sorted(ahead))
        lines += customer(rng, number, ahead[pop], pop=pop, mx=rng.choice(mx))
    log = tmp_path / "mail.log"
    log.write_text("".join(text for _, text in sorted(lines)))
    report = intake.read([log], now=NOW)
    assert not report.problems
    clocks.measure(report.days)


@pytest.mark.parametrize(("seed", "ahead"), list(enumerate([3, -3, 4, -7.5, 10, -10, 20, -20])))
def test_a_wrong_clock_is_measured_within_30_seconds(tmp_path, seed, ahead):
    read(tmp_path, seed, {"pop1": ahead, "pop2": 0}, people=240)
    [found] = clocks.wrong(today=DAY)
    assert (found.host, found.against) == ("pop1", ("mx1",))
    assert abs(found.seconds - ahead * 60) <= 30


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("people", [3, 12, 240])
def test_right_clocks_raise_no_alarm(tmp_path, seed, people):
    read(tmp_path, seed, {"pop1": 0, "pop2": 0.2}, people=people)
    assert clocks.wrong(today=DAY) == []
    assert (people < 240) == (clocks.readings(today=DAY) == [])


def test_a_handful_of_mails_proves_nothing(tmp_path):
    read(tmp_path, 1, {"pop1": 4}, people=8)
    assert not ClockReading.objects.exists()


def test_once_set_right_nothing_is_told_without_measuring_again(tmp_path, settings):
    read(tmp_path, 5, {"pop1": 4}, people=150)
    assert [one.host for one in clocks.wrong(today=DAY)] == ["pop1"]
    settings.CLOCK_OFFSETS = {"pop1": -240}
    assert clocks.wrong(today=DAY) == []
    clocks.measure([DAY])
    assert clocks.wrong(today=DAY) == []
    assert abs(ClockReading.objects.get().seconds - 240) <= 30  # as logged
    settings.CLOCK_OFFSETS = {}
    assert [one.host for one in clocks.wrong(today=DAY)] == ["pop1"]


def test_a_reading_is_forgotten_after_a_week(tmp_path):
    read(tmp_path, 5, {"pop1": 4}, people=150)
    assert clocks.wrong(today=DAY + timedelta(days=6))
    assert not clocks.wrong(today=DAY + timedelta(days=7))


def apart(**seconds: dict[str, int]) -> list[Reading]:
    return [Reading(host, against, by, 50) for host, each in seconds.items() for against, by in each.items()]


@pytest.mark.parametrize(
    ("readings", "wanted"),
    [
        (apart(pop1={"mx1": 240}), [WrongClock("pop1", 240, ("mx1",))]),
        (apart(pop1={"mx1": 240, "mx2": 250}), [WrongClock("pop1", 245, ("mx1", "mx2"))]),
        (apart(pop1={"mx1": -240}, pop2={"mx1": -250}), [WrongClock("mx1", 245, ("pop1", "pop2"))]),
        (apart(pop1={"mx1": 240, "mx2": 240}, pop2={"mx1": 5, "mx2": -5}), [WrongClock("pop1", 240, ("mx1", "mx2"))]),
        (apart(pop1={"mx1": 0, "mx2": 180}, pop2={"mx1": 5, "mx2": 190}), [WrongClock("mx2", -185, ("pop1", "pop2"))]),
        (apart(pop1={"mx1": 59}, pop2={"mx1": -60}), []),
    ],
)
def test_the_one_that_differs_from_most_is_to_blame(readings, wanted):
    assert wrong_clocks(readings) == wanted
