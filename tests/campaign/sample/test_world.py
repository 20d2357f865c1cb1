import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from campaign.sample.people import Way
from campaign.sample.relay import Caught, Journal
from campaign.sample.state import State
from campaign.sample.world import Day, World

DAY = date(2026, 5, 12)
TOKYO = ZoneInfo("Asia/Tokyo")
NOON = 12 * 3600


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path)


def small_world():
    return World(State(7, 300, "2026-05-01", "2026-05-02", 0), zone=TOKYO)


def all_of(day):
    mail, logins = day.until(day.end)
    return sorted(mail), sorted(logins)


def test_a_day_is_the_same_each_time(journal):
    assert all_of(Day(small_world(), DAY, journal)) == all_of(Day(small_world(), DAY, journal))


def test_a_day_in_pieces_is_the_whole_day(journal):
    whole = all_of(Day(small_world(), DAY, journal))
    day = Day(small_world(), DAY, journal)
    mail, logins = [], []
    for second in (1, NOON, NOON, NOON + 3, 80000, 86400):
        piece = day.until(day.begin + second)
        mail += piece[0]
        logins += piece[1]
    assert (sorted(mail), sorted(logins)) == whole


def test_a_day_goes_on_after_a_restart_with_nothing_twice_and_nothing_lost(journal):
    whole = all_of(Day(small_world(), DAY, journal))
    before = Day(small_world(), DAY, journal)
    first = before.until(before.begin + NOON)
    rest = Day(small_world(), DAY, journal, written=NOON)
    second = rest.until(rest.end)
    assert (sorted(first[0] + second[0]), sorted(first[1] + second[1])) == whole


def test_a_caught_mail_is_logged_once_over_restarts(journal):
    world = small_world()
    begin = world.midnight(DAY)
    journal.add(Caught(begin + NOON, "notice.pbs.x@isp.example", "notice+1@isp.example", ("a@isp.example",), 999, 5))
    day = Day(world, DAY, journal)
    first = day.until(begin + NOON + 1)
    again = Day(world, DAY, journal, written=NOON + 1, in_log=day.in_log)
    second = again.until(begin + 86400)
    lines = [line for line in first[0] + second[0] if "campaign.isp.example" in line or "<a@isp.example>" in line]
    assert [re.search(r"(connect|client=|disconnect|status=sent)", line)[1] for line in lines] == [
        "connect",
        "client=",
        "disconnect",
        "status=sent",
    ]


def test_who_has_moved_sends_with_a_password_and_tries_it_at_once(journal):
    world = small_world()
    mover = next(
        person
        for person in world.persons
        if person.devices and person.devices[0].way is Way.LEGACY and person.devices[0].movable
        and person.temper.notices == 1 and person.temper.delay < 3600 and not person.temper.fumbles
    )  # fmt: skip
    world.learn([(mover.login, world.midnight(DAY) + NOON)])
    mail, _ = Day(world, DAY, journal).until(world.midnight(DAY) + 86400)
    assert any(f"sasl_username={mover.login}" in line for line in mail)


def test_a_move_changes_nobody_elses_day(journal):
    quiet, moved = small_world(), small_world()
    mover = next(p for p in moved.persons if p.temper.notices == 1 and p.number in moved.changes)
    moved.learn([(mover.login, moved.midnight(DAY))])
    before, after = all_of(Day(quiet, DAY, journal))[0], all_of(Day(moved, DAY, journal))[0]
    others = [line for line in set(after) ^ set(before) if mover.login not in line and mover.home not in line]
    assert len([line for line in others if re.search(r"client=|sasl_username", line)]) <= 2
