from datetime import date, timedelta

import pytest

from campaign.customers.status import NEVER, identified_on, quiet_since, relapsed, standing
from campaign.models import Standing

SINCE = date(2026, 11, 1)
LONG_AGO, BEFORE, FIRST, LATER, LAST = (SINCE + timedelta(days=days) for days in (-60, -1, 0, 9, 23))


@pytest.mark.parametrize(
    ("last_legacy", "last_auth", "expected"),
    [
        (LAST, None, Standing.HOLDOUT),
        (FIRST, None, Standing.HOLDOUT),  # the first day of the window is within it
        (LAST, BEFORE, Standing.HOLDOUT),  # tried once, fell back
        (LAST, FIRST, Standing.MIXED),
        (LAST, LAST, Standing.MIXED),  # both on one day: a device is left
        (FIRST, FIRST, Standing.MIXED),
        (LATER, LAST, Standing.MOVING),
        (FIRST, LATER, Standing.MOVING),
        (BEFORE, FIRST, Standing.MIGRATED),  # the day after the last quiet day
        (BEFORE, LAST, Standing.MIGRATED),
        (LONG_AGO, BEFORE, Standing.MIGRATED),  # moved, and wrote nothing lately
        (BEFORE, None, Standing.SILENT),
        (BEFORE, BEFORE, Standing.SILENT),  # both on one day, then nothing
        (BEFORE, LONG_AGO, Standing.SILENT),
        (None, None, Standing.SILENT),  # the evidence was withdrawn
        (None, LAST, Standing.SILENT),
    ],
)
def test_where_a_holdout_stands(last_legacy, last_auth, expected):
    found = standing(last_legacy=last_legacy, last_auth=last_auth, quiet_since=SINCE, exempt=False)
    assert found == expected


def test_an_exemption_goes_before_everything():
    assert standing(last_legacy=LAST, last_auth=LAST, quiet_since=SINCE, exempt=True) == Standing.EXEMPT


@pytest.mark.parametrize(
    ("covered", "day", "since"),
    [
        ([1, 2, 3, 4, 5], 5, 3),
        ([1, 2, 3, 4, 5], 4, 2),
        ([1, 2, 3], 3, 1),
        ([1, 2, 5, 6], 6, 2),  # two days without logs make the window longer by two
        ([1, 2, 3, 4], 6, 2),  # no logs of today and yesterday yet
        ([1, 2, 3, 6, 7], 5, 1),  # what comes later does not matter
    ],
)
def test_the_quiet_days_are_the_last_covered_ones(covered, day, since):
    november = [date(2026, 11, number) for number in covered]
    assert quiet_since(date(2026, 11, day), 3, november) == date(2026, 11, since)


@pytest.mark.parametrize("covered", [[], [4], [4, 5], [6, 7, 8]])
def test_too_few_covered_days_prove_nothing(covered):
    november = [date(2026, 11, number) for number in covered]
    assert quiet_since(date(2026, 11, 5), 3, november) == NEVER


@pytest.mark.parametrize(
    ("first", "confirmed", "second", "expected"),
    [
        (FIRST, True, None, FIRST),
        (FIRST, True, LATER, FIRST),
        (FIRST, False, None, None),  # perhaps a forged sender
        (FIRST, False, LATER, LATER),
        (None, False, None, None),
    ],
)
def test_probable_evidence_alone_counts_from_the_second_day_on(first, confirmed, second, expected):
    assert identified_on(first=first, first_is_confirmed=confirmed, second=second) == expected


@pytest.mark.parametrize("stands", Standing)
def test_a_relapse_is_to_be_left_again_after_having_moved(stands):
    assert relapsed(stands, migrated_on=BEFORE) is (stands in {Standing.HOLDOUT, Standing.MIXED})
    assert not relapsed(stands, migrated_on=None)
