from datetime import UTC, datetime

import pytest
from django.utils import translation

from campaign.jinja import day, moment, tenths

LATE = datetime(2026, 11, 10, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize(("language", "written"), [("ja", "2026年11月11日 1:04"), ("en", "Nov. 11, 2026, 01:04")])
def test_a_moment_is_told_in_the_providers_zone_and_is_easy_to_read(language, written):
    with translation.override(language):
        assert moment(LATE) == written


@pytest.mark.parametrize(("language", "written"), [("ja", "2026年11月11日"), ("en", "Nov. 11, 2026")])
def test_a_day_is_the_providers_day(language, written):
    with translation.override(language):
        assert day(LATE) == written


@pytest.mark.parametrize(
    ("value", "written"), [(83.76, "83.8"), (83.74, "83.7"), (9.96, "10.0"), (5, "5.0"), (-0.26, "-0.3")]
)
def test_tenths_are_rounded_and_not_cut(value, written):
    with translation.override("en"):
        assert tenths(value) == written
