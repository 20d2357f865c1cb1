"""Why somebody is still a holdout, as far as the evidence says; it chooses the text of the mail.

`reasons.sql` is the same rule for all holdouts of a campaign at once.
"""

from datetime import date

from campaign.models import Reason, Standing


def reason(*, standing: Standing, last_auth: date | None, failed_on: date | None, quiet_since: date) -> Reason | str:
    """The first reason that holds; "" for those who are no longer left, or where nothing is known.

    `failed_on` is the last day on which a session failed in AUTH and was then let through the
    old way. It counts within the quiet days, and only until an AUTH on a later day succeeded.
    """
    if standing not in {Standing.HOLDOUT, Standing.MIXED}:
        return ""
    if failed_on and failed_on >= quiet_since and (last_auth is None or failed_on >= last_auth):
        return Reason.AUTH_FAILED
    if standing == Standing.MIXED:
        return Reason.SECOND_DEVICE
    if last_auth is None and failed_on is None:
        return Reason.NEVER_TRIED
    return ""
