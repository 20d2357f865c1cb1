from datetime import date
from itertools import product

import pytest
from django.utils import translation

from campaign.customers.status import STANDINGS
from campaign.dashboard import words
from campaign.logs.client import PROGRAMS
from campaign.models import Reason, Standing

DAY = date(2026, 11, 1)


POSSIBLE = [
    (standing, auth)
    for (_legacy_within, auth_within, auth_later), standing in STANDINGS.items()
    for auth in (DAY, None)
    if auth or not (auth_within or auth_later)
]


@pytest.mark.parametrize(("standing", "auth"), POSSIBLE)
def test_every_standing_that_the_rule_gives_can_be_explained(standing, auth):
    text = words.why(standing, last_legacy=DAY, last_auth=auth, quiet_days=30, exempt_until=None)
    assert "Nov. 1, 2026" in text and "%" not in text


def test_an_exemption_and_withdrawn_evidence_are_explained():
    given = {"last_auth": None, "quiet_days": 30}
    assert words.why("exempt", last_legacy=None, exempt_until=DAY, **given) == "Exempt until Nov. 1, 2026."
    assert words.why("exempt", last_legacy=DAY, exempt_until=None, **given).startswith("The exemption is over;")
    assert "withdrawn" in words.why("silent", last_legacy=None, exempt_until=None, **given)


@pytest.mark.parametrize(("standing", "reason"), list(product(Standing, [*Reason, ""])))
def test_every_standing_and_reason_has_a_title_and_a_next_step(standing, reason):
    assert words.standing_title(standing) and words.reason_title(reason) and words.next_step(standing, reason)


def test_every_program_that_a_header_can_name_has_a_title_and_can_be_filtered_by():
    named = {name for name, _ in PROGRAMS}
    assert {name for name in named if words.program_title(name) == name} == set()
    assert named <= set(words.program_names())


def test_programs_are_called_what_people_call_them():
    assert words.program_title("windows-live-mail") == "Windows Live Mail"
    assert words.program_title("") == words.program_title("unknown") == "Not known"
    assert words.program_title("script") == "A script or server"
    assert words.program_title("printer") == "A printer or scanner"
    assert words.program_title("new-one") == "new-one"


@pytest.mark.parametrize(
    ("language", "kind", "period", "title"),
    [
        ("en", "reminder", "2026-10", "Reminder of October 2026"),
        ("en", "first", "2026-11-09", "First notice of a new holdout, Nov. 9, 2026"),
        ("ja", "reminder", "2026-10", "2026年10月のお知らせ"),
    ],
)
def test_a_mailing_is_called_by_its_month_or_day_as_people_write_it(language, kind, period, title):
    with translation.override(language):
        assert words.mailing_title(kind, period) == title
