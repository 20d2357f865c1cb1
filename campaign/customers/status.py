"""Where a holdout stands on a day: the rule, as a function of days alone.

`standings.sql` is the same rule for all holdouts of a campaign at once; the tests hold the
two against each other.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from campaign.models import Standing

# (legacy use within the quiet days, SMTP-AUTH within them, SMTP-AUTH on a later day than legacy use)
STANDINGS = {
    (True, False, False): Standing.HOLDOUT,
    (True, True, False): Standing.MIXED,  # one device is left
    (True, True, True): Standing.MOVING,  # the quiet days are not over
    (False, True, True): Standing.MIGRATED,
    (False, False, True): Standing.MIGRATED,  # moved, and wrote nothing lately
    (False, False, False): Standing.SILENT,
}
NEVER = date.min


def quiet_since(day: date, quiet_days: int, covered_days: Sequence[date]) -> date:
    """The first day of the window of `quiet_days` covered days that ends with `day`; both ends count.

    `covered_days` ascend; a day is covered when every stream has events of it. A day without
    coverage proves nothing, so it makes the window longer by one. Where there are not yet
    enough covered days nothing is proven, and the window has no beginning (`NEVER`).
    """
    end = bisect_right(covered_days, day)
    return covered_days[end - quiet_days] if end >= quiet_days else NEVER


def identified_on(*, first: date | None, first_is_confirmed: bool, second: date | None) -> date | None:
    """The day whose evidence makes a customer a holdout, from the first two days of legacy use.

    One confirmed submission is enough. Probable ones alone count from the second day on: a
    forged sender must not make a holdout of somebody. None: not a holdout.
    """
    return first if first_is_confirmed else second


def standing(*, last_legacy: date | None, last_auth: date | None, quiet_since: date, exempt: bool) -> Standing:
    """The rule table; all days are at most the day that is asked about.

    `last_legacy` is None for one who was written to and whose evidence was withdrawn later.
    """
    if exempt:
        return Standing.EXEMPT
    if last_legacy is None:
        return Standing.SILENT
    legacy_within = last_legacy >= quiet_since
    auth_within = last_auth is not None and last_auth >= quiet_since
    auth_later = last_auth is not None and last_auth > last_legacy
    return STANDINGS[legacy_within, auth_within, auth_later]


def relapsed(standing: Standing, *, migrated_on: date | None) -> bool:
    """`migrated_on`: the day on which somebody last counted as moved; None: never."""
    return migrated_on is not None and standing in {Standing.HOLDOUT, Standing.MIXED}
