"""What exemptions mean to one customer, day by day."""

from datetime import date

import pytest

from campaign.models import Exemption
from campaign.plan import last_days
from campaign.plan.last_days import Span

TODAY = date(2026, 11, 24)
CUTOFF = date(2027, 3, 31)
DELAY = Span(date(2027, 3, 10), date(2027, 4, 13))
TO_CHRISTMAS = Span(TODAY, date(2026, 12, 25))


def test_what_is_over_or_was_ended_counts_no_more():
    days = [DELAY, TO_CHRISTMAS, (date(2026, 10, 1), date(2026, 11, 23)), (date(2027, 3, 10), date(2026, 11, 23))]
    found = last_days.spans([Exemption(from_day=first, until=last) for first, last in days], today=TODAY)
    assert found == (DELAY, TO_CHRISTMAS)


@pytest.mark.parametrize(
    ("spans", "ends_on", "silent_from", "exempt_until"),
    [
        ((), CUTOFF, None, None),
        ((TO_CHRISTMAS,), CUTOFF, None, date(2026, 12, 25)),
        ((DELAY,), date(2027, 4, 14), date(2027, 3, 10), None),
        ((DELAY, TO_CHRISTMAS), date(2027, 4, 14), date(2027, 3, 10), date(2026, 12, 25)),
        ((Span(TODAY, date(2027, 3, 30)),), CUTOFF, TODAY, date(2027, 3, 30)),
        ((Span(TODAY, date(2027, 3, 29)),), CUTOFF, None, date(2027, 3, 29)),
        ((Span(date(2026, 11, 1), date(2027, 5, 1)), DELAY), date(2027, 5, 2), TODAY, date(2027, 5, 1)),
    ],
)
def test_there_is_one_last_day_and_one_day_from_which_nobody_writes(spans, ends_on, silent_from, exempt_until):
    assert last_days.ends_on(CUTOFF, spans) == ends_on
    assert last_days.silent_from(CUTOFF, spans, today=TODAY) == silent_from
    assert last_days.exempt_until(spans, day=TODAY) == exempt_until
