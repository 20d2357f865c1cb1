"""What stands in the way of a change, the likeliest first."""

from datetime import timedelta

import pytest
from builders import TODAY, noon
from hypothesis import given
from hypothesis import strategies as st

from campaign.customers.obstacles import Grounds, Obstacle, Signs, obstacles

LAST = noon(TODAY)
BEFORE, AFTER = LAST - timedelta(days=3), LAST + timedelta(hours=1)
SEEN, LIKELY, POSSIBLE = Grounds.SEEN, Grounds.LIKELY, Grounds.POSSIBLE


@pytest.mark.parametrize(
    ("signs", "first", "grounds"),
    [
        ({}, Obstacle.PROGRAM, POSSIBLE),
        ({"failed_at": LAST}, Obstacle.PASSWORD, SEEN),
        ({"failed_at": LAST, "at_old_door": 1}, Obstacle.PASSWORD, SEEN),
        ({"failed_at": BEFORE}, Obstacle.PASSWORD, LIKELY),
        ({"failed_at": BEFORE, "last_auth_at": LAST - timedelta(days=1)}, Obstacle.PROGRAM, LIKELY),
        ({"at_old_door": 1}, Obstacle.DOOR, SEEN),
        ({"at_old_door": 1, "submissions": 2}, Obstacle.PROGRAM, POSSIBLE),
        ({"last_auth_at": BEFORE}, Obstacle.PROGRAM, LIKELY),
        ({"last_auth_at": BEFORE, "auth_program": "iphone", "legacy_program": "outlook"}, Obstacle.PROGRAM, SEEN),
        (
            {"last_auth_at": BEFORE, "auth_program": "iphone", "legacy_program": "outlook", "at_old_door": 1},
            *(Obstacle.PROGRAM, SEEN),
        ),
        ({"last_auth_at": BEFORE, "auth_program": "outlook", "legacy_program": "outlook"}, Obstacle.DOOR, LIKELY),
        (
            {"last_auth_at": BEFORE, "auth_program": "outlook", "legacy_program": "outlook", "at_old_door": 1},
            *(Obstacle.DOOR, SEEN),
        ),
    ],
)
def test_the_likeliest_comes_first(signs, first, grounds):
    assert obstacles(Signs(last_legacy_at=LAST, **signs))[0] == (first, grounds)


def test_of_both_a_refused_password_and_another_program_the_order_is_the_usual_one():
    signs = Signs(
        last_legacy_at=LAST, failed_at=LAST, last_auth_at=BEFORE, auth_program="iphone", legacy_program="outlook"
    )
    assert obstacles(signs) == [(Obstacle.PROGRAM, SEEN), (Obstacle.PASSWORD, SEEN), (Obstacle.DOOR, POSSIBLE)]


moments = st.sampled_from([None, BEFORE, LAST, AFTER])


@given(
    signs=st.builds(
        Signs,
        last_legacy_at=st.just(LAST),
        submissions=st.integers(0, 3),
        at_old_door=st.integers(0, 3),
        legacy_program=st.sampled_from(["", "outlook", "iphone"]),
        auth_program=st.sampled_from(["", "outlook", "iphone"]),
        failed_at=moments,
        last_auth_at=moments,
    )
)
def test_all_three_are_always_told_in_the_order_of_their_grounds(signs):
    found = obstacles(signs)
    assert {each for each, _grounds in found} == set(Obstacle)
    assert [grounds for _each, grounds in found] == sorted(grounds for _each, grounds in found)
