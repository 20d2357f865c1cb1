from datetime import timedelta

import pytest
from waiting import until

from campaign.turns import only_one

A_MINUTE = 60_000  # milliseconds


def test_while_one_is_at_work_others_are_told_so(empty_redis):
    with only_one("read") as first, only_one("read") as second, only_one("settle") as other:
        assert (first, second, other) == (True, False, True)
    with only_one("read") as again:
        assert again


def test_the_lock_is_renewed_for_as_long_as_the_work_takes(empty_redis):
    with only_one("read", lease=timedelta(seconds=6)):  # so every other second
        for _ in range(2):
            empty_redis.pexpire("only-one:read", A_MINUTE)  # were it not renewed, it would stand for a minute
            until(lambda: 0 < empty_redis.pttl("only-one:read") <= 6000)
            with only_one("read") as second:
                assert not second


def test_a_lock_left_by_a_worker_that_died_runs_out(empty_redis):
    empty_redis.set("only-one:read", "left", px=A_MINUTE)
    with only_one("read") as mine:
        assert not mine
    empty_redis.pexpire("only-one:read", 1)
    until(lambda: not empty_redis.exists("only-one:read"))
    with only_one("read") as mine:
        assert mine


def test_a_failure_gives_the_turn_back(empty_redis):
    with pytest.raises(ZeroDivisionError), only_one("read"):
        raise ZeroDivisionError
    with only_one("read") as mine:
        assert mine


def test_a_lock_that_was_lost_does_no_harm(empty_redis):
    with only_one("read") as mine:
        empty_redis.delete("only-one:read")
    assert mine
