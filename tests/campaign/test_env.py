import pytest
from django.core.exceptions import ImproperlyConfigured

from campaign import env


@pytest.fixture
def given(monkeypatch):
    return lambda value: monkeypatch.setenv("GIVEN", value)


def test_weekdays_are_read_by_their_english_names(given):
    assert env.weekdays("GIVEN", "mon tue") == {0, 1}
    given("Sat, sun")
    assert env.weekdays("GIVEN", "mon") == {5, 6}


def test_closed_days_are_single_days_spans_and_days_of_every_year(given):
    assert env.days("GIVEN") == ()
    given("12-29..01-03, 2026-08-13..2026-08-14 2027-05-01 02-29")
    assert env.days("GIVEN") == (
        ("12-29", "01-03"),
        ("2026-08-13", "2026-08-14"),
        ("2027-05-01", "2027-05-01"),
        ("02-29", "02-29"),
    )


@pytest.mark.parametrize("value", ["monday", "0", "mon;tue"])
def test_a_weekday_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"GIVEN=.*wanted weekdays such as mon"):
        env.weekdays("GIVEN", "mon")


@pytest.mark.parametrize("value", ["31.12.2026", "12-32", "2026-02-30", "2026-12-29..01-03", "12-29..", "1-1"])
def test_a_day_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="wanted days such as 2026-12-31, 12-31"):
        env.days("GIVEN")


def test_a_span_that_ends_before_it_begins_is_refused(given):
    given("2026-12-31..2026-12-01")
    with pytest.raises(ImproperlyConfigured, match="last day is not before its first"):
        env.days("GIVEN")


def test_no_weekday_at_all_is_refused(given):
    given(" ")
    with pytest.raises(ImproperlyConfigured, match="at least one weekday"):
        env.weekdays("GIVEN", "mon")
