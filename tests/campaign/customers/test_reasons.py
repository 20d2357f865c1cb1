from datetime import date, timedelta

import pytest

from campaign.customers.reasons import reason
from campaign.models import Reason, Standing

SINCE = date(2026, 11, 1)
BEFORE, FIRST, LATER = SINCE - timedelta(days=1), SINCE, SINCE + timedelta(days=9)


@pytest.mark.parametrize(
    ("stands", "last_auth", "failed_on", "expected"),
    [
        (Standing.HOLDOUT, None, None, Reason.NEVER_TRIED),
        (Standing.HOLDOUT, None, LATER, Reason.AUTH_FAILED),
        (Standing.HOLDOUT, None, FIRST, Reason.AUTH_FAILED),
        (Standing.HOLDOUT, None, BEFORE, ""),  # tried once and gave up: neither reason holds
        (Standing.HOLDOUT, BEFORE, None, ""),  # went back; why is not in the logs
        (Standing.HOLDOUT, BEFORE, LATER, Reason.AUTH_FAILED),
        (Standing.MIXED, LATER, None, Reason.SECOND_DEVICE),
        (Standing.MIXED, LATER, LATER, Reason.AUTH_FAILED),  # the other device tries and fails
        (Standing.MIXED, LATER, FIRST, Reason.SECOND_DEVICE),  # failed at first, then got it right on one
        (Standing.MOVING, LATER, LATER, ""),
        (Standing.MIGRATED, LATER, None, ""),
        (Standing.SILENT, None, None, ""),
        (Standing.EXEMPT, None, FIRST, ""),
    ],
)
def test_the_first_reason_that_holds(stands, last_auth, failed_on, expected):
    assert reason(standing=stands, last_auth=last_auth, failed_on=failed_on, quiet_since=SINCE) == expected
