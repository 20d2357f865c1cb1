import traceback

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


def test_an_issuer_is_taken_with_or_without_what_discovery_adds(given):
    for value in ("https://sso.isp.example/realms/staff", "https://sso.isp.example/realms/staff/"):
        given(value)
        assert env.issuer("GIVEN") == "https://sso.isp.example/realms/staff"
        given(value.rstrip("/") + "/.well-known/openid-configuration")
        assert env.issuer("GIVEN") == "https://sso.isp.example/realms/staff"
    given("")
    assert env.issuer("GIVEN") == ""


@pytest.mark.parametrize(
    "value",
    ["sso.isp.example", "https://", "ftp://sso.isp.example", "https://a b", "https://x/?y", "https://" + "x" * 200],
)
def test_an_issuer_that_is_no_address_is_refused(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"GIVEN=.*wanted an address such as"):
        env.issuer("GIVEN")


def test_a_database_is_reached_without_what_a_pooler_refuses(given):
    given("postgresql://campaign:p%40ss@127.0.0.1:6432/campaign")
    found = env.database("GIVEN", default="")
    assert (found["USER"], found["PASSWORD"], found["PORT"], found["NAME"]) == ("campaign", "p@ss", "6432", "campaign")
    assert "OPTIONS" not in found  # PgBouncer closes connections that bring `options`


@pytest.mark.parametrize(
    "value",
    [
        "mysql://campaign:secret@db.isp.example/campaign",
        "postgresql://campaign:secret/word@db.isp.example/campaign",
        "postgresql://campaign:secret[@db.isp.example/campaign",
        "postgresql://campaign:secret@db.isp.example/",
    ],
)
def test_a_wrong_address_of_a_database_is_not_told_since_it_has_a_password(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="GIVEN is no such address: wanted sqlite") as error:
        env.database("GIVEN", default="")
    assert "secret" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://mail-guide.isp.example", False),
        ("http://localhost@isp.example", False),
        ("http://localhost.isp.example:80", False),
        ("http://192.0.2.1", False),
        ("nonsense", False),
    ],
)
def test_an_address_of_this_machine(url, ours):
    assert env.here(url) == ours


def test_pairs_are_parted_by_semicolons_since_groups_have_commas_and_equals_signs(given):
    given("helpdesk=support; CN=Mail Ops,OU=Staff = operator ;")
    assert env.pairs("GIVEN") == {"helpdesk": "support", "CN=Mail Ops,OU=Staff": "operator"}


@pytest.mark.parametrize("value", ["helpdesk", "=support", "helpdesk=", "a=viewer; a=support"])
def test_a_pair_that_is_none_is_named(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"GIVEN=.*wanted name=value"):
        env.pairs("GIVEN")
