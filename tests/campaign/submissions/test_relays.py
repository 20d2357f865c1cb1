"""Mail relayed with no login to explain it, by day and address, with what tells the causes apart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import make_campaign, make_holdout
from loglines import NOON, login, message, minutes

from campaign.models import RelayAcknowledgement, RelayedDay, ShadowRun
from campaign.submissions import intake, relays, retention

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
HANAKO, FAR, HOME = "hanako@isp.example", "friend@elsewhere.example", "198.51.100.7"
SIX = "2001:db8:1:2::a"


@pytest.fixture
def relayed(settings, tmp_path):
    """Reads and attributes lines; returns the rows by address."""
    settings.DATA, settings.SEGMENTS, settings.OWN_NETWORKS = tmp_path / "data", tmp_path / "segments", ()

    def read(*lines: str) -> dict[str, RelayedDay]:
        (tmp_path / "mail.log").write_text("".join(lines))
        report = intake.read([tmp_path / "mail.log"], now=NOW)
        intake.attribute(report.days, now=NOW)
        return {row.address: row for row in RelayedDay.objects.order_by("day", "address")}

    return read


def test_relays_are_counted_by_day_and_address_with_first_last_and_hosts(relayed):
    found = relayed(
        message(HOME, HANAKO, FAR),
        message(HOME, HANAKO, FAR, at=minutes(9), host="mx2"),
        message(HOME, "x@elsewhere.example", HANAKO, at=minutes(5)),
        message("203.0.113.9", "x@elsewhere.example", HANAKO),
    )
    row = found.pop(HOME)
    assert not found
    assert (row.day, row.range, row.relayed, row.inbound) == (DAY, "198.51.100.0/24", 2, 1)
    assert (row.first_at, row.last_at - row.first_at) == (datetime(2026, 5, 4, 3, tzinfo=UTC), timedelta(minutes=9))
    assert row.hosts == ["mx1", "mx2"]


def test_a_hole_in_the_login_logs_is_told_from_a_lonely_address(relayed):
    row = relayed(login("taro@isp.example", "192.0.2.1"), message(HOME, HANAKO, FAR, at=minutes(10)))[HOME]
    assert (row.relayed, row.without_logins) == (1, 0)
    row = relayed(login("taro@isp.example", "192.0.2.1"), message(HOME, HANAKO, FAR, at=minutes(45)))[HOME]
    assert (row.relayed, row.without_logins) == (2, 1)


@pytest.mark.parametrize(("login_at", "seconds"), [(60, 60 * 60), (-31, -31 * 60)])
def test_the_nearest_login_from_the_address_tells_how_far_the_clock_may_be_off(relayed, login_at, seconds):
    row = relayed(login(HANAKO, HOME, at=minutes(login_at)), message(HOME, HANAKO, FAR))[HOME]
    assert row.nearest_login == seconds


def test_an_address_that_never_logs_in_has_no_nearest_login(relayed):
    assert relayed(login(HANAKO, "192.0.2.1"), message(HOME, HANAKO, FAR))[HOME].nearest_login is None


def test_ipv6_counts_by_its_64_and_is_told_from_ipv4_logins(relayed):
    found = relayed(
        login(HANAKO, HOME, at=NOON - timedelta(hours=1)),
        message(HOME, HANAKO, FAR),
        message(SIX, HANAKO, FAR),
        message("2001:db8:1:2::b", HANAKO, FAR),
    )
    assert (found[HOME].family_logs_in, found["2001:db8:1:2::/64"].family_logs_in) == (True, False)
    assert (found["2001:db8:1:2::/64"].relayed, found["2001:db8:1:2::/64"].range) == (2, "2001:db8:1::/48")


def test_a_day_attributed_again_replaces_its_rows(relayed):
    relayed(message(HOME, HANAKO, FAR))
    found = relayed(login(HANAKO, HOME), message(HOME, HANAKO, FAR))
    assert found == {}


def test_without_any_login_log_only_the_loudest_addresses_are_kept(relayed, monkeypatch):
    monkeypatch.setattr(relays, "KEPT", 2)
    lines = [message(f"198.51.100.{number}", HANAKO, FAR) for number in range(1, 5)]
    found = relayed(*lines, message("198.51.100.4", HANAKO, FAR))
    assert list(found) == ["198.51.100.1", "198.51.100.4"]


def test_addresses_and_shadow_runs_go_with_the_retention(relayed, django_user_model):
    relayed(message(HOME, HANAKO, FAR))
    user = django_user_model.objects.create_user("suzuki")
    RelayAcknowledgement.objects.create(address=HOME, allowed=1, note="x", made_by=user, made_on=DAY, made_at=NOW)
    ShadowRun.objects.create(first_day=DAY, rule="all", asked_at=NOW)
    retention.drop_before(DAY)
    assert RelayedDay.objects.count() == RelayAcknowledgement.objects.count() == ShadowRun.objects.count() == 1
    retention.drop_before(DAY + timedelta(days=1))
    assert RelayedDay.objects.count() == RelayAcknowledgement.objects.count() == ShadowRun.objects.count() == 0


def test_the_range_of_the_last_old_mail_goes_with_the_retention(relayed):
    holdout = make_holdout(make_campaign(), last_range="192.0.2.0/24", last_legacy_on=DAY)
    for day, kept in ((DAY, "192.0.2.0/24"), (DAY + timedelta(days=1), "")):
        retention.drop_before(day)
        holdout.refresh_from_db()
        assert holdout.last_range == kept
