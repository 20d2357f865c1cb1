import time
from datetime import timedelta

import pytest

from campaign.turns import only_one

SHORT = timedelta(milliseconds=300)


def test_while_one_is_at_work_others_are_told_so(empty_redis):
    with only_one("read") as first, only_one("read") as second, only_one("settle") as other:
        assert (first, second, other) == (True, False, True)
    with only_one("read") as again:
        assert again


def test_the_lock_is_renewed_for_as_long_as_the_work_takes(empty_redis):
    with only_one("read", lease=SHORT):
        time.sleep(3 * SHORT.total_seconds())
        with only_one("read", lease=SHORT) as second:
            assert not second


def test_a_lock_left_by_a_worker_that_died_runs_out(empty_redis):
    empty_redis.set("only-one:read", "left", px=200)
    with only_one("read") as mine:
        assert not mine
    time.sleep(0.3)
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
