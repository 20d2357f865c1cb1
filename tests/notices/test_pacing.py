import threading
import time
from collections import Counter
from datetime import date, timedelta
from itertools import islice

import pytest
import redis
from rounds import DAY, TOKYO, at

from notices.pacing import Hours, Rate, give_back_to_day, retry_after, slots, take_from_day, too_much_trouble

OFFICE = Hours(9, 17, TOKYO)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(8, 59), False),
        (at(9), True),
        (at(16, 59), True),
        (at(17), False),
        (at(12, day=date(2026, 12, 5)), False),  # a Saturday
        (at(12, day=date(2026, 12, 6)), False),
        (at(12, day=date(2027, 1, 1)), False),  # New Year
        (at(12, day=date(2026, 9, 22)), False),  # a day between two holidays
    ],
)
def test_notices_go_out_in_office_hours_of_working_days(now, allowed):
    assert OFFICE.allow(now) is allowed
    assert OFFICE.allow(now.astimezone(None)) is allowed


def test_hours_that_are_no_span_are_refused():
    with pytest.raises(ValueError, match="wanted a span"):
        Hours(17, 9, TOKYO)


def test_slots_lie_evenly_over_the_hours_of_a_day():
    assert list(islice(slots(at(8), cap=4, within=OFFICE), 5)) == [
        at(9),
        at(11),
        at(13),
        at(15),
        at(9, day=date(2026, 12, 2)),
    ]


def test_a_day_that_has_begun_gives_only_what_is_left_of_it():
    assert list(islice(slots(at(12), cap=4, within=OFFICE), 3)) == [at(13), at(15), at(9, day=date(2026, 12, 2))]


def test_slots_leave_out_weekends_and_holidays_and_never_exceed_the_cap():
    found = list(islice(slots(at(8, day=date(2026, 12, 25)), cap=7, within=OFFICE), 60))
    assert max(Counter(slot.date() for slot in found).values()) == 7
    assert all(OFFICE.allow(slot) for slot in found)
    assert date(2026, 12, 26) not in {slot.date() for slot in found}
    assert date(2027, 1, 1) not in {slot.date() for slot in found}
    assert found == sorted(found)


def test_waits_grow_up_to_four_hours():
    waits = [retry_after(attempts) for attempts in range(1, 9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=5), timedelta(hours=4))


@pytest.mark.parametrize(
    ("recent", "too_much"),
    [
        ("", False),
        ("cccc", False),
        ("ccccc", True),
        ("ccbcb", True),
        ("cccc.c", False),
        ("d" * 9, False),
        ("d" * 10, True),
        (".d" * 10, True),
        ("." * 11 + "rdrdlrdrd", False),
        ("d" * 10 + "." * 20, False),
    ],
)
def test_trouble_is_five_without_the_relay_or_half_of_twenty(recent, too_much):
    assert too_much_trouble(recent) is too_much


@pytest.mark.django_db
def test_a_day_gives_no_more_than_its_cap():
    assert [take_from_day(DAY, wanted=4, cap=10) for _ in range(4)] == [4, 4, 2, 0]
    give_back_to_day(DAY, 3)
    assert take_from_day(DAY, wanted=10, cap=10) == 3
    assert take_from_day(DAY + timedelta(days=1), wanted=1, cap=10) == 1
    assert take_from_day(DAY, wanted=5, cap=2) == 0


def test_all_workers_keep_one_pace(empty_redis, settings):
    sent = []

    def worker():
        rate = Rate(per_second=50, url=settings.REDIS_URL)
        for _ in range(10):
            time.sleep(rate.take())
            sent.append(time.monotonic())
        rate.close()

    workers = [threading.Thread(target=worker) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert max(sent) - min(sent) >= 29 / 50 - 0.02
    assert max(sent) - min(sent) < 29 / 50 + 1


def test_a_pause_saves_up_nothing(empty_redis, settings):
    rate = Rate(per_second=10, url=settings.REDIS_URL)
    assert rate.take() == 0
    time.sleep(0.3)
    assert rate.take() == 0
    assert 0.05 < rate.take() <= 0.1
    rate.close()


def test_without_redis_nobody_may_send(settings):
    rate = Rate(per_second=10, url=f"unix://{settings.DATA}/nobody-here.sock")
    with pytest.raises(redis.ConnectionError):
        rate.take()
