from datetime import timedelta

from builders import TODAY, noon

from campaign.customers.devices import Device, Use, devices

NOW = noon(TODAY)


def use(*, old: bool, ago: int, program: str = "", addresses: tuple[str, ...] = ("198.51.100.7",)) -> Use:
    return Use(old, NOW - timedelta(days=ago), program, addresses)


def test_programs_are_told_apart_and_what_is_left_comes_first():
    found = devices(
        [
            use(old=False, ago=0, program="iphone", addresses=("203.0.113.9",)),
            use(old=True, ago=9, program="becky"),
            use(old=True, ago=3, program="becky", addresses=("198.51.100.8",)),
        ]
    )
    assert [(each.program, each.left) for each in found] == [("becky", True), ("iphone", False)]
    assert found[0] == Device("becky", ("198.51.100.8", "198.51.100.7"), use(old=True, ago=3).at, None)


def test_one_program_that_moved_is_one_device():
    (found,) = devices([use(old=True, ago=4, program="becky"), use(old=False, ago=1, program="becky")])
    assert not found.left and found.old_at < found.new_at


def test_both_at_the_same_moment_is_not_moved():
    (found,) = devices([use(old=True, ago=1, program="becky"), use(old=False, ago=1, program="becky")])
    assert found.left


def test_without_a_program_each_address_is_one():
    found = devices([use(old=True, ago=2, addresses=("198.51.100.7", "203.0.113.9")), use(old=False, ago=1)])
    assert [(each.addresses, each.left) for each in found] == [(("203.0.113.9",), True), (("198.51.100.7",), False)]


def test_nothing_is_no_device():
    assert devices([]) == []
