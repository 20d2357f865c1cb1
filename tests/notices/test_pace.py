import threading
import time
from datetime import timedelta

import pytest
import redis
from rounds import DAY
from waiting import PATIENCE, until

from notices.pace import Place, Rate, chunk_size, give_back_to_day, retry_after, take_from_day, trouble, try_after

ROUNDING = 0.00001  # of a second: what sums of millionths may be off by


def test_waits_grow_up_to_four_hours():
    waits = [retry_after(attempts) for attempts in range(1, 9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=5), timedelta(hours=4))


@pytest.mark.parametrize(
    ("recent", "cause"),
    [
        ("", None),
        ("cccc", None),
        ("ccccc", "relay"),
        ("ccbcb", "relay"),
        ("cccc.c", None),
        ("d" * 9, None),
        ("d" * 10, "relay"),
        (".d" * 10, "relay"),
        ("r" * 10, "refusals"),
        (".r" * 10, "refusals"),
        ("rd" * 5, "refusals"),
        ("ddd" + "rrddrdd", "relay"),
        ("." * 11 + "rdrdlrdrd", None),
        ("d" * 10 + "." * 20, None),
    ],
)
def test_trouble_is_five_without_the_relay_or_half_of_twenty(recent, cause):
    assert trouble(recent) == cause


def test_the_relay_is_tried_less_and_less_often_but_every_quarter_of_an_hour():
    waits = [try_after(tries) for tries in range(9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(minutes=15))


@pytest.mark.parametrize(("per_second", "size"), [(1, 1), (10, 1), (200, 20), (10_000, 250)])
def test_a_worker_claims_what_goes_out_in_a_tenth_of_a_second_and_never_more_than_its_most(settings, per_second, size):
    settings.NOTICE_PER_SECOND = per_second
    assert chunk_size() == size


@pytest.mark.django_db
def test_a_day_gives_no_more_than_its_cap():
    assert [take_from_day(DAY, wanted=4, cap=10) for _ in range(4)] == [4, 4, 2, 0]
    give_back_to_day(DAY, 3)
    assert take_from_day(DAY, wanted=10, cap=10) == 3
    assert take_from_day(DAY + timedelta(days=1), wanted=1, cap=10) == 1
    assert take_from_day(DAY, wanted=5, cap=2) == 0


def test_all_workers_keep_one_pace(empty_redis, settings):
    sent, began = [], time.monotonic()

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
        one.join(PATIENCE)
    assert max(sent) - began >= 29 / 50 - 0.01
    assert len(sent) == 30


def seconds(clock: redis.Redis) -> float:
    """The time by which the pace is kept."""
    whole, millionths = clock.time()
    return whole + millionths / 1_000_000


def test_one_pace_has_no_gaps(empty_redis, settings):
    """On the clock of a machine that is busy there would be some."""
    first, second = (Rate(per_second=1, url=settings.REDIS_URL) for _ in range(2))
    began = seconds(empty_redis)
    waits = [rate.take() for _ in range(30) for rate in (first, second)]
    passed = seconds(empty_redis) - began + ROUNDING
    assert all(number - passed <= wait <= number for number, wait in enumerate(waits))
    first.close()
    second.close()


def test_a_pause_saves_up_nothing(empty_redis, settings):
    rate = Rate(per_second=10, url=settings.REDIS_URL)
    assert rate.take() == 0
    began = seconds(empty_redis)
    until(lambda: seconds(empty_redis) > began + 0.3)
    before = seconds(empty_redis)
    assert rate.take() == 0
    wait = rate.take()
    assert 0.1 - (seconds(empty_redis) - before) - ROUNDING <= wait <= 0.1
    rate.close()


def test_without_redis_nobody_may_send(settings):
    rate = Rate(per_second=10, url=f"unix://{settings.DATA}/nobody-here.sock")
    with pytest.raises(redis.ConnectionError):
        rate.take()


def test_several_moments_are_taken_at_once(empty_redis, settings):
    rate = Rate(per_second=1, url=settings.REDIS_URL)
    assert rate.take(600) == 0
    assert 500 < rate.take(600) <= 600
    assert 1100 < rate.take() <= 1200
    rate.close()


def test_the_relay_gets_fewer_connections_after_it_found_them_too_many(empty_redis, settings):
    first, second, third = (Place(url=settings.REDIS_URL) for _ in range(3))
    assert [place.take() for place in (first, second, third)] == [True, True, True]
    assert third.too_many() == 2
    assert (third.take(), first.take(), second.take()) == (False, True, True)
    second.close()
    assert third.take()
    assert 0 < empty_redis.ttl("notices:connections-allowed") <= Place.FEWER_FOR


def test_the_only_connection_may_always_be_tried_again(empty_redis, settings):
    place = Place(url=settings.REDIS_URL)
    assert place.take()
    assert place.too_many() == 0
    assert place.take()


def test_the_place_of_a_dead_worker_ends_by_itself(empty_redis, settings):
    dead, living = Place(url=settings.REDIS_URL), Place(url=settings.REDIS_URL)
    assert dead.take() and living.take()
    assert living.too_many() == 1
    now = empty_redis.time()[0]
    empty_redis.zadd(
        "notices:connections", {member: now - 1 for member in empty_redis.zrange("notices:connections", 0, -1)}
    )
    assert living.take()
